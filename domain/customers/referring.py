"""What refers to customers, found by walking the foreign keys of all tables: a new table cannot be forgotten.

Rows of a merged customer move to the one that is kept. A table whose rows cannot clash says nothing: its column is
set to the kept customer. Where a unique key holds the customer, two rows may clash, and the table says what becomes
of them: `__table_args__ = (..., {"info": {"on_merge": (statements)}})`, SQL with the parameters `:keep` and `:merge`,
run in order. What they leave to `:merge` goes with it, if its foreign key says ON DELETE CASCADE; with no statements,
all of it does. A table that says nothing where it must stops the merge, and a test before that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, MetaData, Table, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import Base

CUSTOMERS = "customers.id"


class UnknownReference(Exception):
    """A table refers to customers by a unique key and does not say what becomes of its rows in a merge."""


@dataclass(frozen=True)
class Referrer:
    """A column that holds keys of customers, and the statements that move its rows."""

    table: str
    column: str
    statements: Sequence[str]

    def counted(self, parameter: str) -> str:
        """The SELECT that counts the rows of the customer that the parameter names."""
        return f"SELECT '{self.table}' AS name, count(*) AS rows FROM {self.table} WHERE {self.column} = {parameter}"  # noqa: S608  # names of our own tables


def referrers(metadata: MetaData = Base.metadata) -> list[Referrer]:
    """Every column that refers to a customer, parents first. Raises UnknownReference."""
    return [
        Referrer(table.name, column.name, _statements(table, column))
        for table in metadata.sorted_tables
        for column in _references(table)
    ]


def _references(table: Table) -> Iterator[Column[object]]:
    for column in table.columns:
        if any(key.target_fullname == CUSTOMERS for key in column.foreign_keys):
            yield column


def _statements(table: Table, column: Column[object]) -> Sequence[str]:
    said: Sequence[str] | None = table.info.get("on_merge")
    if said is not None:
        return said
    if _is_unique(table, column):
        raise UnknownReference(f"{table.name}.{column.name} needs `on_merge`: two customers' rows may clash")
    return (f"UPDATE {table.name} SET {column.name} = :keep WHERE {column.name} = :merge",)  # noqa: S608  # as above


def _is_unique(table: Table, column: Column[object]) -> bool:
    constraints = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    indexes = [each.columns for each in table.indexes if each.unique]
    return column.primary_key or any(column.name in columns for columns in [*constraints, *indexes])


async def move(session: AsyncSession, *, merge: int, keep: int) -> None:
    """Whatever belonged to the one customer belongs to the other. As many statements as the tables say."""
    for referrer in referrers():
        for statement in referrer.statements:
            # Bound where it is named only: a driver refuses a parameter that the statement does not have.
            given = {name: key for name, key in (("keep", keep), ("merge", merge)) if f":{name}" in statement}
            await session.execute(text(statement), given)
