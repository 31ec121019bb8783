"""Writes test/golden/models/grad-cam.json: Grad-CAM, logits and penultimate features of the real Keras, in float64.

    python scripts/golden/make-keras-grad-cam.py       (needs tensorflow or tensorflow-cpu)

Weights and images come from hash_weights.py. Grad-CAM follows Selvaraju et al. 2017 with Keras's own gradients: a tape over the
layers after the last map, mean gradient of the score before the softmax, ReLU of the weighted sum, divided by its largest value.
The committed values are from Keras 3.15.1 and TensorFlow 2.21.0.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import hash_weights as hashed  # noqa: E402
import keras_networks as networks  # noqa: E402

TARGET = pathlib.Path(__file__).resolve().parents[2] / "test/golden/models/grad-cam.json"
HEIGHT, WIDTH, CLASSES = 100, 125, 7
IMAGES = 2


def rounded(values):
    return [float(f"{value:.7g}") for value in np.asarray(values, dtype=np.float64).ravel()]


def pooled(backbone, batch_norm):
    """The product's head: average pool, batch norm where asked for, dense softmax. The map is the backbone's output."""
    model = networks.BACKBONES[backbone](HEIGHT, WIDTH)
    x = keras.layers.GlobalAveragePooling2D(name="global_average_pooling2d")(model.output)
    if batch_norm:
        x = keras.layers.BatchNormalization(name="batch_normalization")(x)
    x = keras.layers.Dense(CLASSES, activation="softmax", name="dense")(x)
    return keras.Model(model.inputs[0], x), model.layers[-1].name


CASES = {
    "cnn1": lambda: (networks.cnn1(HEIGHT, WIDTH, CLASSES), "max_pooling2d_2"),
    "mobilenet_v1": lambda: pooled("mobilenet_v1", False),
    "mobilenet_v1 with batch norm": lambda: pooled("mobilenet_v1", True),
    "efficientnet_lite0": lambda: pooled("efficientnet_lite0", False),
}


def make(build):
    model, map_layer = build()
    for key, variable in networks.weights_by_key(model).items():
        variable.assign(hashed.weight(key, tuple(variable.shape), "lively"))
    model.layers[-1].activation = keras.activations.linear
    body = keras.Model(model.inputs[0], model.get_layer(map_layer).output)
    after = [layer.name for layer in model.layers].index(map_layer) + 1

    def head(values):
        features = values
        for layer in model.layers[after:]:
            features, values = values, layer(values, training=False)
        return features, values

    activations = body(hashed.images(IMAGES, HEIGHT, WIDTH), training=False)
    features, logits = (np.asarray(value) for value in head(activations))
    maps = []
    for wanted in range(CLASSES):
        with tf.GradientTape() as tape:
            tape.watch(activations)
            score = tf.reduce_sum(head(activations)[1][:, wanted])
        weights = tf.reduce_mean(tape.gradient(score, activations), axis=(1, 2), keepdims=True)
        evidence = np.asarray(tf.nn.relu(tf.reduce_sum(weights * activations, axis=-1)))
        largest = evidence.max(axis=(1, 2), keepdims=True)
        maps.append(np.where(largest > 0, evidence / np.where(largest > 0, largest, 1), 0))
    signs = np.sign(hashed.uniform("projections", 8 * features.shape[1]) - 0.5).reshape(8, -1)
    print(map_layer, maps[0].shape, "classes without evidence:", [int((m.max(axis=(1, 2)) == 0).sum()) for m in maps])
    return {
        "mapLayer": map_layer,
        "mapSize": list(maps[0].shape[1:]),
        "logits": [rounded(row) for row in logits],
        "projections": [rounded(signs @ row) for row in features],
        "norm": rounded(np.linalg.norm(features, axis=1)),
        # [class][image] -> row-major
        "maps": [[rounded(image) for image in one] for one in maps],
    }


def main():
    keras.config.set_floatx("float64")
    cases = {}
    for name, build in CASES.items():
        keras.backend.clear_session()
        cases[name] = make(build)
    golden = {"height": HEIGHT, "width": WIDTH, "classes": CLASSES, "images": IMAGES, "cases": cases}
    text = json.dumps(golden, separators=(",", ":"))
    TARGET.write_text(text.replace("],[", "],\n[").replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    main()
