"""Writes test/golden/numerics/neighbours.json: scikit-learn's nearest neighbours by cosine distance, of rows drawn by hash_weights.py.

    pip install scikit-learn
    python scripts/golden/make-neighbours.py

The committed values are from scikit-learn 1.9.1.
"""

import hash_weights as hashed
import numpy as np
from golden_file import write
from sklearn.neighbors import NearestNeighbors

ROWS, DIMS, QUERIES, NEIGHBOURS, GROUP_SIZE = 200, 37, 4, 8, 3

rows = hashed.between("neighbours/rows", (ROWS, DIMS), -0.5, 1.0).astype(np.float64)
queries = hashed.between("neighbours/queries", (QUERIES, DIMS), -0.5, 1.0).astype(np.float64)
search = NearestNeighbors(metric="cosine", algorithm="brute").fit(rows)
distances, found = search.kneighbors(queries, n_neighbors=ROWS)


def one_of_a_group(order):
    """The nearest row of each group of GROUP_SIZE rows that follow one another."""
    best = {}
    for row in order:
        best.setdefault(int(row) // GROUP_SIZE, int(row))
    return list(best.values())[:NEIGHBOURS]


write(
    "neighbours",
    {
        "rows": ROWS,
        "dims": DIMS,
        "groupSize": GROUP_SIZE,
        "queries": [
            {
                "nearest": order[:NEIGHBOURS],
                "similarities": 1 - apart[:NEIGHBOURS],
                "oneOfAGroup": one_of_a_group(order),
            }
            for order, apart in zip(found, distances)
        ],
    },
)
