"""Makes test/golden/numerics/*.json with scikit-learn, SciPy and Keras, for the tests of src-main/numerics.

    pip install scikit-learn scipy tensorflow-cpu
    python scripts/golden/make-numerics.py

The committed values are from scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6 and Keras 3.15.1. Undefined figures (NaN) are written as null.
Inputs are drawn with NumPy's seeded generator and written beside the values.
"""

import json
import math
import os
import pathlib
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")

import numpy as np
import scipy.ndimage
import scipy.special
import scipy.stats
import sklearn.metrics as metrics
from sklearn.model_selection import StratifiedGroupKFold, train_test_split
from sklearn.utils import murmurhash3_32
from sklearn.utils.class_weight import compute_class_weight

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden" / "numerics"


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(plain(value), separators=(",", ":")) + "\n")


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


def confusion_case(true, predicted, class_count):
    true, predicted = np.array(true), np.array(predicted)
    labels = np.arange(class_count)
    matrix = metrics.confusion_matrix(true, predicted, labels=labels)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        true, predicted, labels=labels, zero_division=np.nan
    )
    specificity = [
        metrics.recall_score(true != c, predicted != c, zero_division=np.nan) for c in labels
    ]
    present = np.unique(true)

    def mean(average):
        p, r, f, _ = metrics.precision_recall_fscore_support(
            true, predicted, labels=present, average=average, zero_division=np.nan
        )
        return {"precision": p, "recall": r, "f1": f}

    absent = support == 0
    return {
        "true": true,
        "predicted": predicted,
        "classCount": class_count,
        "matrix": matrix,
        "byRow": metrics.confusion_matrix(true, predicted, labels=labels, normalize="true")[present],
        "present": present,
        "accuracy": metrics.accuracy_score(true, predicted),
        "balancedAccuracy": metrics.balanced_accuracy_score(true, predicted),
        "precision": np.where(absent, np.nan, precision),
        "recall": np.where(absent, np.nan, recall),
        "f1": np.where(absent, np.nan, f1),
        "specificity": specificity,
        "support": support,
        "macro": mean("macro"),
        "weighted": mean("weighted"),
    }


def confusion_golden():
    rng = np.random.default_rng(7)
    true = rng.choice(7, 300, p=[0.04, 0.06, 0.12, 0.02, 0.12, 0.6, 0.04])
    predicted = np.where(rng.random(300) < 0.7, true, rng.integers(0, 7, 300))
    write(
        "confusion",
        {
            "seven classes": confusion_case(true, predicted, 7),
            "absent class, never predicted": confusion_case([0, 0, 2, 2, 2], [0, 2, 2, 2, 0], 3),
            "absent class, predicted": confusion_case([0, 0, 2, 2, 2], [0, 1, 2, 2, 1], 3),
            "present class never predicted": confusion_case([0, 1, 1, 2], [0, 0, 2, 2], 3),
            "all of one class": confusion_case([1, 1, 1], [1, 1, 1], 3),
            "single sample, wrong": confusion_case([0], [1], 2),
        },
    )


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


def ranking_case(scores, positive):
    scores, positive = np.array(scores, float), np.array(positive, bool)
    both = positive.any() and not positive.all()
    case = {"scores": scores, "positive": positive.astype(int)}
    case["rocAuc"] = metrics.roc_auc_score(positive, scores) if both else None
    case["averagePrecision"] = metrics.average_precision_score(positive, scores) if positive.any() else None
    if both:
        fpr, tpr, thresholds = metrics.roc_curve(positive, scores, drop_intermediate=False)
        precision, _, _ = metrics.precision_recall_curve(positive, scores)
        case["roc"] = {"falsePositiveRate": fpr, "truePositiveRate": tpr, "thresholds": thresholds[1:]}
        case["precision"] = precision[:-1][::-1]
        case["sensitivityAt"] = [
            {"specificity": s, "sensitivity": tpr[1 - fpr >= s - 1e-12].max()} for s in (0.5, 0.8, 0.9, 0.95, 1.0)
        ]
        case["specificityAt"] = [
            {"sensitivity": s, "specificity": (1 - fpr)[tpr >= s - 1e-12].max()} for s in (0.5, 0.8, 0.9, 0.95, 1.0)
        ]
    return case


def ranking_golden():
    rng = np.random.default_rng(17)
    positive = rng.random(200) < 0.15
    scores = np.clip(rng.normal(0.3 + 0.25 * positive, 0.2), 0, 1)
    write(
        "ranking",
        {
            "distinct scores": ranking_case(scores.round(6), positive),
            "many ties": ranking_case(scores.round(1), positive),
            "all scores equal": ranking_case([0.5] * 5, [1, 0, 0, 1, 0]),
            "perfect": ranking_case([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]),
            "upside down": ranking_case([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]),
            "only positives": ranking_case([0.2, 0.7], [1, 1]),
            "only negatives": ranking_case([0.2, 0.7], [0, 0]),
            "single sample": ranking_case([0.4], [1]),
        },
    )


def calibration_case(probabilities, true):
    """ECE as in Guo et al.'s code: bins (low, high] by linspace; the rest by scikit-learn."""
    probabilities, true = np.array(probabilities, float), np.array(true)
    classes = np.arange(probabilities.shape[1])
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    edges, ece, bins = np.linspace(0, 1, 16), 0.0, []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        count = int(inside.sum())
        bins.append([count, confidence[inside].mean() if count else None, right[inside].mean() if count else None])
        if count:
            ece += abs(confidence[inside].mean() - right[inside].mean()) * count / len(true)
    return {
        "rows": probabilities,
        "true": true,
        "ece": ece,
        "bins": bins,
        "brier": metrics.brier_score_loss(true, probabilities, labels=classes, scale_by_half=False),
        "logLoss": metrics.log_loss(true, probabilities, labels=classes),
    }


def calibration_golden():
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(19)

    def temperature(logits, true):
        def loss(t):
            return -scipy.special.log_softmax(logits / t, axis=1)[np.arange(len(true)), true].mean()

        return minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10}).x

    probabilities = rng.dirichlet([0.4] * 5, 120).round(6)
    true = np.where(rng.random(120) < 0.6, probabilities.argmax(axis=1), rng.integers(0, 5, 120))
    fits = []
    for scale in (0.4, 1.0, 3.0):
        logits = rng.normal(0, 1, (150, 4))
        drawn = [rng.choice(4, p=p) for p in scipy.special.softmax(logits, axis=1)]
        logits = (logits * scale).round(6)
        fits.append({"logits": logits, "true": drawn, "temperature": temperature(logits, np.array(drawn))})
    write(
        "calibration",
        {
            "cases": {
                "five classes": calibration_case(probabilities / probabilities.sum(axis=1, keepdims=True), true),
                "on the edges of bins": calibration_case(
                    [[0.6, 0.4, 0], [0.2, 0.8, 0], [1, 0, 0], [0, 0.4, 0.6], [0.2, 0.2, 0.6]], [0, 0, 0, 2, 1]
                ),
                "certain and wrong": calibration_case([[1, 0], [1, 0], [0, 1]], [0, 1, 1]),
                "single sample": calibration_case([[0.3, 0.7]], [1]),
            },
            "temperature": fits,
        },
    )


def special_functions_golden():
    gamma = [{"x": x, "value": scipy.special.gammaln(x)} for x in (0.1, 0.5, 1, 2.5, 10, 171.3, 2000, 1e5)]
    beta = []
    for a, b in [(0.5, 0.5), (1, 1), (2, 5), (40, 3), (300, 700), (1, 2000), (1500, 1500)]:
        for x in (1e-3, 0.1, 0.3, 0.5, 0.71, 0.999):
            beta.append({"a": a, "b": b, "x": x, "value": scipy.special.betainc(a, b, x)})
    binomial = []
    for n in (1, 7, 60, 2500):
        for k in sorted({0, n // 3, n // 2, n - 1, n}):
            for p in (0.02, 0.5, 0.9):
                binomial.append({"k": k, "n": n, "p": p, "value": scipy.stats.binom.cdf(k, n, p)})
    write("special-functions", {"gamma": gamma, "beta": beta, "binomial": binomial})


def significance_golden():
    mcnemar = []
    for first, second in [(0, 0), (1, 0), (5, 5), (3, 12), (12, 3), (0, 9), (40, 71), (900, 1000), (1500, 1500)]:
        p = scipy.stats.binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
        mcnemar.append({"onlyFirst": first, "onlySecond": second, "pValue": p})
    shares = []
    for k, n in [(0, 1), (1, 1), (0, 20), (20, 20), (1, 20), (9, 12), (81, 263), (1234, 2130)]:
        test = scipy.stats.binomtest(k, n)
        exact, wilson = test.proportion_ci(method="exact"), test.proportion_ci(method="wilson")
        shares.append({"k": k, "n": n, "exact": [exact.low, exact.high], "wilson": [wilson.low, wilson.high]})

    rng = np.random.default_rng(29)
    groups = np.repeat(np.arange(220), rng.choice([1, 2, 3], 220, p=[0.7, 0.2, 0.1]))
    true = rng.choice(4, 220, p=[0.6, 0.2, 0.15, 0.05])[groups]
    first = np.where(rng.random(len(true)) < 0.72, true, rng.integers(0, 4, len(true)))
    second = np.where(rng.random(len(true)) < 0.52, true, rng.integers(0, 4, len(true)))

    def balanced(indices, predicted):
        return np.mean([(predicted[indices][true[indices] == c] == c).mean() for c in np.unique(true[indices])])

    members = [np.flatnonzero(groups == g) for g in range(220)]
    pools = [[g for g in range(220) if true[members[g][0]] == c] for c in range(4)]
    differences = []
    for _ in range(20000):
        drawn = np.concatenate([rng.choice(pool, len(pool)) for pool in pools])
        indices = np.concatenate([members[g] for g in drawn])
        differences.append(balanced(indices, first) - balanced(indices, second))
    differences = np.array(differences)
    everything = np.arange(len(true))
    paired = {
        "true": true,
        "groups": groups,
        "first": first,
        "second": second,
        "value": balanced(everything, first) - balanced(everything, second),
        "low": np.percentile(differences, 2.5),
        "high": np.percentile(differences, 97.5),
        "pValue": 2 * min((differences <= 0).mean(), (differences >= 0).mean()),
    }
    write("significance", {"mcnemar": mcnemar, "shares": shares, "paired": paired})


def bootstrap_golden():
    rng = np.random.default_rng(31)
    values = rng.gamma(2, 1, 80).round(4)
    interval = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=40000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    groups = np.repeat(np.arange(40), 2)
    clustered = rng.normal(0, 1, 40)[groups] + rng.normal(0, 0.2, 80)
    sums = np.array([clustered[groups == g].sum() for g in range(40)])
    draws = rng.integers(0, 40, (40000, 40))
    means = sums[draws].sum(axis=1) / 80
    ladder = np.sort(rng.normal(0, 1, 23))
    write(
        "bootstrap",
        {
            "values": values,
            "interval": [interval.low, interval.high],
            "clustered": {"values": clustered, "groups": groups, "interval": np.percentile(means, [2.5, 97.5])},
            "percentiles": {
                "ascending": ladder,
                "at": [{"share": s, "value": np.percentile(ladder, 100 * s)} for s in (0, 0.025, 0.5, 0.975, 1)],
            },
        },
    )


def report_golden():
    """Predictions of four classes for 160 images of 120 lesions, and the figures that scikit-learn gives for them."""
    rng = np.random.default_rng(37)
    lesions = np.repeat(np.arange(120), rng.choice([1, 2], 120, p=[0.67, 0.33]))
    true = rng.choice(4, 120, p=[0.15, 0.2, 0.6, 0.05])[lesions]
    logits = rng.normal(0, 1, (120, 4))[lesions] + rng.normal(0, 0.2, (len(true), 4))
    logits[np.arange(len(true)), true] += 1.2
    probabilities = scipy.special.softmax(logits, axis=1).round(6)
    predicted = probabilities.argmax(axis=1)
    classes = np.arange(4)
    auc = [metrics.roc_auc_score(true == c, probabilities[:, c]) for c in classes]
    ap = [metrics.average_precision_score(true == c, probabilities[:, c]) for c in classes]
    support = np.bincount(true, minlength=4)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(true, predicted, zero_division=np.nan)
    fpr, tpr, _ = metrics.roc_curve(true == 1, probabilities[:, 1], drop_intermediate=False)
    macro = {"precision": precision.mean(), "recall": recall.mean(), "f1": f1.mean()}
    macro |= {"rocAuc": np.mean(auc), "averagePrecision": np.mean(ap)}
    weighted = {"precision": precision, "recall": recall, "f1": f1, "rocAuc": auc, "averagePrecision": ap}
    write(
        "report",
        {
            "predictions": [
                {"imageId": f"image{i}", "lesionId": f"lesion{lesions[i]}", "trueClass": true[i], "probabilities": probabilities[i]}
                for i in range(len(true))
            ],
            "accuracy": metrics.accuracy_score(true, predicted),
            "balancedAccuracy": metrics.balanced_accuracy_score(true, predicted),
            "confusion": metrics.confusion_matrix(true, predicted),
            "perClass": {"support": support, "precision": precision, "recall": recall, "f1": f1, "rocAuc": auc, "averagePrecision": ap},
            "macro": macro,
            "weighted": {name: np.average(values, weights=support) for name, values in weighted.items()},
            "brier": metrics.brier_score_loss(true, probabilities, labels=classes, scale_by_half=False),
            "melanomaSensitivity": [tpr[1 - fpr >= s - 1e-12].max() for s in (0.8, 0.9, 0.95)],
        },
    )


if __name__ == "__main__":
    random_golden()
    split_golden()
    class_weight_golden()
    confusion_golden()
    augmentation_golden()
    schedule_golden()
    ranking_golden()
    calibration_golden()
    special_functions_golden()
    significance_golden()
    bootstrap_golden()
    report_golden()
