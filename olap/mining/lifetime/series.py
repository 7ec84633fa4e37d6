"""Special functions over many values, as far as the models need them."""

from math import lgamma

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ENOUGH = 1e-13
MOST_TERMS = 20_000
LARGE = 1e100
AT_ONCE = 8
"""Terms between two looks at which sums stand: each is at most 1,000 times the one before, so none is out of range."""


def log_gamma(scale: float, shift: float, counts: Counts) -> Floats:
    """ln G(scale x + shift) of each x: computed once for each that occurs."""
    found, places = np.unique(counts, return_inverse=True)
    return np.array([lgamma(scale * int(x) + shift) for x in found])[places]


def log_hypergeometric(a: float, b: float, c: Floats, z: Floats) -> Floats:
    """ln 2F1(a, b; c; z) of each, for 0 <= z < 1 where it is above 0: Gauss' series, until nothing changes any more.

    A sum that grows out of range is taken down on the way, and what was taken is kept beside it. Those that stand are
    not looked at again: the last of them take a hundred times the terms of most.
    """
    found, left = np.zeros_like(z), np.arange(len(z))
    term, total, taken = np.ones_like(z), np.ones_like(z), np.zeros_like(z)
    for n in range(MOST_TERMS):
        term = term * ((a + n) * (b + n) / ((c + n) * (n + 1.0))) * z
        total = total + term
        if n % AT_ONCE < AT_ONCE - 1:
            continue
        large = np.abs(term) > LARGE
        down = np.where(large, 1 / LARGE, 1.0)
        term, total, taken = term * down, total * down, taken - np.log(down)
        found[left] = np.log(total) + taken
        going = np.abs(term) > ENOUGH * np.abs(total)
        if not np.any(going):
            break
        left, c, z = left[going], c[going], z[going]
        term, total, taken = term[going], total[going], taken[going]
    return found
