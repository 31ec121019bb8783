"""Golden values of losses and their gradients from the real Keras: cross-entropy, label smoothing, focal, sample weights.

Run with Keras 3 on TensorFlow: python scripts/golden/make-losses.py
Writes test/golden/training/losses.json.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

LOGITS = [[2.0, -1.0, 0.5], [0.1, 0.2, -3.0], [-4.0, 6.0, 1.0], [0.0, 0.0, 0.0]]
LABELS = [0, 2, 1, 1]
WEIGHTS = [1.0, 0.5, 2.0, 1.5]
CASES = {
    "cross-entropy": keras.losses.CategoricalCrossentropy(from_logits=True),
    "label-smoothing": keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
    "focal": keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=2.0, from_logits=True),
    "focal-smoothed": keras.losses.CategoricalFocalCrossentropy(
        alpha=1.0, gamma=1.5, from_logits=True, label_smoothing=0.1
    ),
}

targets = np.eye(3, dtype=np.float32)[LABELS]
results = {}
for name, loss in CASES.items():
    logits = tf.Variable(LOGITS, dtype=tf.float32)
    with tf.GradientTape() as tape:
        value = loss(targets, logits, sample_weight=tf.constant(WEIGHTS))
    results[name] = {"loss": float(value), "gradient": tape.gradient(value, logits).numpy().tolist()}

path = pathlib.Path(__file__).parents[2] / "test/golden/training/losses.json"
document = {"keras": keras.__version__, "logits": LOGITS, "labels": LABELS, "weights": WEIGHTS, "cases": results}
path.write_text(json.dumps(document, indent=1) + "\n")
