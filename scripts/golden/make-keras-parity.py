"""Writes test/golden/models/parity-<network>.json and optimisers.json: outputs, gradients and updates of the real Keras.

    python scripts/golden/make-keras-parity.py [network …]       (needs tensorflow or tensorflow-cpu; float64, minutes)

Weights and images come from hash_weights.py, so that the files hold summaries alone; test/support/keras-golden.ts describes
the format. Everything is computed in float64, so that the figures carry no rounding of their own; the deviation of Keras's own
float32 from them is printed, for choosing tolerances.
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

TARGET = pathlib.Path(__file__).resolve().parents[2] / "test/golden/models"
HEIGHT, WIDTH, CLASSES, LABELS = 100, 125, 7, [1, 4]
LEARNING_RATE = 0.05
PROBES = 4

# network, trainable layers, weights, L2 on the head
CASES = [
    ("nn1", "all", "lively", 0),
    ("cnn1", "all", "lively", 0),
    ("mobilenet_v1", 23, "lively", 0),
    ("mobilenet_v1", "all", "calm", 0.01),
    ("efficientnet_lite0", 23, "lively", 0),
    ("efficientnet_lite0", "all", "calm", 0),
    ("resnet50", 23, "lively", 0),
    ("resnet50", "all", "calm", 0),
    ("densenet121", 23, "lively", 0),
    ("densenet121", "all", "calm", 0),
]


def rounded(values):
    return [float(f"{value:.7g}") for value in np.asarray(values, dtype=np.float64).ravel()]


def probes(key, array):
    flat = np.asarray(array).ravel()
    return flat[hashed.probe_indices(key, flat.size, PROBES)]


def summary(key, array):
    """[Euclidean norm, mean magnitude, values at the probes]"""
    array = np.asarray(array, dtype=np.float64)
    return rounded([np.linalg.norm(array), np.abs(array).mean(), *probes(key, array)])


def build(name, trainable, style, l2):
    keras.backend.clear_session()
    if name in networks.BACKBONES:
        model, count = networks.with_head(networks.BACKBONES[name](HEIGHT, WIDTH), CLASSES, l2)
        if trainable != "all":
            for layer in model.layers[: count - trainable]:
                layer.trainable = False
    else:
        model = getattr(networks, name)(HEIGHT, WIDTH, CLASSES)
    for key, variable in networks.weights_by_key(model).items():
        variable.assign(hashed.weight(key, tuple(variable.shape), style))
    return model


def images():
    return hashed.images(len(LABELS), HEIGHT, WIDTH)


def forward(model):
    """Inference: input of the last layer (the pooled features of a backbone) and the probabilities."""
    both = keras.Model(model.inputs[0], [model.layers[-1].input, model.output])
    features, probabilities = (np.asarray(value) for value in both(images(), training=False))
    signs = np.sign(hashed.uniform("projections", 8 * features.shape[1]) - 0.5).reshape(8, -1)
    return {
        "norm": rounded(np.linalg.norm(features, axis=1)),
        "first": [rounded(row[:16]) for row in features],
        "projections": [rounded(signs @ row) for row in features],
        "probabilities": [rounded(row) for row in probabilities],
    }


def step(model):
    """One training step: loss, gradients, moving statistics, weights after plain gradient descent."""
    keys = {id(variable): key for key, variable in networks.weights_by_key(model).items()}
    with tf.GradientTape() as tape:
        probabilities = model(images(), training=True)
        targets = keras.ops.one_hot(LABELS, CLASSES)
        loss = keras.ops.mean(keras.losses.categorical_crossentropy(targets, probabilities))
        total = loss + sum(model.losses)
    variables = model.trainable_variables
    gradients = tape.gradient(total, [variable.value for variable in variables])
    named = {keys[id(v)]: np.asarray(g) for v, g in zip(variables, gradients)}
    keras.optimizers.SGD(LEARNING_RATE).apply_gradients(zip(gradients, variables))
    after = {key: np.asarray(v) for key, v in networks.weights_by_key(model).items()}
    trainable_layers = {layer.name for layer in model.layers if layer.trainable}
    statistics = [k for k in after if "/moving_" in k and k.split("/")[0] in trainable_layers]
    return {
        "loss": float(loss),
        "gradients": named,
        "statistics": {key: after[key] for key in statistics},
        "after": {key: after[key] for key in named},
    }


def report_float32(name, trainable, style, l2, exact):
    """Prints how far Keras in float32 is from the figures written: the noise that any implementation has."""
    keras.config.set_floatx("float32")
    model = build(name, trainable, style, l2)
    outcome = forward(model)
    first, reference = np.array(outcome["first"]), np.array(exact["forward"]["first"])
    single = step(model)
    rms = {key: np.sqrt(np.mean(np.square(g))) for key, g in exact["gradients"].items()}
    scale = {key: max(v for k, v in rms.items() if k.split("/")[0] == key.split("/")[0]) for key in rms}
    worst = sorted(
        (float(np.sqrt(np.mean(np.square(single["gradients"][k] - g))) / scale[k]), k)
        for k, g in exact["gradients"].items()
    )[::-1][:3]
    deviation = np.abs(first - reference).max() / np.abs(reference).max()
    print(f"{name} {trainable}: images differ by {abs(reference[0] - reference[1]).max() / abs(reference).max():.1e};")
    print(f"  float32 is off by {deviation:.1e} in features, {single['loss'] - exact['loss']:.1e} in loss,")
    print("  most in gradients (root mean square, relative to the layer's largest):", worst)


def make(name, trainable, style, l2):
    keras.config.set_floatx("float64")
    model = build(name, trainable, style, l2)
    inference = forward(model)
    outcome = step(model)
    report_float32(name, trainable, style, l2, {"forward": inference, **outcome})
    case = {
        "trainableLayers": trainable,
        "weights": style,
        "l2": l2,
        "loss": outcome["loss"],
        "gradients": {key: summary(key, value) for key, value in outcome["gradients"].items()},
        "after": {key: rounded(probes(key, value)) for key, value in outcome["after"].items()},
        "statistics": {key: summary(key, value) for key, value in outcome["statistics"].items()},
    }
    return inference, case


def make_optimisers():
    """Keras's own Adam and SGD over three steps of given gradients, with sizes from 1e-6 to 1e2 and zeros."""
    keras.config.set_floatx("float64")
    start = hashed.between("optimiser/start", (12,), -1.0, 1.0)
    scales = 10.0 ** np.array([-6, -4, -3, -2, -1, 0, 0, 1, 2, -8, 0, 0])
    gradients = [hashed.between(f"optimiser/gradient{i}", (12,), -1.0, 1.0) * scales for i in range(3)]
    gradients[1][10] = gradients[0][11] = gradients[1][11] = gradients[2][11] = 0.0
    optimisers = {
        "adam": keras.optimizers.Adam(0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-8),
        "sgd": keras.optimizers.SGD(0.01),
        "momentum": keras.optimizers.SGD(0.01, momentum=0.9),
    }
    result = {"learningRate": 0.01, "start": [float(v) for v in start]}
    result["gradients"] = [[float(np.float32(v)) for v in g] for g in gradients]
    for name, optimiser in optimisers.items():
        variable = keras.Variable(start)
        rows = []
        for gradient in result["gradients"]:
            optimiser.apply([tf.constant(gradient, tf.float64)], [variable])
            rows.append([float(f"{value:.9g}") for value in np.asarray(variable)])
        result[name] = rows
    (TARGET / "optimisers.json").write_text(json.dumps(result, indent=1) + "\n")


def compact(value):
    """JSON with one row a tensor."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace('],"', '],\n"').replace('{"', '{\n"').replace("},{", "},\n{") + "\n"


def main():
    wanted = sys.argv[1:] or list(dict.fromkeys(name for name, *_ in CASES))
    make_optimisers()
    for network in wanted:
        made = [make(name, *case) for name, *case in CASES if name == network]
        golden = {
            "network": network,
            "height": HEIGHT,
            "width": WIDTH,
            "classes": CLASSES,
            "labels": LABELS,
            "learningRate": LEARNING_RATE,
            "forward": made[0][0],
            "cases": [case for _, case in made],
        }
        (TARGET / f"parity-{network}.json").write_text(compact(golden))


if __name__ == "__main__":
    main()
