"""Random draws of whole arrays. Each part draws from a stream of its own, so that a new part moves no other."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, part: str) -> np.random.Generator:
    """The stream of one part; the same seed and part give the same draws."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def choose(rng: np.random.Generator, weights: npt.ArrayLike, count: int) -> Ints:
    """`count` indexes into `weights`, each with a probability in proportion to its weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Ints = np.searchsorted(ends, rng.random(count) * ends[-1], side="right")
    return found


def choose_in_rows(rng: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """For each row number in `rows`, a column drawn by that row's weights. One binary search for all."""
    ends = np.cumsum(weights, axis=1)
    ends /= ends[:, -1:]
    laid_end_to_end = (ends + np.arange(len(ends))[:, None]).ravel()
    found = np.searchsorted(laid_end_to_end, rng.random(len(rows)) + rows, side="right")
    column: Ints = np.minimum(found - rows * weights.shape[1], weights.shape[1] - 1)
    return column


def happens(rng: np.random.Generator, probability: npt.ArrayLike, count: int) -> Flags:
    """For each of `count`, whether it happens."""
    return rng.random(count) < np.asarray(probability)


def runs(groups: npt.NDArray[Any]) -> Ints:
    """The place of each element within its run of equal neighbours, from 0."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
