"""A run of retention: what is due is listed, then taken away place by place; and the company's periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import MetaData, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.db import Engine, run
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.personal.errors import NoRetentionRule
from domain.personal.model import (
    Purpose,
    RetentionRule,
    RetentionRun,
    RetentionRunItem,
    RetentionState,
    Tag,
)
from domain.personal.queries import visible_to_all
from domain.personal.retention import BATCH, Place, count_due, places, take_batch

LONGEST_DAYS = 36_500
ORIGIN = "job:retention"


@dataclass(frozen=True)
class Due:
    """A place, the end of its period, and how many of its rows are past it."""

    place: Place
    before: datetime
    rows: int


async def set_retention(session: AsyncSession, tag: Tag, purpose: Purpose, *, days: int | None) -> None:
    """Columns of the tag are kept so many days for the purpose, None for as long as the customer.

    Raises Invalid and NoRetentionRule.
    """
    found = await session.scalar(
        update(RetentionRule)
        .where(RetentionRule.tag == tag, RetentionRule.purpose == purpose)
        .values(days=_checked(days))
        .returning(RetentionRule.id)
    )
    if found is None:
        raise NoRetentionRule(
            say("nothing of tag {tag} is held for {purpose}", tag=tag, purpose=purpose), "purpose"
        )


async def update_retention_rule(
    session: AsyncSession, rule_id: int, *, days: int | None, expected_version: int, actor: Actor
) -> None:
    """The rule's period is `days`. Raises Invalid, NoRetentionRule, StaleVersion."""
    rule = RetentionRule
    current = await session.scalar(
        select(rule.version).where(rule.id == rule_id, visible_to_all(actor)).with_for_update(key_share=True)
    )
    if current is None:
        raise NoRetentionRule(say("there is no such rule of retention, or you may not see it"), "id")
    if current != expected_version:
        raise StaleVersion("retention rule", rule_id, expected=expected_version, current=current)
    await session.execute(update(rule).where(rule.id == rule_id).values(days=_checked(days)))


def _checked(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise Invalid(
            say("days is {given}; 1 to {most} are allowed, or null", given=days, most=LONGEST_DAYS), "days"
        )
    return days


async def due(session: AsyncSession, *, now: datetime, tables: MetaData) -> Sequence[Due]:
    """What is past its period, places with nothing due included. One statement a place. Changes nothing."""
    rules = (
        await session.execute(select(RetentionRule.tag, RetentionRule.purpose, RetentionRule.days))
    ).all()
    days = {(row.tag, row.purpose): row.days for row in rules}
    found = []
    for place in places(tables):
        kept = days.get((place.tag, place.purpose))
        if kept is not None:
            before = now - timedelta(days=kept)
            found.append(Due(place, before, await count_due(session, place, before=before)))
    return found


async def overview(session: AsyncSession, *, now: datetime, tables: MetaData) -> list[tuple[str, ...]]:
    """Tag, purpose, days, place and rows that are past, as text: a line for each place, a dash for no period."""
    rules = (
        await session.execute(select(RetentionRule.tag, RetentionRule.purpose, RetentionRule.days))
    ).all()
    days = {(row.tag, row.purpose): row.days for row in rules}
    past = {each.place.name: each.rows for each in await due(session, now=now, tables=tables)}
    return [
        (
            place.tag,
            place.purpose,
            "-" if (kept := days.get((place.tag, place.purpose))) is None else str(kept),
            place.name,
            f"{past.get(place.name, 0):,}",
        )
        for place in places(tables)
    ]


@dataclass(frozen=True)
class Period:
    """How long columns of a tag are kept for a purpose."""

    tag: Tag
    purpose: Purpose
    days: int | None


def period_named(tag: str, purpose: str, days: str | None) -> Period:
    """The period of these words, in any case. Raises Invalid."""
    if tag.upper() not in Tag.__members__:
        raise Invalid(
            say("unknown tag {given!r}; known: {known}", given=tag, known=", ".join(Tag).lower()), "tag"
        )
    if purpose.upper() not in Purpose.__members__:
        known = ", ".join(Purpose).lower()
        raise Invalid(say("unknown purpose {given!r}; known: {known}", given=purpose, known=known), "purpose")
    if days is not None and not days.isdecimal():
        raise Invalid(say("{given!r} is not a number of days", given=days), "days")
    return Period(Tag(tag.upper()), Purpose(purpose.upper()), None if days is None else int(days))


async def taken(engine: Engine, run_id: int) -> list[str]:
    """What the run took away, a line for each place."""
    item = RetentionRunItem
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(item.place, item.tag, item.purpose, item.done)
            .where(item.run_id == run_id)
            .order_by(item.id)
        )
        return [f"{row.place} ({row.tag}, {row.purpose}): taken away {row.done:,}" for row in rows]


async def retain(engine: Engine, *, now: datetime, tables: MetaData) -> int:
    """A run has listed what is due and taken it away; its key. One transaction for the list, one for each batch.

    A run that was cut off is followed by another, which finds what it left.
    """

    async def listing(session: AsyncSession) -> tuple[int, Sequence[Due]]:
        found = await due(session, now=now, tables=tables)
        key = await session.scalar(insert(RetentionRun).values(listed_at=now).returning(RetentionRun.id))
        assert key is not None, "an insert that does not fail returns its row"
        items = [_item(key, each) for each in found if each.rows]
        if items:
            await session.execute(insert(RetentionRunItem), items)
        return key, found

    key, found = await run(engine, listing, origin=ORIGIN)
    for each in found:
        if each.rows:
            await _take(engine, key, each)
    await run(engine, lambda session: _finish(session, key, now), origin=ORIGIN)
    return key


def _item(run_id: int, each: Due) -> dict[str, object]:
    place = each.place
    return {
        "run_id": run_id,
        "tag": place.tag,
        "purpose": place.purpose,
        "place": place.name,
        "due": each.rows,
    }


async def _take(engine: Engine, run_id: int, each: Due) -> None:
    done = BATCH
    while done == BATCH:

        async def batch(session: AsyncSession) -> int:
            taken = await take_batch(session, each.place, before=each.before)
            item = RetentionRunItem
            await session.execute(
                update(item)
                .where(item.run_id == run_id, item.tag == each.place.tag, item.purpose == each.place.purpose)
                .where(item.place == each.place.name)
                .values(done=item.done + taken)
            )
            return taken

        done = await run(engine, batch, origin=ORIGIN)


async def _finish(session: AsyncSession, key: int, now: datetime) -> None:
    await session.execute(
        update(RetentionRun).where(RetentionRun.id == key).values(state=RetentionState.DONE, finished_at=now)
    )
