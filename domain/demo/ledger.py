"""The orders as the ERP has them: sales and returns in the order of time, with their numbers and all their lines."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.baskets import Lines, together
from domain.demo.branches import BRANCHES
from domain.demo.draws import Ints, runs
from domain.demo.period import Period
from domain.demo.purchases import Receipts


@dataclass(frozen=True)
class Ledger:
    """`receipts` by time, their `numbers` as text; `lines` by receipt. `origin` counts receipts of the ledger.

    `place` says for each receipt that sold, in the order it was drawn, where it is in the ledger.
    """

    receipts: Receipts
    numbers: pa.Array
    lines: Lines
    place: Ints


def book(period: Period, sold: Receipts, lines: Lines, returned: Receipts, back: Lines) -> Ledger:
    """Everything booked; `back` counts the returned receipts, `lines` the sold ones."""
    numbers = _numbers(period, sold)
    return_numbers = columns.joined(numbers.take(pa.array(returned.origin)), "-R")
    at = np.r_[sold.at, returned.at]
    order = np.argsort(at, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    every = together(lines, replace(back, order=back.order + len(sold)))
    moved = replace(every, order=place[every.order])
    both = Receipts(*(np.r_[a, b] for a, b in zip(_columns(sold), _columns(returned), strict=True))).take(
        order
    )
    return Ledger(
        receipts=replace(both, origin=np.where(both.origin >= 0, place[both.origin], -1)),
        numbers=pa.concat_arrays([numbers, return_numbers]).take(pa.array(order)),
        lines=moved.take(np.argsort(moved.order, kind="stable")),
        place=place[: len(sold)],
    )


def _columns(receipts: Receipts) -> tuple[Ints, ...]:
    return receipts.customer, receipts.way, receipts.branch, receipts.day, receipts.at, receipts.origin


def _numbers(period: Period, receipts: Receipts) -> pa.Array:
    """A number for each receipt: day, branch, and which of that branch's day it was: 20240210-S01-0042."""
    by_till = np.lexsort((receipts.at, receipts.branch, receipts.day))
    which = np.empty(len(receipts), dtype=np.int64)
    which[by_till] = runs((receipts.day * len(BRANCHES) + receipts.branch)[by_till]) + 1
    day = columns.dates(period, receipts.day).cast(pa.timestamp("s"))
    branch = columns.labels([branch.code for branch in BRANCHES], receipts.branch)
    return columns.joined(
        pa.compute.strftime(day, format="%Y%m%d"), "-", branch, "-", columns.padded(which, 4)
    )
