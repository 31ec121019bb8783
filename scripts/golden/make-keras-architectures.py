"""Writes test/golden/models/architectures.json: what Keras says about the backbones at 100 x 125.

    python scripts/golden/make-keras-architectures.py        (needs tensorflow or tensorflow-cpu)

For each backbone, in Keras's counting: name, class, output shape without the batch, names of the inputs, and per weight its name,
shape. EfficientNet-Lite0 is not in keras.applications and is not here.
"""

import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402

TARGET = pathlib.Path(__file__).resolve().parents[2] / "test/golden/models/architectures.json"
MODELS = {"mobilenet_v1": "MobileNet", "resnet50": "ResNet50", "densenet121": "DenseNet121"}


def sources(layer):
    arguments = layer._inbound_nodes[0].input_tensors if layer._inbound_nodes else []
    return [tensor._keras_history.operation.name for tensor in arguments]


def describe(layer):
    return [
        layer.name,
        type(layer).__name__,
        list(layer.output.shape[1:]),
        sources(layer),
        {weight.name: list(weight.shape) for weight in layer.weights},
    ]


def main():
    parts = []
    for name, application in MODELS.items():
        keras.backend.clear_session()
        build = getattr(keras.applications, application)
        model = build(include_top=False, weights=None, input_shape=(100, 125, 3))
        rows = ",\n".join(json.dumps(describe(layer), separators=(",", ":")) for layer in model.layers)
        parts.append(f'"{name}":[\n{rows}\n]')
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
