"""Special functions over many values, as far as the models need them."""

from math import lgamma

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ENOUGH = 1e-13
MOST_TERMS = 20_000
LARGE = 1e100


def log_gamma(scale: float, shift: float, counts: Counts) -> Floats:
    """ln G(scale x + shift) of each x: computed once for each that occurs."""
    found, places = np.unique(counts, return_inverse=True)
    return np.array([lgamma(scale * int(x) + shift) for x in found])[places]


def log_hypergeometric(a: float | Floats, b: float | Floats, c: Floats, z: Floats) -> Floats:
    """ln 2F1(a, b; c; z) of each, for 0 <= z < 1 where it is above 0: Gauss' series, until nothing changes any more.

    A sum that grows out of range is taken down on the way, and what was taken is kept beside it.
    """
    term, total, taken = np.ones_like(z), np.ones_like(z), np.zeros_like(z)
    for n in range(MOST_TERMS):
        term = term * ((a + n) * (b + n) / ((c + n) * (n + 1.0))) * z
        total = total + term
        if np.all(np.abs(term) <= ENOUGH * np.abs(total)):
            break
        large = np.abs(term) > LARGE
        if np.any(large):
            down = np.where(large, 1 / LARGE, 1.0)
            term, total, taken = term * down, total * down, taken - np.log(down)
    return np.asarray(np.log(total) + taken)
