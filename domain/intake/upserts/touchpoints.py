"""Upserts of touchpoints: append only, so the same name with another content is refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.intake.upserts.batch import refer
from domain.intake.upserts.outcomes import DuplicateInBatch, Outcome, Policy, RowStatus, by_policy, placed
from domain.intake.upserts.references import BRANCH, CUSTOMER, ORDER, USER, Looked
from domain.intake.upserts.rows import Given, Reader, Row, read, reference
from domain.touchpoints.commands import Recorded, record_touchpoints
from domain.touchpoints.items import NewTouchpoint

_PLAIN = (
    "channel",
    "direction",
    "occurred_at",
    "kind",
    "visitor_id",
    "duration_seconds",
    "subject",
    "note",
    "sentiment",
    "rating",
    "outcome",
    "cost",
)


def _plain(name: str) -> Reader:
    """What is said of a contact is checked where it is recorded; null says nothing."""

    def reader(row: Row, value: Any) -> None:
        if value is not None:
            row.cells[name] = value

    return reader


def _key(row: Row, value: tuple[str, str]) -> None:
    row.key = value
    row.cells["source_system"], row.cells["source_id"] = value


def _topics(row: Row, value: Any) -> None:
    row.cells["topics"] = tuple(value or ())


_READERS: dict[str, Reader] = {
    "key": _key,
    **{name: _plain(name) for name in _PLAIN},
    "topics": _topics,
    "customer": reference("customer", CUSTOMER, into="customer"),
    "branch": reference("branch", BRANCH),
    "agent": reference("agent", USER),
    "order": reference("order", ORDER),
}


_CALLED = {
    "source_id": ("key",),
    "branch_id": ("branch",),
    "agent_id": ("agent",),
    "order_id": ("order",),
}
"""What a row calls otherwise than a touchpoint that is recorded."""


async def upsert_touchpoints(
    session: AsyncSession, given: Sequence[Given], *, actor: Actor, policy: Policy, now: datetime
) -> list[Outcome]:
    """What happened is recorded. One outcome per row, in their order. The number of statements does not grow with rows.

    Under REJECT_ALL whoever calls takes back what was written.
    """
    rows = [read(index, each, _READERS) for index, each in enumerate(given)]
    first: dict[object, int] = {}
    for row in rows:
        if row.error is None and first.setdefault(row.key, row.index) != row.index:
            row.error = DuplicateInBatch(first[row.key])
    await refer([row for row in rows if row.error is None], Looked(session, actor))
    good = [row for row in rows if row.error is None]
    items = [NewTouchpoint(**row.cells) for row in good]
    told = await record_touchpoints(session, items, actor=actor, now=now) if items else []
    found = {row.index: _outcome(each) for row, each in zip(good, told, strict=True)}
    return by_policy(
        [found.get(row.index) or Outcome(RowStatus.REJECTED, error=row.error) for row in rows], policy
    )


def _outcome(recorded: Recorded) -> Outcome:
    return Outcome(RowStatus[recorded.status.name], recorded.key, placed(recorded.error, _CALLED))
