"""Merging two customers that are one: both histories are kept, and the id that goes leads to the one that stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import KeyedColumnElement

from domain import rows
from domain.access import Actor
from domain.customers.commands import check_sight
from domain.customers.errors import AlreadyMerged, CustomerNotFound, DifferentKinds, MergedWithItself
from domain.customers.history_model import CustomerChange, CustomerMerge
from domain.customers.lifecycle import refresh_lifecycle
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.customers.referring import move, referrers
from domain.errors import Invalid, StaleVersion
from domain.messages import say

_BOOKKEEPING = {
    *("id", "version", "changed_xid", "created_at", "updated_at", "lifecycle_since", "erased_at"),
    *("sought", "grams"),  # worked out from the name
}

_FILLED = (
    "latin_name",
    "birth_on",
    "gender",
    "occupation",
    "wealth_band",
    "country",
    "region",
    "district",
    "home_branch_id",
    "owner_id",
    "acquired_channel",
)
"""What the kept customer takes over where it has nothing itself."""


@dataclass(frozen=True)
class Chosen:
    """A customer as the caller saw it, and the place in his input."""

    key: int
    version: int
    place: str


async def merge_customers(
    session: AsyncSession, *, keep: Chosen, merge: Chosen, actor: Actor, now: datetime
) -> None:
    """Everything that belonged to `merge` belongs to `keep`, and `merge` is no more: its id leads to `keep`.

    The kept customer's fields, preferences, attributes and household stand; what it lacks it takes over, and it
    joined when the first of the two did. What the other one was is in the history. A few statements for each table
    that refers to customers, however many rows they have. Raises MergedWithItself, CustomerNotFound, AlreadyMerged,
    StaleVersion, DifferentKinds, OutOfSight.
    """
    if keep.key == merge.key:
        raise MergedWithItself(merge.place)
    await _lock(session, keep, merge, actor)
    await session.execute(
        insert(CustomerMerge).values(
            merged_id=merge.key, kept_id=keep.key, merged_at=now, origin=func.change_origin()
        )
    )
    await _fill(session, keep.key, merge.key)
    await move(session, merge=merge.key, keep=keep.key)
    await _remember(session, keep.key, merge.key)
    await session.execute(delete(Customer).where(Customer.id == merge.key))
    # The kept one is changed by it, also where the other one had nothing that moves.
    await session.execute(
        text("SELECT touch_roots('customers', ARRAY[CAST(:keep AS bigint)])"), {"keep": keep.key}
    )
    await refresh_lifecycle(session, now=now, customer_ids=[keep.key])
    await check_sight(session, keep.key, actor)


async def _lock(session: AsyncSession, keep: Chosen, merge: Chosen, actor: Actor) -> None:
    """Both are locked, in the order of their keys, against everything that would refer to them meanwhile."""
    given = (keep, merge)
    found = await session.execute(
        select(Customer.id, Customer.version, Customer.kind, Customer.erased_at)
        .where(rows.among(Customer.id, [each.key for each in given]), visible_to(actor))
        .order_by(Customer.id)
        .with_for_update()
    )
    by_key = {row.id: row for row in found}
    for each in given:
        if each.key not in by_key:
            await _missing(session, each, actor)
    for each in given:
        current = by_key[each.key].version
        if current != each.version:
            raise _Stale(each, current)
        if by_key[each.key].erased_at is not None:
            raise Invalid(say("this customer was erased; there is nothing to merge"), each.place)
    if by_key[keep.key].kind != by_key[merge.key].kind:
        raise DifferentKinds(merge.place)


class _Stale(StaleVersion):
    def __init__(self, chosen: Chosen, current: int) -> None:
        super().__init__("customer", chosen.key, expected=chosen.version, current=current)
        self.path = (f"{chosen.place.removesuffix('_id')}_expected_version",)


async def _missing(session: AsyncSession, chosen: Chosen, actor: Actor) -> None:
    kept = await session.scalar(
        select(CustomerMerge.kept_id)
        .join(Customer, Customer.id == CustomerMerge.kept_id)
        .where(CustomerMerge.merged_id == chosen.key, visible_to(actor))
    )
    if kept is None:
        raise CustomerNotFound(chosen.place)
    raise AlreadyMerged(kept, chosen.place)


async def _fill(session: AsyncSession, keep: int, merge: int) -> None:
    other = Customer.__table__.alias()
    taken: dict[str, Any] = {
        name: func.coalesce(Customer.__table__.c[name], other.c[name]) for name in _FILLED
    }
    taken["joined_on"] = func.least(Customer.joined_on, other.c.joined_on)
    await session.execute(
        update(Customer)
        .where(Customer.id == keep, other.c.id == merge, Customer.id != other.c.id)
        .values(taken)
    )


async def _remember(session: AsyncSession, keep: int, merge: int) -> None:
    """What the merged customer was, in the history of the kept one. One statement."""
    columns = [column for column in Customer.__table__.columns if column.name not in _BOOKKEEPING]
    was = ", ".join(
        f"('{_shown_name(column)}', {_shown_value(column)}, '{column.info['personal'].name}')"
        for column in columns
    )
    await session.execute(
        text(f"""
            INSERT INTO {CustomerChange.__tablename__}
                (customer_id, field, old_value, new_value, personal, origin, merged_id)
            SELECT CAST(:keep AS bigint), was.field, was.value, NULL, was.personal, change_origin(), m.id
            FROM customers m CROSS JOIN LATERAL (VALUES {was}) AS was (field, value, personal)
            WHERE m.id = :merge AND was.value IS NOT NULL
            UNION ALL
            SELECT :keep, 'mergedIds', NULL, opaque_id('Customer', :merge), 'NONE', change_origin(), NULL
        """),  # noqa: S608  # names of our own columns
        {"keep": keep, "merge": merge},
    )


_NODES = {"home_branch_id": "Branch", "owner_id": "User"}


def _shown_name(column: KeyedColumnElement[Any]) -> str:
    first, *others = str(column.name).split("_")
    return first + "".join(word.capitalize() for word in others)


def _shown_value(column: KeyedColumnElement[Any]) -> str:
    name = str(column.name)
    if name in _NODES:
        return f"opaque_id('{_NODES[name]}', m.{name})"
    return f"m.{name}::text"


@dataclass(frozen=True)
class Moving:
    """How many rows of a table a merge moves."""

    table: str
    rows: int


async def preview_merge(session: AsyncSession, *, keep: int, merge: int, actor: Actor) -> list[Moving] | None:
    """What a merge would move, by table, where there is anything; None where the actor may not see both.

    Two statements, however many rows.
    """
    if keep == merge or len(await rows.known(session, Customer.id, {keep, merge}, visible_to(actor))) < 2:
        return None
    counts = " UNION ALL ".join(each.counted(":merge") for each in referrers() if each.statements)
    found = await session.execute(text(f"SELECT * FROM ({counts}) AS c ORDER BY name"), {"merge": merge})  # noqa: S608
    return [Moving(row.name, row.rows) for row in found if row.rows]
