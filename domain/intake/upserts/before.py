"""Rows that say what they said before, of what nobody has changed since: they are UNCHANGED without another look.

What was decided: beside a source's version (source_versions) lies a digest of the row that was last taken, of the text
that it came as and of the keys that its references led to, with the id and the version of what it was about as it then
stood. Every change of an aggregate raises its version, whoever makes it, and a row that is taken twice changes nothing
the second time: so where digest, id and version are the same, reading, staging and comparing would find nothing.
References are looked up all the same, since a name may have come to mean another. Rows that are named by our id, that
bring further names, or whose writer does not see everything take the whole way. A version rises once in a transaction,
so rows are known again only where their call is all that its transaction writes: whoever gives the texts of the rows
says so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.errors import Invalid
from domain.intake.statements import text
from domain.intake.upserts import names
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.references import Looked, Ref, Target, wanted
from domain.intake.upserts.rows import Given, Name
from domain.roles import Scope

RULES = 1
"""Raised when rows of the same text come to mean something else: none is known from before then."""


@dataclass
class Before:
    """`digests` are those of the rows, by their place; `here` is what their names lead to; `same` are the ids of what
    is as the rows say, by their place."""

    digests: Mapping[int, bytes] = field(default_factory=dict)
    here: Mapping[Name, int] = field(default_factory=dict)
    asked: frozenset[Name] = frozenset()
    same: Mapping[int, int] = field(default_factory=dict)


async def before(
    session: AsyncSession,
    kind: Kind,
    given: Sequence[Given],
    said: Sequence[bytes] | None,
    *,
    looked: Looked,
    actor: Actor,
) -> Before:
    """What is known of the rows, whose texts are `said`. One statement, and those of their references."""
    if said is None or kind.refers is None or actor.scope is not Scope.ALL:
        return Before()
    named: dict[int, list[tuple[Target, Ref]]] = {}
    for place, row in enumerate(given):
        if type(row["key"]) is tuple and names.FIELD not in row:
            with suppress(Invalid):
                named[place] = list(_references(kind.refers, row))
    await looked.up(wanted(each for references in named.values() for each in references))
    digests = {}
    for place, references in named.items():
        led = [looked.led[target].get(key) for target, key in references]
        if None not in led:
            digests[place] = _digest(said[place], led)
    return await _known(session, kind, given, digests)


def _references(refers: Mapping[str, Any], row: Given) -> Iterator[tuple[Target, Ref]]:
    """What the row refers to, in the order of `refers`. Raises Invalid for a key that is none."""
    for name, target in refers.items():
        value = row.get(name)
        if isinstance(value, Invalid):
            raise value
        if value is None:
            continue
        if isinstance(target, Target):
            yield target, value
        else:
            for item in value:
                yield from _references(target, item)


def _digest(said: bytes, led: Sequence[Any]) -> bytes:
    return hashlib.blake2b(f"{RULES} {led} ".encode() + said, digest_size=16).digest()


async def _known(
    session: AsyncSession, kind: Kind, given: Sequence[Given], digests: Mapping[int, bytes]
) -> Before:
    if not digests:
        return Before()
    places = list(digests)
    keys: list[Name] = [given[place]["key"] for place in places]
    told = {
        "aggregate": kind.aggregate,
        "systems": [system for system, _ in keys],
        "names": [name for _, name in keys],
        "digests": list(digests.values()),
    }
    found = (await session.execute(text(_asked(kind.target)), told)).all()
    here = {keys[at - 1]: root for at, root, _ in found}
    same = {places[at - 1]: root for at, root, is_same in found if is_same}
    return Before(digests, here, frozenset(keys), same)


def _asked(target: Target) -> str:
    (table, key), root = target.names, target.table.name
    joined = (
        f"""JOIN {table} t ON t.system = k.system AND t.external_id = k.name
            JOIN {root} r ON r.id = t.{key}"""
        if table
        else f"JOIN {root} r ON r.source_system = k.system AND r.source_id = k.name"
    )
    return f"""
        SELECT k.place, r.id, coalesce(v.said = k.said AND v.root_id = r.id AND v.root_version = r.version, false)
        FROM unnest(CAST(:systems AS text[]), CAST(:names AS text[]), CAST(:digests AS bytea[])) WITH ORDINALITY
            AS k(system, name, said, place)
        {joined}
        LEFT JOIN source_versions v
            ON v.aggregate = :aggregate AND v.system = k.system AND v.external_id = k.name
    """
