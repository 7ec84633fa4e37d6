"""Order, conditions and pages by what stands beside targets, which are put there when the cells are known.

What names such a column waits: the cells are asked for all at once in the order of their levels, and put in order,
left out and paged here, by the rules that engines follow for other columns.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from olap.beside.columns import DIFFERENCE, DIFFERENCE_RATE, TARGET, TOTALS
from olap.beside.parameters import Having
from olap.errors import RequestError
from olap.ordering import Ordering, order_of
from olap.request import AggregateRequest, Paging
from olap.result import AggregateResult
from olap.vocabulary import TooMuch

KINDS = (TARGET, DIFFERENCE, DIFFERENCE_RATE)

MOST = 100_000
"""Cells that are put in order here."""

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


def without_waiting(request: AggregateRequest) -> AggregateRequest:
    """The request less what waits for targets. Raises RequestError where first members would wait for them."""
    waiting = _waiting(request)
    if not waiting:
        return request
    if request.asked.top is not None:
        raise RequestError(
            f"top ranks members by their own aggregates, not by {waiting[0][:80]!r}, which stands beside their targets"
        )
    having = tuple(each for each in request.asked.having if not _beside_target(each.column))
    # One more shows that there are too many.
    return replace(
        request,
        order=(),
        paging=Paging(0, MOST + 1, ceiling=MOST + 1),
        asked=replace(request.asked, having=having),
    )


def in_order(request: AggregateRequest, result: AggregateResult) -> AggregateResult:
    """The answer with targets as the request wants it: the page of the cells that hold, in their order.

    Raises RequestError for columns that the answer does not hold, TooMuch for more than MOST cells.
    """
    if not _waiting(request):
        return result
    conditions = [each for each in request.asked.having if _beside_target(each.column)]
    _check(request, result, conditions)
    names = dict.fromkeys((*(ref for ref, _ in request.order), *(each.column for each in conditions)))
    columns = {name: result.cells.column(name).to_pylist() for name in names}
    rolled = _rolled(result)
    rows = [
        row
        for row in range(result.cells.num_rows)
        if rolled[row] or all(_holds(each, columns[each.column][row]) for each in conditions)
    ]
    for key, descending in reversed(list(_keys(request.order, columns, rolled, result.attributes))):
        known = [row for row in rows if key[row] is not None]
        known.sort(key=key.__getitem__, reverse=descending)
        rows = [*known, *(row for row in rows if key[row] is None)]
    paging = request.paging
    end = None if paging.limit is None else paging.offset + paging.limit
    shown = rows[paging.offset : end] if result.total is not None else rows
    return replace(
        result,
        cells=result.cells.take(pa.array(shown, pa.int64())),
        total=None if result.total is None else len(rows),
        cut_short=result.total is not None and len(shown) < paging.rows_of(len(rows)),
    )


def _waiting(request: AggregateRequest) -> list[str]:
    """The columns beside targets that the request is ordered or narrowed by."""
    if not request.planned:
        return []
    named = [*(ref for ref, _ in request.order), *(each.column for each in request.asked.having)]
    return list(filter(_beside_target, named))


def _beside_target(column: str) -> bool:
    return column.rpartition("__")[2] in KINDS and "__" in column


def _check(request: AggregateRequest, result: AggregateResult, conditions: Sequence[Having]) -> None:
    if conditions and result.total is None:
        raise RequestError("having cannot be asked without a drilldown: the whole cell has one row")
    if (result.total or 0) > MOST:
        raise TooMuch(
            f"the answer has {result.total:,} cells, of which {MOST:,} can be put in order by their targets: "
            "cut the cell, or drill down to fewer or to coarser levels"
        )
    order_of(request.order, [(ref, False) for ref in result.attributes], result.aggregates)
    for each in conditions:
        if each.column not in result.aggregates:
            raise RequestError(
                f"unknown aggregate {each.column[:80]!r} in having; known: {', '.join(result.aggregates)}"
            )


def _rolled(result: AggregateResult) -> list[frozenset[str]]:
    """The keys that each row has added up."""
    if TOTALS not in result.cells.column_names:
        return [frozenset()] * result.cells.num_rows
    marks = result.cells.column(TOTALS).to_pylist()
    return [frozenset(mark.split(",")) if mark else frozenset() for mark in marks]


def _holds(having: Having, value: Any) -> bool:
    number: Any = float(having.number) if isinstance(value, float) else having.number
    return value is not None and OPERATORS[having.operator](value, number)


def _keys(
    order: Sequence[Ordering],
    columns: dict[str, list[Any]],
    rolled: Sequence[frozenset[str]],
    attributes: Sequence[str],
) -> Iterable[tuple[Sequence[Any], bool]]:
    """What the rows are put in order by, the first key first. Totals stand as engines put them: after all cells in an
    order by values, in one by members after what they add up; the grand total is always the last."""
    yield [len(keys) == len(attributes) and bool(keys) for keys in rolled], False
    if not order or order[0][0] not in attributes:
        yield [tuple(ref in keys for ref in attributes) for keys in rolled], False
    for ref, descending in order:
        if ref in attributes:
            yield [ref in keys for keys in rolled], False
        yield columns[ref], descending
