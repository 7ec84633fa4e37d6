"""Rules asked of an open cube give what Postgres gives, whole and as a preview."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.asking import Asking
from api.auth import Authenticator
from api.backend import Backend
from api.segmenting import of_owner, over, preview_over
from api.settings import Settings
from api.tokens import signing_key
from domain.access import Actor
from domain.db import run
from domain.reads import Reads
from domain.roles import Role, Scope
from domain.rules.reading import read_rule
from domain.segments.elsewhere import Asked, asked_of
from domain.segments.membership import members
from domain.segments.moments import moment_of
from olap.mining.asking import LONG_LAG
from olap.store import Store, open_store
from tests.domain.segments.conftest import NOW, PEOPLE
from tests.domain.segments.test_membership import RULES

REPORTED = "UPDATE customer_attributes SET reportable = true WHERE name = 'pets'"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def cube(database: str, settings: Settings) -> Iterator[Store]:
    async def fill() -> None:
        connection = await asyncpg.connect(database)
        for statement in (*PEOPLE.split(";"), REPORTED):
            await connection.execute(statement)
        await connection.close()

    asyncio.run(fill())
    with open_store(database, settings.cube_path, threads=1, memory_limit="512MB") as store:
        while store.freshness().lag_ms > LONG_LAG:  # it was built slowly, and has not looked again yet
            time.sleep(0.05)
        yield store


async def _asked(engine: AsyncEngine, rule: dict[str, Any]) -> tuple[Asked, list[int]]:
    """What the cube is told, and whom Postgres finds."""

    async def work(session: AsyncSession) -> tuple[Asked, list[int]]:
        found = members(read_rule(rule), await moment_of(session, NOW))
        return await asked_of(session, rule, now=NOW), sorted(await session.scalars(found))

    return await run(engine, work, origin="test")


class TestRules:
    async def test_every_rule_that_the_cube_can_tell_gives_what_postgres_gives(
        self, cube: Store, engine: AsyncEngine, reads: Reads, settings: Settings, tmp_path: Path
    ) -> None:
        backend = Backend(settings, Authenticator(signing_key(tmp_path / "key"), reads), engine, reads, cube)
        everybody = Actor("kim", Role.ADMIN, Scope.ALL)
        ask, untold = of_owner(settings), []
        for rule, expected in RULES:
            asked, found = await _asked(engine, rule)
            told = await ask(asked)
            seen = await preview_over(backend, asked, everybody, sample=2)
            if told is None:
                untold.append(next(iter(rule)))
                assert seen is None
                continue
            keys = sorted(int(key) for piece in told.keys for key in piece.split())
            assert (keys, seen) == (found, (len(found), found[:2])), rule
            assert keys == expected

        # Of that day the cube tells no ages, and one attribute is not reported.
        assert sorted(untold) == ["age", "age", "any", "attribute"]

    async def test_a_cube_that_is_too_busy_leaves_the_rule_to_postgres(
        self, cube: Store, engine: AsyncEngine, reads: Reads, settings: Settings, tmp_path: Path
    ) -> None:
        backend = Backend(settings, Authenticator(signing_key(tmp_path / "key"), reads), engine, reads, cube)
        vars(backend)["asking"] = Asking(at_once=1, waiting=-1)
        asked, _ = await _asked(engine, RULES[0][0])

        found = await over(backend)(asked)
        seen = await preview_over(backend, asked, Actor("kim", Role.ADMIN, Scope.ALL), sample=2)

        assert (found, seen) == (None, None)
