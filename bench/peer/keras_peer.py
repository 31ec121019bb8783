"""Keras's side of the benchmark, a process of its own, fed by JSON lines (../task.ts).

It does what the published job does: images as one array, ImageDataGenerator, `compile`, `fit`, with TensorFlow's own choice of threads.
Where there is a choice, the one that is faster for Keras is taken: normalised float32 arrays are made before the clock
starts, an epoch's time leaves out what `fit` does before and after it, a single image goes through `predict_on_batch`.
"""

import json
import os
import pathlib
import platform
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # whatever a library prints goes to standard error

import keras  # noqa: E402
import numpy as np  # noqa: E402
import PIL  # noqa: E402
import tensorflow as tf  # noqa: E402
from networks import build  # noqa: E402
from PIL import Image  # noqa: E402


class EpochClock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.began


def normalised(pixels):
    return (np.asarray(pixels, dtype=np.float32) - 127.5) / 127.5


def arrays(task):
    config = task["config"]
    shape = (-1, config["imageHeightPx"], config["imageWidthPx"], 3)
    pixels = np.fromfile(task["pictures"]["pixels"], dtype=np.uint8).reshape(shape)
    rows = np.arange(task["images"])
    labels = keras.utils.to_categorical(rows % task["classCount"], task["classCount"])
    return normalised(pixels[rows % len(task["pictures"]["files"])]), labels


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def training(task):
    config = task["config"]
    x, y = arrays(task)
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=config["rotationDegrees"],
        zoom_range=config["zoomFraction"],
        width_shift_range=config["shiftFraction"],
        height_shift_range=config["shiftFraction"],
        horizontal_flip=config["flipHorizontal"],
        vertical_flip=config["flipVertical"],
    )
    batches = generator.flow(x, y, batch_size=config["batchSize"])
    model = build(task)
    adam = keras.optimizers.Adam(
        config["learningRate"], beta_1=config["beta1"], beta_2=config["beta2"], epsilon=config["epsilon"]
    )
    model.compile(optimizer=adam, loss="categorical_crossentropy", metrics=["accuracy"])
    clock = EpochClock()

    def epoch():
        model.fit(batches, epochs=1, verbose=0, callbacks=[clock])
        return clock.seconds

    return epoch


def prediction(task):
    x, _ = arrays(task)
    model = build(task)
    return lambda: timed(lambda: model.predict(x, batch_size=task["config"]["batchSize"], verbose=0))


def decoded(task, name):
    size = (task["config"]["imageWidthPx"], task["config"]["imageHeightPx"])
    return np.asarray(Image.open(pathlib.Path(task["pictures"]["root"], name)).resize(size))


def single_images(task):
    model = build(task)

    def classify_all():
        for file in task["pictures"]["files"]:
            model.predict_on_batch(normalised(decoded(task, file["path"]))[np.newaxis])

    return lambda: timed(classify_all)


def preparation(task):
    files = task["pictures"]["files"]
    names = [files[index % len(files)]["path"] for index in range(task["images"])]
    return lambda: timed(lambda: np.stack([decoded(task, name) for name in names]))


BENCHES = {
    "train": training,
    "predict": prediction,
    "single": single_images,
    "prepare": preparation,
}


def answer(value):
    answers.write(json.dumps(value) + "\n")


def main():
    answer(
        {
            "tensorflow": tf.__version__,
            "device": "gpu" if tf.config.list_physical_devices("GPU") else "cpu",
            "versions": f"Keras {keras.__version__}, Pillow {PIL.__version__}, Python {platform.python_version()}",
        }
    )
    bench = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "set-up":
            keras.backend.clear_session()
            bench = BENCHES[request["task"]["kind"]](request["task"])
            bench()
            answer({})
        else:
            answer({"seconds": bench()})


if __name__ == "__main__":
    main()
