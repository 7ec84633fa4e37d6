"""Rows of several tables side by side: of each row's columns only those that somebody asks for are carried along.

A column stands in a slot of its type (s0, s1, ...), which rows of another table use for a column of theirs. Carrying
rows whole through the merge, to take them apart behind it, took 9 to 14 % more of a page's time, and looking up what
is left after it by its keys 3.6 times as long (measured: 20 rows of 7 arms).
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, FromClause, cast, literal_column, null
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.types import TypeEngine

from domain.selection.carried import Carried
from domain.selection.mixtures import Arm

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not annotated


class Slots:
    """What the rows of some arms carry, beside `at`, `type` and `id`, under the name `label`."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._types: list[TypeEngine[Any]] = []
        self._taken: dict[Arm, dict[str, int]] = {}

    def row(self, arm: Arm) -> Carried:
        """A row of the arm among the others."""
        table = arm.entity.table
        return Carried(table.c.keys(), lambda name: self.named(self._place(arm, name), table.c[name].type))

    def named(self, name: str, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """A column of the rows of all arms."""
        return literal_column(f"{self._label}.{name}", type_)

    def filled(self, arm: Arm, row: FromClause) -> list[ColumnElement[Any]]:
        """All slots as the arm's row in its own table fills them, null where it has nothing to carry."""
        taken = {slot: row.c[name] for name, slot in self._taken.get(arm, {}).items()}
        return [
            taken.get(slot, cast(null(), type_)).label(f"s{slot}") for slot, type_ in enumerate(self._types)
        ]

    def _place(self, arm: Arm, name: str) -> str:
        if name == "id":
            return name
        if name == arm.at.name:
            return "at"
        taken = self._taken.setdefault(arm, {})
        if name not in taken:
            taken[name] = self._free(arm.entity.table.c[name].type, taken.values())
        return f"s{taken[name]}"

    def _free(self, type_: TypeEngine[Any], taken: Collection[int]) -> int:
        """A slot of this type that the arm does not use yet."""
        for slot, each in enumerate(self._types):
            if slot not in taken and _written(each) == _written(type_):
                return slot
        self._types.append(type_)
        return len(self._types) - 1


def _written(type_: TypeEngine[Any]) -> str:
    written: str = type_.compile(dialect=_DIALECT)
    return written
