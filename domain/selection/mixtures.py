"""Rows of several entities in one order: newest first, then by type and id.

    timeline = Mixture("TimelineEntry", [Arm("ORDER", orders_of_customer, orders.ordered_at), ...])

Each arm is a relation of the row around, which needs an index over (key, time DESC, id DESC).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text

from domain.selection.entities import DESC, Column, Entity, Relation, Term
from domain.selection.filters import Filter


@dataclass(frozen=True)
class Arm:
    """One kind of row in a mixture: how it is called, where its rows are, and which column is their time."""

    kind: str
    relation: Relation
    at: Column

    @property
    def entity(self) -> Entity:
        return self.relation.target()


def _own(name: str, sql_type: Any) -> Column:
    """A column that every row of a mixture has."""
    return Column(
        value=lambda row: row.c[name],
        sql_type=sql_type,
        shown=lambda row: row.c[name],
        nullable=False,
        name=name,
    )


_KIND, _AT = _own("kind", Text()), _own("at", DateTime(timezone=True))
_TYPE, _ID = _own("type", Text()), _own("id", BigInteger())


class Mixture:
    """Rows of several entities; `kind` and `at` may be filtered by."""

    kind = _KIND
    at = _AT
    order = (Term(_AT, DESC), Term(_TYPE, DESC), Term(_ID, DESC))

    def __init__(self, name: str, arms: Sequence[Arm]) -> None:
        self.name = name
        self.arms = tuple(arms)


@dataclass(frozen=True)
class Mixed:
    """Which rows of a mixture: those of these arms, narrowed by a filter over the mixture's own columns."""

    mixture: Mixture
    arms: tuple[Arm, ...]
    filter: Filter | None = None
