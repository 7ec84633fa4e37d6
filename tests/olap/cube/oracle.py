"""The cube's answer to a question, counted anew in pandas and plain Python from one flat frame of facts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from olap.plan import RowFilter
from tests.olap.cube.asking import SALES
from tests.olap.cube.questions import Cut, Path, Question, columns_of

Truth = bool | None
MONEY = {"net_revenue", "gross", "discount", "cost", "margin", "aov", "margin_rate"}


class Mixed(Exception):
    """The cell holds several currencies."""


def answer(
    frame: pd.DataFrame, records: Sequence[dict[str, Any]], question: Question
) -> tuple[dict[str, Any], list[dict[str, Any]], int | None]:
    """Summary, the cells of the page, and how many cells there are. Raises Mixed.

    `records` are the rows of the frame, made once.
    """
    cell = frame[_in_cell(records, question)]
    summary = _aggregates([records[index] for index in cell.index], question.aggregates)
    if MONEY & set(question.aggregates) and cell["currency.code"].nunique(dropna=False) > 1:
        if not any(dimension == "currency" for dimension, _, _ in question.drilldown):
            raise Mixed
        summary = {name: None if name in MONEY else value for name, value in summary.items()}
    keys = _keys(cell, [records[index] for index in cell.index], question)
    if keys.empty and not len(keys.columns):
        return summary, [], None
    cells = [
        {
            **dict(zip(keys.columns, key, strict=True)),
            **_aggregates([records[row] for row in rows], question.aggregates),
        }
        for key, rows in _grouped(keys).items()
    ]
    return summary, _page(cells, question, list(keys.columns)), len(cells)


def _grouped(keys: pd.DataFrame) -> dict[Path, list[Any]]:
    groups: dict[Path, list[Any]] = {}
    for index, *key in keys.itertuples():
        groups.setdefault(tuple(key), []).append(index)
    return groups


def _keys(cell: pd.DataFrame, records: Sequence[dict[str, Any]], question: Question) -> pd.DataFrame:
    """The columns to group by, under their references, in the order of the answer."""
    columns: dict[str, Any] = {}
    for dimension, hierarchy, deepest in question.drilldown:
        for level in SALES.cube().dimension(dimension).hierarchy(hierarchy).levels:
            for attribute in level.attributes:
                column = SALES.columns[attribute.ref]
                columns[attribute.ref] = cell[f"{column.table}.{column.name}"]
            if level.name == deepest:
                break
    keys = pd.DataFrame(columns, index=cell.index, dtype=object)
    if question.split:
        within = _within(records, question.split, nulls=question.nulls)
        keys["__within_split__"] = pd.Series(within, index=cell.index, dtype=object)
    return keys


def _in_cell(records: Sequence[dict[str, Any]], question: Question) -> list[bool]:
    cut = _within(records, question.cuts, nulls=question.nulls)
    return [held and _seen(row, question.row_filter) for row, held in zip(records, cut, strict=True)]


def _seen(row: dict[str, Any], wanted: RowFilter) -> bool:
    if wanted.owner_id is not None and row["customer.owner_id"] != wanted.owner_id:
        return False
    if wanted.branch_keys is not None:
        homes = {row["sales.branch_key"], row["customer.home_branch_id"]}
        if not homes & wanted.branch_keys:
            return False
    return True


def _within(records: Sequence[dict[str, Any]], cuts: Sequence[Cut], *, nulls: bool) -> list[bool]:
    """Whether each row lies in all of the cuts; each path is asked once, however many rows have it."""
    within = [True] * len(records)
    for cut in cuts:
        columns = columns_of(cut.dimension, cut.hierarchy)
        paths = [tuple(row[column] for column in columns) for row in records]
        held = {path: _cut(path, cut, nulls=nulls) is True for path in set(paths)}
        within = [before and held[path] for before, path in zip(within, paths, strict=True)]
    return within


def _cut(values: Path, cut: Cut, *, nulls: bool) -> Truth:
    if cut.kind == "range":
        start, end = cut.paths
        held = _all([_compared(values, start, 1), _compared(values, end, -1)])
    else:
        held = _any(
            [
                _all([_is(value, member) for value, member in zip(values, path, strict=False)])
                for path in cut.paths
            ]
        )
    if not cut.invert:
        return held
    return nulls if held is None else not held


def _is(value: Any, member: Any) -> Truth:
    if member is None:
        return value is None
    return None if value is None else bool(value == member)


def _compared(values: Sequence[Any], bound: Path, side: int) -> Truth:
    """Whether the values lie on the side of the bound, in the order of the levels; level with it is on it."""
    for value, limit in zip(values, bound, strict=False):
        if value is None:
            return None
        if value != limit:
            return bool((value > limit) == (side > 0))
    return True


def _all(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _any(truths: list[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False


def _aggregates(facts: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Plain Python: a question has hundreds of cells, and pandas takes a millisecond for each."""
    sold = [row for row in facts if row["line_kind.kind"] == "sale"]
    known = [row for row in sold if row["known.known"] == "yes"]
    costed = [row for row in facts if row["sales.margin"] is not None]
    values: dict[str, Any] = {
        "net_revenue": _sum(facts, "sales.net_revenue") or Decimal(0),
        "gross": _sum(facts, "sales.gross") or Decimal(0),
        "discount": _sum(facts, "sales.discount") or Decimal(0),
        "cost": _sum(facts, "sales.cost"),
        "margin": _sum(facts, "sales.margin"),
        "units": _sum(facts, "sales.quantity") or Decimal(0),
        "lines": len(facts),
        "orders": _distinct(sold, "sales.order_id"),
        "customers": _distinct(facts, "sales.customer_id", ignore=0),
    }
    values["aov"] = _ratio(values["net_revenue"], values["orders"])
    values["margin_rate"] = _ratio(values["margin"], _sum(costed, "sales.net_revenue"))
    buyers = _distinct(sold, "sales.customer_id", ignore=0)
    values["frequency"] = _ratio(_distinct(known, "sales.order_id"), buyers)
    return {name: values[name] for name in names}


def _sum(facts: Sequence[dict[str, Any]], column: str) -> Decimal | None:
    known = [row[column] for row in facts if row[column] is not None]
    return sum(known, Decimal(0)) if known else None


def _distinct(facts: Sequence[dict[str, Any]], column: str, *, ignore: int | None = None) -> int:
    return len({row[column] for row in facts} - {ignore})


def _ratio(numerator: Any, denominator: Any) -> float | None:
    return None if numerator is None or not denominator else float(numerator) / float(denominator)


def _page(cells: list[dict[str, Any]], question: Question, keys: list[str]) -> list[dict[str, Any]]:
    """Ordered as asked, unknown last either way, then by the levels; then the page."""
    natural = [(key, "asc") for key in keys if key != "__within_split__"]
    split = [("__within_split__", "asc")] if question.split else []
    for ref, direction in reversed([*split, *question.order, *natural]):
        cells = _ordered(cells, ref, descending=direction == "desc")
    size, number = question.paging.size or 1, question.paging.number or 0
    return cells[number * size : (number + 1) * size]


def _ordered(cells: list[dict[str, Any]], ref: str, *, descending: bool) -> list[dict[str, Any]]:
    known = [cell for cell in cells if cell[ref] is not None]
    unknown = [cell for cell in cells if cell[ref] is None]
    return [*sorted(known, key=lambda cell: cell[ref], reverse=descending), *unknown]
