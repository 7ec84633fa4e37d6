"""One call: its rows are read, checked, staged and merged, and each is told what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.errors import DomainError, Invalid, NotFound
from domain.intake.erased import forget_erased
from domain.intake.upserts import merging
from domain.intake.upserts.before import Before, before
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.outcomes import (
    DuplicateInBatch,
    NotWritten,
    Outcome,
    Policy,
    RowStatus,
)
from domain.intake.upserts.references import Looked, Ref, find, unknown, wanted
from domain.intake.upserts.rows import Given, Row
from domain.intake.upserts.together import read_all
from domain.messages import say

MOST_ROWS = 10_000


async def upsert(
    session: AsyncSession,
    kind: Kind,
    given: Sequence[Given],
    *,
    actor: Actor,
    policy: Policy,
    now: datetime,
    said: Sequence[bytes] | None = None,
) -> list[Outcome]:
    """What the rows say stands in the store. One outcome per row, in their order; refused rows stop no other, unless
    the policy says so: then nothing was written. The number of statements does not depend on the number of rows.

    `said` are texts that are equal only where rows are: with them, rows that say what they said before cost little
    (before.py). Whoever gives them writes nothing else in this transaction.
    """
    looked = Looked(session, actor)
    known = await before(session, kind, given, said, looked=looked, actor=actor)
    rows = _rows(kind, given, known)
    await _check(session, kind, rows, known, looked, actor, now)
    if _stops(rows, policy):
        return [_refused(row) for row in rows]
    if not _new(rows):
        return [_outcome(row, {}) for row in rows]
    connection = await session.connection()
    await merging.stage(connection, kind, _new(rows))
    merged = await merging.plan(connection, kind, _new(rows), actor=actor)
    for row in _new(rows):
        row.error = merged.refused.get(row.index)
    if _stops(rows, policy):
        return [_refused(row) for row in rows]
    await merging.write(connection, kind, merged, _new(rows))
    return [_outcome(row, merged.states) for row in rows]


def _rows(kind: Kind, given: Sequence[Given], known: Before) -> list[Row]:
    said = {place: row for place, row in enumerate(given) if place not in known.same}
    found = read_all(said, kind.readers)
    for place, digest in known.digests.items():
        if place in found:
            found[place].digest = digest
    for place, root in known.same.items():
        found[place] = Row(place, given[place]["key"], id=root, same=True)
    return [found[place] for place in range(len(given))]


def _good(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.error is None]


def _new(rows: Iterable[Row]) -> list[Row]:
    """The good rows that say something new, as far as is known."""
    return [row for row in rows if row.error is None and not row.same]


def _outcome(row: Row, states: Mapping[int, tuple[RowStatus, int | None]]) -> Outcome:
    if row.error is not None:
        return _refused(row)
    return Outcome(RowStatus.UNCHANGED, row.id) if row.same else Outcome(*states[row.index])


def _stops(rows: Sequence[Row], policy: Policy) -> bool:
    good = len(_good(rows))
    return good == 0 or (policy is Policy.REJECT_ALL and good < len(rows))


def _refused(row: Row) -> Outcome:
    return Outcome(RowStatus.REJECTED, error=row.error or NotWritten())


async def _check(
    session: AsyncSession,
    kind: Kind,
    rows: Sequence[Row],
    known: Before,
    looked: Looked,
    actor: Actor,
    now: datetime,
) -> None:
    """Each row knows what it is about and what it refers to, or why it is refused."""
    _refuse_doubles((row.key, row) for row in _good(rows))
    await _find(session, kind, _new(rows), known, actor)
    _refuse_doubles((row.id, row) for row in _good(rows) if row.id is not None)
    for row in _new(rows):
        if row.id is None:
            kind.begins(row, actor)
    if kind.amounts:
        await forget_erased(session, _new(rows))
    await refer(_new(rows), looked)
    for row in _new(rows):
        row.error = _wrong(kind, row, now)
    if kind.check is not None:
        await kind.check(session, _new(rows))


def _refuse_doubles(keys: Iterable[tuple[object, Row]]) -> None:
    first: dict[object, int] = {}
    for key, row in keys:
        if first.setdefault(key, row.index) != row.index:
            row.error = DuplicateInBatch(first[key])


async def _find(session: AsyncSession, kind: Kind, rows: Sequence[Row], known: Before, actor: Actor) -> None:
    """The rows about what is here know its id. One that may not be seen looks like one that is not there."""
    keys = {row.key for row in rows if row.key is not None} - known.asked
    here: dict[Ref, Any] = dict(known.here) | await find(session, kind.target, keys, actor=merging.ANYBODY)
    seen = (
        here if actor.scope is merging.ANYBODY.scope else await find(session, kind.target, keys, actor=actor)
    )
    for row in rows:
        row.id = here.get(row.key) if row.key is not None else None
        if row.key not in seen and (row.id is not None or isinstance(row.key, int)):
            row.error = NotFound(
                say("there is no such {what}, or you may not see it", what=kind.target.what), "key"
            )


async def refer(rows: Sequence[Row], looked: Looked) -> None:
    """The rows have the keys of what they refer to, or the error of a reference that leads nowhere."""
    await looked.up(wanted((each.target, each.key) for row in rows for each in row.references))
    begun: dict[Any, int] = {}
    for row in rows:
        for each in row.references:
            led = looked.led[each.target].get(each.key)
            if led is None and each.within:
                begun = begun or {other.key: other.index for other in rows if other.id is None}
                if each.key in begun:
                    each.cells[each.within] = begun[each.key]
                    continue
            if led is None:
                row.error = unknown(each)
                break
            each.cells[each.column] = led


def _wrong(kind: Kind, row: Row, now: datetime) -> DomainError | None:
    if row.error is not None:
        return row.error
    if row.id is None:
        for name in kind.needed:
            if name not in row.cells:
                place = name.removesuffix("_id")
                return Invalid(
                    say("{name} is missing: a new {what} needs it", name=place, what=kind.target.what), place
                )
    try:
        kind.settle(row, now)
    except Invalid as error:
        return error
    return None
