"""Makes the golden values of metrics, intervals and tests of significance in test/golden/numerics with scikit-learn, SciPy and Keras.

    pip install scikit-learn scipy tensorflow-cpu
    python scripts/golden/make-metrics.py

The committed values are from scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6 and Keras 3.15.1. Inputs are drawn with NumPy's seeded
generator and written beside the values.
"""

import os
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")

import numpy as np
import scipy.special
import scipy.stats
import sklearn.metrics as metrics
from golden_file import write


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


def repeated_images_golden():
    """Images that count several times each: scikit-learn's `sample_weight`; tied scores, and a class that one drawing leaves out."""
    rng = np.random.default_rng(43)
    classes = np.arange(3)
    true = rng.choice(3, 40, p=[0.6, 0.3, 0.1])
    rows = rng.dirichlet([0.8] * 3, 40) + 0.5 * np.eye(3)[true]
    rows = (rows / rows.sum(axis=1, keepdims=True)).round(2)
    rows[:, 0] = (1 - rows[:, 1] - rows[:, 2]).round(2)
    predicted = rows.argmax(axis=1)
    drawings = [rng.multinomial(40, [1 / 40] * 40), rng.integers(0, 4, 40), rng.integers(0, 3, 40) * (true != 2)]

    def of_class(c, weights):
        positive, called, scores = true == c, predicted == c, rows[:, c]
        figures = {"precision": None, "recall": None, "f1": None, "rocAuc": None, "averagePrecision": None, "sensitivities": [None] * 4}
        figures["specificity"] = metrics.recall_score(~positive, ~called, sample_weight=weights)
        if weights[positive].sum() == 0:
            return figures
        fpr, tpr, _ = metrics.roc_curve(positive, scores, sample_weight=weights, drop_intermediate=False)
        return figures | {
            "precision": metrics.precision_score(positive, called, sample_weight=weights, zero_division=np.nan),
            "recall": metrics.recall_score(positive, called, sample_weight=weights),
            "f1": metrics.f1_score(positive, called, sample_weight=weights),
            "rocAuc": metrics.roc_auc_score(positive, scores, sample_weight=weights),
            "averagePrecision": metrics.average_precision_score(positive, scores, sample_weight=weights),
            "sensitivities": [tpr[1 - fpr >= s - 1e-12].max() for s in (0.5, 0.8, 0.9, 1.0)],
        }

    def drawing(weights):
        return {
            "multiplicities": weights,
            "perClass": [of_class(c, weights) for c in classes],
            "ece": calibration_case(np.repeat(rows, weights, axis=0), np.repeat(true, weights))["ece"],
            "brier": metrics.brier_score_loss(true, rows, sample_weight=weights, labels=classes, scale_by_half=False),
            "logLoss": metrics.log_loss(true, rows, sample_weight=weights, labels=classes),
        }

    write("repeated-images", {"rows": rows, "true": true, "drawings": [drawing(weights) for weights in drawings]})


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


def operating_point_golden():
    """Two of four classes against the others: what scikit-learn says of `score >= threshold`, and of the curve's best point."""
    rng = np.random.default_rng(41)
    true = rng.choice(4, 150, p=[0.5, 0.25, 0.2, 0.05])
    logits = rng.normal(0, 1, (150, 4)) + 1.5 * np.eye(4)[true]
    rows = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).round(6)
    groups = {"one class": [False, True, False, False], "two classes": [False, True, False, True]}

    def at(positive, scores, threshold):
        called = scores >= threshold
        matrix = metrics.confusion_matrix(positive, called, labels=[True, False])
        (tp, fn), (fp, tn) = matrix
        return {
            "threshold": threshold,
            "counts": {"truePositives": tp, "falseNegatives": fn, "falsePositives": fp, "trueNegatives": tn},
            "rates": {
                "sensitivity": metrics.recall_score(positive, called, zero_division=np.nan),
                "specificity": metrics.recall_score(~positive, ~called, zero_division=np.nan),
                "ppv": metrics.precision_score(positive, called, zero_division=np.nan),
                "npv": metrics.precision_score(~positive, ~called, zero_division=np.nan),
            },
        }

    def case(is_positive):
        positive, scores = np.array(is_positive)[true], rows[:, is_positive].sum(axis=1)
        fpr, tpr, thresholds = metrics.roc_curve(positive, scores, drop_intermediate=False)
        return {
            "isPositive": is_positive,
            "at": [at(positive, scores, t) for t in (0.0, 0.05, 0.2, 0.5, 0.8, 0.999, 1.1)],
            "youden": {"threshold": thresholds[np.argmax(tpr - fpr)], "sum": (tpr + 1 - fpr).max()},
            "rocAuc": metrics.roc_auc_score(positive, scores),
        }

    cases = {name: case(is_positive) for name, is_positive in groups.items()}
    write("operating-point", {"rows": rows, "true": true, "cases": cases})


if __name__ == "__main__":
    confusion_golden()
    ranking_golden()
    calibration_golden()
    special_functions_golden()
    significance_golden()
    bootstrap_golden()
    repeated_images_golden()
    report_golden()
    operating_point_golden()
