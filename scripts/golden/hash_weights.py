"""Weights and inputs from one integer-hash formula, the same numbers as test/support/hash-weights.ts.

A value depends on its key (`layer/weight`) and its row-major index alone. All arithmetic is on 32-bit integers and float64, so both
languages give the same float32 bit for bit.
"""

import re

import numpy as np


def seed_of(key):
    """FNV-1a, 32 bits."""
    seed = 0x811C9DC5
    for byte in key.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    return seed


def uniform(key, count):
    """`count` float64 in [0, 1): an integer finaliser over seed and index (low bias 32, C. Wellons)."""
    x = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B1) + np.uint64(seed_of(key))
    x = x.astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 4294967296.0


def between(key, shape, low, high):
    values = low + (high - low) * uniform(key, int(np.prod(shape)))
    return values.astype(np.float32).reshape(shape)


# What batch norm's weights are drawn from. `lively`: images stay different through the depth, so that outputs tell on every
# detail. `calm`: few units lie near the kink of their ReLU, so that gradients of the whole depth are not a matter of rounding.
RANGES = {
    "lively": {"gamma": (0.8, 1.2), "beta": (-0.2, 0.2), "moving_mean": (-0.2, 0.2), "moving_variance": (0.5, 1.5)},
    "calm": {"gamma": (0.2, 0.35), "beta": (0.6, 1.0), "moving_mean": (-0.2, 0.2), "moving_variance": (0.5, 1.5)},
}


def gain_of(key):
    """Keeps activations near 1 through the depth: no ReLU follows some kernels, and a residual sum grows."""
    if re.match(r"dense/|dense_5/", key) or "_3_conv/" in key:
        return 0.5
    if "project_conv/" in key or "_0_conv/" in key:
        return 0.75
    return 2.0**0.5


def weight(key, shape, style):
    name = key.rsplit("/", 1)[1]
    if name in ("kernel", "depthwise_kernel"):
        fan_in = int(np.prod(shape)) // shape[-1] if name == "kernel" else shape[0] * shape[1]
        limit = gain_of(key) * (3.0 / fan_in) ** 0.5
        return between(key, shape, -limit, limit)
    low, high = (-0.1, 0.1) if name == "bias" else RANGES[style][name]
    return between(key, shape, low, high)


def images(count, height, width):
    """[count, height, width, 3] in [-1, 1]: patches of 16 x 16 pixels of one colour, three parts, and noise, one part."""
    rows, columns = -(-height // 16), -(-width // 16)
    coarse = uniform("images/coarse", count * rows * columns * 3).reshape(count, rows, columns, 3)
    fine = uniform("images/fine", count * height * width * 3).reshape(count, height, width, 3)
    patches = coarse[:, np.arange(height) // 16][:, :, np.arange(width) // 16]
    return (1.5 * patches + 0.5 * fine - 1.0).astype(np.float32)


def probe_indices(key, count, probes):
    """Which elements of an array the golden files quote."""
    return (uniform(key + "#probe", probes) * count).astype(np.int64)
