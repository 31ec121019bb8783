"""The models as a Keras user writes them: the published layers, dropout included, random weights."""

import pathlib
import sys

import keras
from keras import layers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/golden"))
from keras_networks import BACKBONES  # noqa: E402


def build(task):
    """A model whose backbone has only its last `trainableLayers` layers trainable."""
    config = task["config"]
    height, width = config["imageHeightPx"], config["imageWidthPx"]
    if task["backbone"] is None:
        return {"nn1": nn1, "cnn1": cnn1, "cnn2": cnn1}[config["model"]](height, width, task)
    backbone = BACKBONES[task["backbone"]](height, width)
    if config["trainableLayers"] != "all":
        for layer in backbone.layers[: len(backbone.layers) - config["trainableLayers"]]:
            layer.trainable = False
    x = layers.GlobalAveragePooling2D()(backbone.output)
    x = layers.Dropout(task["headDropout"])(x)
    regularizer = keras.regularizers.L2(config["headL2"]) if config["headL2"] else None
    outputs = layers.Dense(task["classCount"], activation="softmax", kernel_regularizer=regularizer)(x)
    return keras.Model(backbone.inputs[0], outputs)


def nn1(height, width, task):
    hidden = [layers.Dense(64, activation="relu", kernel_initializer="random_uniform") for _ in range(5)]
    softmax = layers.Dense(task["classCount"], activation="softmax")
    return keras.Sequential([keras.Input((height, width, 3)), layers.Flatten(), *hidden, softmax])


def cnn1(height, width, task):
    model = keras.Sequential([keras.Input((height, width, 3))])
    for rate in (0.15, 0.225, 0.3375):
        model.add(layers.Conv2D(32, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
        model.add(layers.Dropout(rate))
    model.add(layers.Flatten())
    model.add(layers.Dense(256, activation="relu"))
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dropout(task["headDropout"]))
    model.add(layers.Dense(task["classCount"], activation="softmax"))
    return model
