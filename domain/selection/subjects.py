"""Whom a statement's answer shows: each object with guarded columns says the customer it is about.

Such an object begins with a mark, `"~":42,`, which is taken out of the text again before anybody sees it, together with
the keys. No caller's name and no stored text can look like it: `~` is in no name of GraphQL, and inside JSON text a
quote is always escaped. A statement that shows nothing guarded has no marks and pays nothing; with 50 marked objects in
16 kB taking them out costs 0.02 ms (measured); a second statement for the keys would double the request.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, column, null, select, table

from domain.base import Personal
from domain.selection import json, tree
from domain.selection.entities import Row
from domain.selection.filters import Compares, Every, Filter, Missing, Not, Related, Some

GUARDED = frozenset({Personal.CONTACT, Personal.UNIQUE, Personal.SENSITIVE})
"""What is logged when it is shown."""

TELLING = frozenset({Personal.CONTACT, Personal.SENSITIVE})
"""What is logged when rows are narrowed by it, too: who is found tells it. An external id names what one knows."""

MARK = "~"
_MARKED = re.compile(r'"~":(null|[0-9]+),?')

PARENTS = {
    "order_id": "orders",
    "case_id": "cases",
    "opportunity_id": "opportunities",
    "task_id": "tasks",
    "grant_id": "offer_grants",
}
"""Where a part without the column `customer_id` finds the customer: its aggregate's table."""


@dataclass
class Seen:
    """What the answers to one request have shown so far: tags of columns, and keys of customers."""

    groups: set[Personal] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)

    def unmarked(self, text: str, groups: frozenset[Personal]) -> str:
        """The text of a statement that shows these groups, without its marks, which are remembered."""
        if not groups:
            return text
        parts = _MARKED.split(text)
        self.groups |= groups
        self.subjects.update(int(each) for each in parts[1::2] if each != "null")
        return "".join(parts[::2])


def shown(fields: Sequence[tree.Field]) -> frozenset[Personal]:
    """The guarded groups among the columns that these fields show of their own row."""
    return GUARDED & {each.column.personal for each in fields if isinstance(each, tree.Shown)}


def narrowed(by: Filter | None) -> frozenset[Personal]:
    """The groups that the filter's columns tell about, relations included."""
    match by:
        case Compares(column) | Missing(column):
            return TELLING & {column.personal}
        case Related(_, inner) | Not(inner):
            return narrowed(inner)
        case Every(parts) | Some(parts):
            return frozenset().union(*map(narrowed, parts))
    return frozenset()


def mark(row: Row) -> json.Entry:
    """The key of the customer whom the row is about, null for nobody, as the object's first entry."""
    return MARK, _subject(row)


def _subject(row: Row) -> ColumnElement[Any]:
    if "customer_id" in row.c:
        return row.c.customer_id
    if getattr(getattr(row, "element", None), "name", "") == "customers":
        return row.c.id
    for name, parent in PARENTS.items():
        if name in row.c:
            of = table(parent, column("id", BigInteger), column("customer_id", BigInteger)).alias()
            return select(of.c.customer_id).where(of.c.id == row.c[name]).correlate(row).scalar_subquery()
    return null()
