"""Makes the golden values of draws, splits, class weights, augmentation and schedules in test/golden/numerics with scikit-learn, SciPy and Keras.

    pip install scikit-learn scipy tensorflow-cpu
    python scripts/golden/make-numerics.py

The committed values are from scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6 and Keras 3.15.1. Inputs are drawn with NumPy's seeded
generator and written beside the values.
"""

import os
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")

import numpy as np
import scipy.ndimage
from golden_file import write
from sklearn.model_selection import StratifiedGroupKFold, train_test_split
from sklearn.utils import murmurhash3_32
from sklearn.utils.class_weight import compute_class_weight


def random_golden():
    """Python's own integers, apart from the implementation under test; MurmurHash3 from scikit-learn."""
    mask = 0xFFFFFFFF

    def rotate(x, k):
        return ((x << k) | (x >> (32 - k))) & mask

    def seeded(seed, count):
        state, counter = [], seed
        for _ in range(4):
            counter = (counter + 0x9E3779B9) & mask
            z = counter
            z = ((z ^ (z >> 16)) * 0x21F0AAAD) & mask
            z = ((z ^ (z >> 15)) * 0x735A2D97) & mask
            state.append(z ^ (z >> 15))
        s, out = list(state), []
        for _ in range(count):
            out.append((rotate((s[1] * 5) & mask, 7) * 9) & mask)
            t = (s[1] << 9) & mask
            s[2] ^= s[0]
            s[3] ^= s[1]
            s[1] ^= s[2]
            s[0] ^= s[3]
            s[2] ^= t
            s[3] = rotate(s[3], 11)
        return {"seed": seed, "state": state, "uint32": out}

    texts = ["", "a", "ab", "abc", "abcd", "lesion", '["augment",3]', "Nävus – Ärzte"]
    write(
        "random",
        {
            "seeded": [seeded(seed, 8) for seed in (0, 1, 123, mask)],
            "murmur": [
                {"text": text, "seed": seed, "hash": murmurhash3_32(text.encode(), seed=seed, positive=True)}
                for text in texts
                for seed in (0, 123, mask >> 1)
            ],
        },
    )


def split_golden():
    """How even scikit-learn's own grouped folds are on the same images: ours must not be less even."""
    rng = np.random.default_rng(5)
    shares = [0.033, 0.051, 0.11, 0.011, 0.111, 0.67, 0.014]
    labels, groups = [], []
    for group in range(1200):
        label = int(rng.choice(7, p=shares))
        for _ in range(int(rng.choice([1, 2, 3, 4, 6], p=[0.74, 0.18, 0.05, 0.02, 0.01]))):
            labels.append(label)
            groups.append(group)
    order = rng.permutation(len(labels))
    labels, groups = np.array(labels)[order], np.array(groups)[order]
    counts = [
        np.bincount(labels[test], minlength=7)
        for _, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(labels, labels, groups)
    ]
    sizes = []
    for count in (10, 40, 97, 7293, 9724, 8520):
        rest, test = train_test_split(np.arange(count), test_size=0.25)
        train, validation = train_test_split(rest, test_size=0.1)
        sizes.append({"count": count, "test": len(test), "validation": len(validation), "train": len(train)})
    write("split", {"labels": labels, "groups": groups, "foldClassCounts": counts, "itemSizes": sizes})


def class_weight_golden():
    cases = []
    for counts in ([327, 514, 1099, 115, 1113, 6705, 142], [5, 5], [1, 0, 9], [3]):
        labels = np.repeat(np.arange(len(counts)), counts)
        present = np.unique(labels)
        weights = np.zeros(len(counts))
        weights[present] = compute_class_weight("balanced", classes=present, y=labels)
        cases.append({"counts": counts, "balanced": weights})
    write("class-weight", cases)


def augmentation_golden():
    """Coordinates that Keras samples, read off linear ramps: value at an output pixel = input coordinate shown there.

    Square images go through Keras untouched. For others Keras exchanges height and width in centre and shift (see
    src-main/numerics/augmentation.ts); there the expected map is composed from its three matrices about the true centre.
    """
    from keras.src.legacy.preprocessing import image

    scipy.ndimage.interpolation = scipy.ndimage
    generator = image.ImageDataGenerator(fill_mode="nearest", data_format="channels_last")
    rng = np.random.default_rng(11)
    cases = []
    settings = [(0, 1, 1, 0, 0, 0, 0), (10, 1, 1, 0, 0, 0, 0), (0, 1, 1, 0.1, -0.05, 0, 0), (0, 1.1, 0.92, 0, 0, 0, 0)]
    settings += [(0, 1, 1, 0, 0, 1, 0), (0, 1, 1, 0, 0, 0, 1)]
    for _ in range(6):
        settings.append(
            (
                float(rng.uniform(-30, 30)),
                *rng.uniform(0.7, 1.3, 2).tolist(),
                *rng.uniform(-0.12, 0.12, 2).tolist(),
                int(rng.integers(2)),
                int(rng.integers(2)),
            )
        )
    size = 64
    ramps = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1).astype(np.float64)
    names = ("rotationDegrees", "zoomX", "zoomY", "shiftX", "shiftY", "flipHorizontal", "flipVertical")
    for setting in settings:
        parameters = dict(zip(names, setting))
        out = generator.apply_transform(
            ramps,
            {
                "theta": setting[0],
                "zx": setting[1],
                "zy": setting[2],
                "tx": setting[3] * size,
                "ty": setting[4] * size,
                "flip_horizontal": setting[5],
                "flip_vertical": setting[6],
            },
        )
        points = [
            [x, y, *out[y, x]]
            for x in range(4, size, 11)
            for y in range(4, size, 11)
            if (out[y, x] > 0.01).all() and (out[y, x] < size - 1.01).all()
        ]
        parameters["flipHorizontal"], parameters["flipVertical"] = bool(setting[5]), bool(setting[6])
        cases.append({"parameters": parameters, "points": points[::2]})
    width, height = 125, 100
    theta = np.deg2rad(25)
    turn = np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
    shift = np.array([[1, 0, 0.1 * width], [0, 1, -0.07 * height], [0, 0, 1]])
    zoom = np.diag([1.2, 0.8, 1])
    oblong = image.transform_matrix_offset_center(turn @ shift @ zoom, width, height)
    write("augmentation", {"sizePx": size, "cases": cases, "oblong": oblong[:2].ravel()})


def schedule_golden():
    import keras

    class Model:
        """As much of a model as the callbacks look at."""

        metrics = []

        def __init__(self, learning_rate):
            self.optimizer = keras.optimizers.SGD(learning_rate)
            self.stop_training = False

    def plateau(metrics_in, mode, **options):
        model = Model(options.pop("learning_rate"))
        callback = keras.callbacks.ReduceLROnPlateau(monitor="val_metric", mode=mode, **options)
        callback.set_model(model)
        callback.on_train_begin()
        rates = []
        for epoch, metric in enumerate(metrics_in):
            callback.on_epoch_end(epoch, {"val_metric": metric})
            rates.append(float(np.asarray(model.optimizer.learning_rate)))
        return rates

    def stopping(metrics_in, mode, patience):
        model = Model(0.1)
        callback = keras.callbacks.EarlyStopping(monitor="val_metric", mode=mode, patience=patience)
        callback.set_model(model)
        callback.on_train_begin()
        for epoch, metric in enumerate(metrics_in):
            callback.on_epoch_end(epoch, {"val_metric": metric})
            if model.stop_training:
                return {"bestEpoch": callback.best_epoch + 1, "stoppedAfterEpoch": epoch + 1}
        return {"bestEpoch": callback.best_epoch + 1, "stoppedAfterEpoch": None}

    rng = np.random.default_rng(3)
    climbing = (0.8 - 0.5 * np.exp(-np.arange(50) / 8) + rng.normal(0, 0.01, 50)).round(4).tolist()
    falling = (0.6 + np.exp(-np.arange(50) / 6) + rng.normal(0, 0.02, 50)).round(4).tolist()
    flat = [0.5] * 30
    tiny_gains = [0.5 + 0.00003 * i for i in range(30)]
    series = [("max", climbing), ("min", falling), ("max", flat), ("min", flat), ("max", tiny_gains)]
    plateau_cases, stopping_cases = [], []
    for mode, values in series:
        for patience, factor, floor, rate in ((5, 0.5, 1e-5, 1e-4), (2, 0.1, 0.0, 1e-3), (1, 0.5, 3e-4, 1e-3), (1, 0.5, 1e-2, 1e-3)):
            rates = plateau(values, mode, patience=patience, factor=factor, min_lr=floor, learning_rate=rate)
            options = {"patience": patience, "factor": factor, "floor": floor, "learningRate": rate}
            plateau_cases.append({"mode": mode, "metrics": values, **options, "rates": rates})
        for patience in (1, 3, 8):
            stopping_cases.append({"mode": mode, "metrics": values, "patience": patience, **stopping(values, mode, patience)})
    base, floor, epochs, warmup = 1e-3, 1e-5, 20, 4
    decay = keras.optimizers.schedules.CosineDecay(base, epochs - warmup, alpha=floor / base)
    cosine = {"learningRate": base, "minimumLearningRate": floor, "epochs": epochs, "warmupEpochs": warmup}
    cosine["ratesAfterWarmup"] = [float(decay(step)) for step in range(epochs - warmup)]
    write("schedule", {"plateau": plateau_cases, "stopping": stopping_cases, "cosine": cosine})


if __name__ == "__main__":
    random_golden()
    split_golden()
    class_weight_golden()
    augmentation_golden()
    schedule_golden()
