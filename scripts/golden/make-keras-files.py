"""Writes test/golden/models/files/: small models saved by the real Keras in each of its formats, and what they predict.

    python scripts/golden/make-keras-files.py        (needs tensorflow or tensorflow-cpu; for keras2-*.h5 also tf-keras)

Images are hash_weights.images(2, 20, 24); predictions.json has {file: [[probability, …], …]}. `unnamed.weights.h5` is a file of a
version of Keras 3 that did not note the layers' names.
"""

import json
import os
import pathlib
import shutil
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

import hash_weights as hashed  # noqa: E402

TARGET = pathlib.Path(__file__).resolve().parents[2] / "test/golden/models/files"
SHAPE = (20, 24, 3)


def sequential(k):
    layers = k.layers
    return k.Sequential(
        [
            layers.Input(SHAPE),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D((3, 3), padding="same", use_bias=False),
            layers.Activation("relu6"),
            layers.MaxPooling2D(),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(3, kernel_regularizer=k.regularizers.L2(0.01)),
            layers.Softmax(),
        ]
    )


def branched(k):
    """Two branches of unequal depth, written so that Keras's order of layers is not the order of writing."""
    layers = k.layers
    inputs = k.Input(SHAPE)
    x = layers.ZeroPadding2D(((0, 1), (1, 0)))(inputs)
    x = layers.Conv2D(4, 3, strides=2, name="first")(x)
    short = layers.Conv2D(4, 1, name="short")(x)
    long = layers.Conv2D(4, 3, padding="same", name="long_1")(x)
    long = layers.ReLU(max_value=6.0)(layers.BatchNormalization(epsilon=1.001e-5, scale=False)(long))
    long = layers.Conv2D(4, 1, name="long_2")(long)
    x = layers.Concatenate()([layers.Add()([short, long]), x])
    x = layers.AveragePooling2D(2)(layers.ReLU()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return k.Model(inputs, layers.Dense(3, activation="softmax", name="probabilities")(x))


def nested(k):
    """A model inside a model, as transfer learning is often written."""
    layers = k.layers
    inputs = k.Input(SHAPE)
    x = layers.BatchNormalization(name="inner_norm")(layers.Conv2D(4, 3, name="inner")(inputs))
    base = k.Model(inputs, layers.ReLU(name="inner_relu")(x), name="base")
    return k.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax", name="top")])


def fill(model):
    """Weights from the hash formula, by place: names differ between runs."""
    model.set_weights(
        [
            hashed.between(f"array/{index}", value.shape, 0.1, 0.6 if value.ndim == 1 else 0.3)
            * (1 if value.ndim == 1 else np.sign(hashed.between(f"sign/{index}", value.shape, -1, 1)))
            for index, value in enumerate(model.get_weights())
        ]
    )
    return model


def without_names(source, target):
    shutil.copy(source, target)
    def forget(_, item):
        if "name" in item.attrs:
            del item.attrs["name"]

    with h5py.File(target, "a") as file:
        file.visititems(forget)


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    images = hashed.images(2, *SHAPE[:2])
    predictions = {}

    def save(model, *names):
        for name in names:
            path = str(TARGET / name)
            model.save_weights(path) if name.endswith(".weights.h5") else model.save(path)
            predictions[name] = np.asarray(model(images, training=False)).astype(float).round(8).tolist()

    for build in (sequential, branched, nested):
        name = build.__name__
        keras.backend.clear_session()
        save(fill(build(keras)), f"{name}.keras", f"{name}.h5", f"{name}.weights.h5")
    without_names(TARGET / "branched.weights.h5", TARGET / "unnamed.weights.h5")
    predictions["unnamed.weights.h5"] = predictions["branched.weights.h5"]
    try:
        import tf_keras
    except ImportError:
        print("tf-keras is not installed: keras2-*.h5 were left as they are")
    else:
        for build in (sequential, branched, nested):
            tf_keras.backend.clear_session()
            save(fill(build(tf_keras)), f"keras2-{build.__name__}.h5")
    rows = ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in predictions.items())
    (TARGET / "predictions.json").write_text("{\n" + rows + "\n}\n")


if __name__ == "__main__":
    main()
