"""Tests of a column against a literal, in filters of files and in rules for the kind of a line."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from api.importing.batches import Cells, Mask
from api.importing.mapping import Condition
from api.importing.reading import Reading
from api.importing.toml import Table
from api.importing.values import Id, Number, Time, Type, plain_text
from domain.errors import Invalid


@dataclass(frozen=True)
class Operator:
    """`test(cell, operand)` after both were read as the operand's type; `takes` names the operands it understands."""

    test: Callable[[Any, Any], bool]
    takes: tuple[type, ...]
    listed: bool = False

    def check(self, table: Table, key: str, operand: object) -> None:
        """Raises MappingError if the operand is not for this test."""
        operands = operand if self.listed and isinstance(operand, list) else [operand]
        if self.listed and not isinstance(operand, list):
            table.fail(key, "must be a list")
        if not operands:
            table.fail(key, "must not be empty")
        for value in operands:
            if not isinstance(value, self.takes) or (isinstance(value, bool) and bool not in self.takes):
                table.fail(key, f"{value!r} must be {_names(self.takes)}")
        if len({_type_of(value) for value in operands}) > 1:
            table.fail(key, "must be a list of one type")


def _names(types: tuple[type, ...]) -> str:
    names = {str: "a text", int: "a number", date: "a date or time", bool: "true or false"}
    return " or ".join(names[kind] for kind in types if kind in names)


_COMPARED = (str, int, Decimal, date)

OPERATORS = {
    "eq": Operator(operator.eq, _COMPARED),
    "ne": Operator(operator.ne, _COMPARED),
    "in": Operator(lambda cell, listed: cell in listed, _COMPARED, listed=True),
    "lt": Operator(operator.lt, _COMPARED),
    "lte": Operator(operator.le, _COMPARED),
    "gt": Operator(operator.gt, _COMPARED),
    "gte": Operator(operator.ge, _COMPARED),
    "starts_with": Operator(lambda cell, start: cell.startswith(start), (str,)),
    "is_null": Operator(lambda cell, wanted: (cell is None) == wanted, (bool,)),
}
"""The tests that a condition may make. A row without a value meets only `is_null = true`."""

_NUMBER = Number(24, 10)


def _type_of(operand: object) -> Type:
    """How cells are read to be compared with the operand."""
    if isinstance(operand, date):
        return Time()
    if isinstance(operand, int | Decimal) and not isinstance(operand, bool):
        return _NUMBER
    return Id(limit=1_000_000)


def evaluate(condition: Condition, cells: Cells, reading: Reading) -> tuple[Mask, Mask]:
    """Which rows meet the condition, and which have a value that cannot be compared with its operand."""
    test = OPERATORS[condition.operator].test
    if condition.operator == "is_null":
        absent = [_is_absent(cell, reading) for cell in cells.distinct]
        missing = np.array([*absent, True])[cells.indices]
        return (missing if condition.operand else ~missing), np.zeros(len(missing), dtype=bool)
    listed = isinstance(condition.operand, tuple)
    operands = condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)
    kind = _type_of(operands[0])
    wanted = [kind.parse(operand, reading) for operand in operands]
    met, odd = [], []
    for cell in cells.distinct:
        try:
            value = kind.parse(cell, reading)
        except (ValueError, Invalid):
            met.append(False)
            odd.append(True)
        else:
            met.append(value is not None and test(value, wanted if listed else wanted[0]))
            odd.append(False)
    # A row without a cell has the index -1: the last element.
    return np.array([*met, False])[cells.indices], np.array([*odd, False])[cells.indices]


def _is_absent(cell: object, reading: Reading) -> bool:
    found = plain_text(cell)
    return found is None or found in reading.nulls or not found.strip()
