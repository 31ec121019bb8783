"""Makes the golden values of conformal sets, distances from the training images and agreement in test/golden/numerics.

    pip install scikit-learn scipy mapie statsmodels
    python scripts/golden/make-uncertainty.py

The committed values are from MAPIE 1.6.0, scikit-learn 1.9.1, SciPy 1.17.1, statsmodels 0.15.0 and NumPy 2.4.6. Inputs are drawn with
NumPy's seeded generator and written beside the values.
"""

import warnings

warnings.filterwarnings("ignore")

import numpy as np
import scipy.special
import scipy.stats
import sklearn.metrics as metrics
from golden_file import write
from mapie.classification import SplitConformalClassifier
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.covariance import LedoitWolf
from statsmodels.stats.inter_rater import cohens_kappa


class Given(ClassifierMixin, BaseEstimator):
    """A classifier whose input is its answer: rows of probabilities."""

    def fit(self, rows, labels):
        self.classes_ = np.arange(rows.shape[1])
        return self

    def predict_proba(self, rows):
        return rows

    def predict(self, rows):
        return rows.argmax(axis=1)


def drawn_probabilities(rng, count, shares, sharpness):
    true = rng.choice(len(shares), size=count, p=shares)
    logits = rng.normal(0, 1, (count, len(shares)))
    logits[np.arange(count), true] += sharpness
    return scipy.special.softmax(logits, axis=1).round(6), true


def smallest(scores, level):
    """The ceil((n + 1) level)-th smallest. NumPy's quantile with "higher", often used for it, gives the one after."""
    rank = int(np.ceil((len(scores) + 1) * level))
    return None if rank > len(scores) else float(np.sort(scores)[rank - 1])


def conformal_golden():
    """Marginal sets from MAPIE (score "lac"); thresholds of the classes from their sorted scores."""
    rng = np.random.default_rng(29)
    shares = [0.05, 0.35, 0.12, 0.44, 0.04]
    rows, true = drawn_probabilities(rng, 260, shares, 1.8)
    test_rows, test_true = drawn_probabilities(rng, 200, shares, 1.8)
    cases = []
    for level in (0.8, 0.9, 0.95):
        mapie = SplitConformalClassifier(
            Given().fit(rows, true), confidence_level=level, conformity_score="lac", prefit=True
        )
        mapie.conformalize(rows, true)
        _, sets = mapie.predict_set(test_rows)
        scores = 1 - rows[np.arange(len(true)), true]
        by_class = [smallest(scores[true == c], level) for c in range(len(shares))]
        marginal = smallest(scores, level)
        thresholds = np.array([marginal if t is None else t for t in by_class])
        conditional = 1 - test_rows <= thresholds
        conditional[np.arange(len(test_rows)), test_rows.argmax(axis=1)] = True
        covered = conditional[np.arange(len(test_true)), test_true]
        interval = scipy.stats.binomtest(int(covered.sum()), len(covered)).proportion_ci(method="exact")
        cases.append(
            {
                "level": level,
                "marginal": marginal,
                "byClass": by_class,
                "lesionsByClass": np.bincount(true, minlength=len(shares)),
                "marginalSets": [np.flatnonzero(row) for row in sets[:, :, 0]],
                "sets": [np.flatnonzero(row) for row in conditional],
                "covered": int(covered.sum()),
                "interval": [interval.low, interval.high],
                "coveredByClass": [int(covered[test_true == c].sum()) for c in range(len(shares))],
                "meanSetSize": conditional.sum(axis=1).mean(),
            }
        )
    data = {"rows": rows, "true": true, "testRows": test_rows, "testTrue": test_true}
    write("conformal", {**data, "cases": cases})


def out_of_distribution_golden():
    """Energies by SciPy's logsumexp; the shrunk covariance by scikit-learn, distances by NumPy's inverse of it."""
    rng = np.random.default_rng(31)
    logits = np.vstack([rng.normal(0, 4, (6, 5)), [900, -900, 0, 1, 2]]).round(5)
    temperatures = [1, 0.5, 3]
    energies = [[-t * scipy.special.logsumexp(row / t) for t in temperatures] for row in logits]
    cases = []
    for count, features, class_count in ((140, 12, 4), (60, 30, 3), (25, 40, 3)):
        mixing = rng.normal(0, 1, (features, features)) * np.geomspace(1, 0.05, features)
        true = rng.integers(0, class_count - 1, count)  # the last class has no image
        centres = rng.normal(0, 2, (class_count, features))
        train = (centres[true] + rng.normal(0, 1, (count, features)) @ mixing.T).astype(np.float32).round(3)
        means = np.array([train[true == c].mean(axis=0, dtype=np.float64) for c in range(class_count - 1)])
        fitted = LedoitWolf(assume_centered=True).fit(train.astype(np.float64) - means[true])
        precision = np.linalg.inv(fitted.covariance_)
        queries = np.vstack([train[:4], rng.normal(0, 5, (4, features))]).round(3)
        away = queries[:, None, :] - means[None, :, :]
        squares = np.einsum("qcf,fg,qcg->qc", away, precision, away)
        cases.append(
            {
                "featureCount": features,
                "classCount": class_count,
                "features": train.ravel().astype(np.float64).round(3),
                "true": true,
                "shrinkage": fitted.shrinkage_,
                "queries": queries,
                "distances": np.sqrt(squares.min(axis=1)),
            }
        )
    write("out-of-distribution", {"logits": logits, "temperatures": temperatures, "energies": energies, "cases": cases})


def agreement_golden():
    rng = np.random.default_rng(37)
    cases = []
    for count, class_count, noise in ((80, 7, 0.3), (25, 3, 0.6), (400, 2, 0.1), (12, 4, 0.0)):
        first = rng.integers(0, class_count, count)
        second = np.where(rng.random(count) < noise, rng.integers(0, class_count, count), first)
        matrix = metrics.confusion_matrix(first, second, labels=np.arange(class_count))
        theirs = cohens_kappa(matrix)
        cases.append(
            {
                "first": first,
                "second": second,
                "classCount": class_count,
                "kappa": metrics.cohen_kappa_score(first, second),
                "interval": [max(-1, theirs.kappa_low), min(1, theirs.kappa_upp)],
            }
        )
    write("agreement", cases)


def test_time_golden():
    rng = np.random.default_rng(41)
    rows = scipy.special.softmax(rng.normal(0, 1, (8, 7)), axis=1).round(6)
    top = rows.argmax(axis=1)
    write(
        "test-time-agreement",
        {"rows": rows, "mean": rows.mean(axis=0), "deviation": rows.std(axis=0), "top": top, "agreeing": int((top == top[0]).sum())},
    )


if __name__ == "__main__":
    conformal_golden()
    out_of_distribution_golden()
    agreement_golden()
    test_time_golden()
