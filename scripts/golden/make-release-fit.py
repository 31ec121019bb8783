"""Writes test/golden/numerics/release-fit.json: what a release's fit finds on three parts of images drawn by hash_weights.py.

    pip install scikit-learn scipy
    python scripts/golden/make-release-fit.py

The temperature is SciPy's minimum of scikit-learn's log loss; sets count by the ceil((n + 1) level)-th smallest score, of a class's own
lesions where that is not its largest, and by no less than at the level below; operating
points are scikit-learn's `roc_curve`; distances come from its LedoitWolf; intervals are SciPy's. The committed values are from
scikit-learn 1.9.1, SciPy 1.17.1 and NumPy 2.4.6.
"""

import hash_weights as hashed
import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
import sklearn.metrics as metrics
from golden_file import write
from sklearn.covariance import LedoitWolf

CODES = ["bcc", "mel", "nv", "vasc"]
MALIGNANT = np.array([True, True, False, False])
CLASSES, FEATURES = len(CODES), 6
IMAGES = {"train": 160, "calibration": 150, "test": 131}
LEVELS = (0.8, 0.9, 0.95)
TARGETS = {"malignantSensitivity": 0.95, "melanomaSensitivity": 0.9, "inside": 0.9}


def part(name):
    count = IMAGES[name]
    lesions = (np.arange(count) * 3) // 4
    true = np.floor(hashed.uniform(f"{name}/classes", count)[lesions] ** 2 * CLASSES).astype(int)
    own = np.eye(CLASSES)[true]
    logits = hashed.between(f"{name}/logits", (count, CLASSES), -2.5, 2.5).astype(np.float64) + 2.25 * own
    features = hashed.between(f"{name}/features", (count, FEATURES), -1, 1)
    features[:, :CLASSES] += own.astype(np.float32)
    ids = np.arange(count) * 37 % 1000
    return {"lesions": lesions, "true": true, "logits": logits, "features": features.astype(np.float64), "ids": ids}


def one_image_a_lesion(images):
    kept = sorted(min(np.flatnonzero(images["lesions"] == lesion), key=lambda i: images["ids"][i]) for lesion in set(images["lesions"]))
    return {key: values[kept] for key, values in images.items()}


def exact(successes, trials):
    interval = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(method="exact")
    return [successes / trials, interval.low, interval.high]


def smallest(scores, level):
    rank = int(np.ceil((len(scores) + 1) * level - 1e-9))
    return None if rank > len(scores) else float(np.sort(scores)[rank - 1])


def reliability(rows, true):
    top = rows.argmax(axis=1)
    confidence = rows.max(axis=1)
    bins = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    gaps = [abs((top == true)[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return {
        "ece": sum(gaps),
        "brier": ((rows - np.eye(CLASSES)[true]) ** 2).sum(axis=1).mean(),
        "logLoss": metrics.log_loss(true, rows, labels=np.arange(CLASSES)),
    }


def steady(scores, level):
    """By more than the one worst lesion of a class."""
    threshold = smallest(scores, level)
    return None if threshold is None or threshold == scores.max() else threshold


def conformal(level, below, rows, true, test_rows, test_true):
    scores = 1 - rows[np.arange(len(true)), true]
    marginal = smallest(scores, level)
    own = [steady(scores[true == c], level) for c in range(CLASSES)]
    thresholds = np.array([marginal if threshold is None else threshold for threshold in own])
    thresholds = np.maximum(thresholds, below)
    sets = 1 - test_rows <= thresholds
    sets[np.arange(len(test_true)), test_rows.argmax(axis=1)] = True
    covered = sets[np.arange(len(test_true)), test_true]
    return {
        "marginal": marginal,
        "isOwn": [threshold is not None for threshold in own],
        "byClass": thresholds,
        "covered": int(covered.sum()),
        "share": exact(covered.sum(), len(covered)),
        "coveredByClass": [int(covered[test_true == c].sum()) for c in range(CLASSES)],
        "setSizes": [int((sets.sum(axis=1) == size).sum()) for size in range(1, CLASSES + 1)],
    }


def operating(members, target, rows, true, test_rows, test_true):
    fpr, tpr, thresholds = metrics.roc_curve(members[true], rows[:, members].sum(axis=1), drop_intermediate=False)
    at = np.flatnonzero(tpr >= target - 1e-12)[0]
    called, positive = test_rows[:, members].sum(axis=1) >= thresholds[at], members[test_true]
    return {
        "threshold": thresholds[at],
        "calibration": [tpr[at], 1 - fpr[at]],
        "positive": int(positive.sum()),
        "sensitivity": exact(called[positive].sum(), positive.sum()),
        "specificity": exact((~called[~positive]).sum(), (~positive).sum()),
    }


train = part("train")
calibration, test = (one_image_a_lesion(part(name)) for name in ("calibration", "test"))
true, test_true = calibration["true"], test["true"]


def loss(log_temperature):
    rows = scipy.special.softmax(calibration["logits"] / np.exp(log_temperature), axis=1)
    return metrics.log_loss(true, rows, labels=np.arange(CLASSES))


temperature = np.exp(scipy.optimize.minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}).x)
rows = scipy.special.softmax(calibration["logits"] / temperature, axis=1)
test_rows = scipy.special.softmax(test["logits"] / temperature, axis=1)

means = np.array([train["features"][train["true"] == c].mean(axis=0) for c in range(CLASSES)])
fitted = LedoitWolf(assume_centered=True).fit(train["features"] - means[train["true"]])


def distances(images):
    away = images["features"][:, None, :] - means[None]
    return np.sqrt(np.einsum("qcf,fg,qcg->qc", away, np.linalg.inv(fitted.covariance_), away).min(axis=1))


limit = smallest(distances(calibration), TARGETS["inside"])
outside = distances(test) > limit
sets = []
for level in LEVELS:
    below = sets[-1]["byClass"] if sets else np.zeros(CLASSES)
    sets.append(conformal(level, below, rows, true, test_rows, test_true))

write(
    "release-fit",
    {
        "codes": CODES,
        "malignant": MALIGNANT,
        "features": FEATURES,
        "images": IMAGES,
        "targets": TARGETS,
        "temperature": temperature,
        "reliability": {
            "before": reliability(scipy.special.softmax(test["logits"], axis=1), test_true),
            "after": reliability(test_rows, test_true),
        },
        "calibrationLesionsByClass": np.bincount(true, minlength=CLASSES),
        "testLesionsByClass": np.bincount(test_true, minlength=CLASSES),
        "conformal": sets,
        "operating": {
            "malignant": operating(MALIGNANT, TARGETS["malignantSensitivity"], rows, true, test_rows, test_true),
            "melanoma": operating(np.arange(CLASSES) == 1, TARGETS["melanomaSensitivity"], rows, true, test_rows, test_true),
        },
        "distance": {
            "limit": limit,
            "calibration": np.quantile(distances(calibration), np.linspace(0, 1, 101)),
            "outside": exact(outside.sum(), len(outside)),
        },
    },
)
