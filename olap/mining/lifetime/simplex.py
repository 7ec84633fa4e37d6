"""The least value of a function of few numbers, by the simplex of Nelder & Mead (1965), Computer Journal 7(4)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], float]

STEPS = 2_000
BOUND = 7.0
"""How far from 0 a number is looked for: of logarithms, between a thousandth and a thousand."""


def least(function: Function, start: Floats, *, within: float = 1e-7) -> Floats:
    """Where it is least, near `start`: the corners' values then differ by `within` of them at most.

    Begun anew where it came to rest, so that a simplex that has collapsed on the way is no end.
    """

    def bounded(at: Floats) -> float:
        return function(at) if np.max(np.abs(at)) <= BOUND else float("inf")

    found = _descend(bounded, start, within)
    while True:
        again = _descend(bounded, found, within)
        if bounded(again) >= bounded(found) - within * abs(bounded(found)):
            return again if bounded(again) < bounded(found) else found
        found = again


def _descend(function: Function, start: Floats, within: float) -> Floats:
    corners = np.vstack([start, start + 0.25 * np.eye(len(start))])
    values = np.array([function(corner) for corner in corners])
    for _ in range(STEPS):
        order = np.argsort(values)
        corners, values = corners[order], values[order]
        near = np.max(np.abs(corners[1:] - corners[0])) < within
        if near and values[-1] - values[0] <= within * abs(values[0]):
            break
        corners, values = _moved(function, corners, values)
    place: Floats = corners[np.argmin(values)]
    return place


def _moved(function: Function, corners: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The worst corner is put beyond the others, or all are drawn to the best one."""
    middle = corners[:-1].mean(axis=0)
    away = middle - corners[-1]
    tried = [middle + away]
    first = function(tried[0])
    if first < values[0]:
        tried.append(middle + 2 * away)
    elif first >= values[-2]:
        tried.append(middle + (0.5 if first < values[-1] else -0.5) * away)
    found = [first, *(function(each) for each in tried[1:])]
    best = int(np.argmin(found))
    if found[best] < values[-1]:
        return np.vstack([corners[:-1], tried[best]]), np.append(values[:-1], found[best])
    drawn = corners[0] + 0.5 * (corners - corners[0])
    return drawn, np.array([values[0], *(function(corner) for corner in drawn[1:])])
