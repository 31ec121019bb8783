"""Opens model files with the real Keras and prints their predictions as JSON, for test/models/keras-python.test.ts.

    python scripts/golden/predict-keras.py IMAGES.json MODEL …

IMAGES.json: {"shape": [batch, height, width, 3], "values": [...]}. Output: {MODEL: [[probability, …], …]}.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        images = json.load(file)
    batch = np.array(images["values"], dtype=np.float32).reshape(images["shape"])
    result = {}
    for path in sys.argv[2:]:
        model = keras.saving.load_model(path, compile=False)
        result[path] = np.asarray(model(batch, training=False)).tolist()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
