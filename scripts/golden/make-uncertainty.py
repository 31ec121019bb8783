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


if __name__ == "__main__":
    conformal_golden()
