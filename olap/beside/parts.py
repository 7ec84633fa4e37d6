"""What is aggregated of a group of facts, in SQL: of the same type in whatever group."""

from typing import Any

import sqlalchemy as sa

from olap.dialect import ratio
from olap.expressions import Expression, aggregate_of, total_of
from olap.physical import Column, Formula, Part, Ratio, Snapshot, Sum
from olap.plan import Bound
from olap.snapshots import Snapshots


def type_of(part: Part) -> sa.types.TypeEngine[Any]:
    """The type that the part has in every branch."""
    match part:
        case Sum(column=column) | Snapshot(column=Column() as column):
            return total_of(column.sql, column).type
        case _:
            return sa.BigInteger()


def part_of(part: Part, snapshots: Snapshots) -> Expression:
    """The part over a group of facts, of the same type in every branch: engines count in types of their own."""
    value = snapshots.value(part) if isinstance(part, Snapshot) else aggregate_of(part)
    exact = isinstance(part, Sum) or (isinstance(part, Snapshot) and part.column is not None)
    return value if exact else sa.cast(value, sa.BigInteger())


def value_of(formula: Formula, snapshots: Snapshots) -> Expression:
    """The formula over a group of facts."""
    if isinstance(formula, Ratio):
        return ratio(value_of(formula.numerator, snapshots), value_of(formula.denominator, snapshots))
    return snapshots.value(formula) if isinstance(formula, Snapshot) else aggregate_of(formula)


def compared(column: Expression, bound: Bound) -> sa.ColumnElement[bool]:
    """Whether the column compares so with the number at the bound's slot; never true for null."""
    kind: sa.types.TypeEngine[Any] = sa.Double() if bound.double else sa.Numeric(38, 9)
    return column.bool_op(bound.operator)(sa.bindparam(f"v{bound.slot}", type_=kind))
