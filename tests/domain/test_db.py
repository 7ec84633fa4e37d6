"""Transactions: what runs again, what is raised, and that nothing is done twice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain import db
from domain.access import Actor
from domain.db import Unsettled, read_pool, run
from domain.db import engine as make_engine
from domain.intake.connections import intake_connection
from domain.reads import Busy
from domain.roles import Role
from domain.selection.run import read
from domain.selection.statement import Statement
from domain.selection.subjects import Seen
from tests.proxy import cutting

MINE = text("SELECT pg_backend_pid()")
INSERT = text("INSERT INTO branches (code, name, kind) VALUES ('B1', '강남점', 'SHOP')")
COUNT = text("SELECT count(*) FROM branches")
ADMIN = Actor(subject="ann", role=Role.ADMIN)


async def cut(engine: AsyncEngine, pid: int) -> None:
    """The server ends the connection, as at a shutdown."""
    async with engine.connect() as other:
        await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


async def branches(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(COUNT) or 0)


class TestRun:
    async def test_a_connection_lost_before_commit_runs_again_and_once(self, engine: AsyncEngine) -> None:
        tries: list[int] = []

        async def work(session: AsyncSession) -> str:
            await session.execute(INSERT)
            tries.append(pid := (await session.scalar(MINE) or 0))
            if len(tries) == 1:
                await cut(engine, pid)
            await session.execute(COUNT)
            return "done"

        assert await run(engine, work, origin="test") == "done"
        assert len(tries) == 2
        assert await branches(engine) == 1

    async def test_a_commit_that_never_arrived_runs_again_and_once(self, engine: AsyncEngine) -> None:
        tries: list[int] = []

        async def work(session: AsyncSession) -> None:
            await session.execute(INSERT)
            tries.append(pid := (await session.scalar(MINE) or 0))
            if len(tries) == 1:
                await cut(engine, pid)

        await run(engine, work, origin="test")

        assert len(tries) == 2
        assert await branches(engine) == 1

    async def test_a_commit_whose_answer_was_lost_is_not_repeated(
        self, database: str, engine: AsyncEngine
    ) -> None:
        tries: list[int] = []

        async def work(session: AsyncSession) -> str:
            tries.append(1)
            await session.execute(INSERT)
            return "done"

        async with cutting(database, after=b"COMMIT", times=1) as through:
            flaky = make_engine(through)
            assert await run(flaky, work, origin="test") == "done"
            await flaky.dispose()

        assert len(tries) == 1
        assert await branches(engine) == 1

    async def test_a_commit_that_nobody_can_tell_of_is_said_to_be_unsettled(
        self, database: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(db, "SETTLE_SECONDS", 0.5)

        async def work(session: AsyncSession) -> None:
            await session.execute(INSERT)

        async with cutting(database, after=b"COMMIT", times=1, then_refuse=True) as through:
            flaky = make_engine(through)
            with pytest.raises(Unsettled, match="idempotency key"):
                await run(flaky, work, origin="test")
            await flaky.dispose()

        assert await branches(engine) == 1

    async def test_a_store_that_is_away_is_busy_and_no_fault(
        self, database: str, engine: AsyncEngine
    ) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(INSERT)

        async with cutting(database, after=b"no such bytes", times=0) as through:
            away = make_engine(through)
            reads = await read_pool(through)
        with pytest.raises(Busy, match="cannot be reached"):
            await run(away, work, origin="test")
        with pytest.raises(Busy, match="cannot be reached"):
            await read(reads, Statement(sql="SELECT '1'", parameters=()), {}, ADMIN, Seen())
        reads.terminate()
        await away.dispose()

        assert await branches(engine) == 0

    async def test_a_full_disk_that_the_work_meets_is_not_taken_for_a_store_that_is_away(
        self, engine: AsyncEngine
    ) -> None:
        async def work(session: AsyncSession) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            await run(engine, work, origin="test")

    async def test_a_store_without_room_is_busy_and_no_fault(self, engine: AsyncEngine) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(INSERT)
            await session.execute(text("DO $$ BEGIN RAISE disk_full USING MESSAGE = 'No space left'; END $$"))

        with pytest.raises(Busy, match="no disk, memory or connections"):
            await run(engine, work, origin="test")

        assert await branches(engine) == 0

    @pytest.mark.parametrize(
        ("statement", "told"),
        [
            ("DO $$ BEGIN RAISE disk_full USING MESSAGE = 'No space left'; END $$", "no disk, memory"),
            ("SELECT pg_terminate_backend(pg_backend_pid())", "cannot be reached"),
        ],
        ids=["full", "gone"],
    )
    async def test_an_import_that_the_store_fails_ends_with_a_sentence(
        self, database: str, statement: str, told: str
    ) -> None:
        with pytest.raises(Busy, match=told):
            async with intake_connection(database) as connection, connection.begin():
                await connection.execute(text(statement))

    async def test_an_error_of_the_work_rolls_everything_back(self, engine: AsyncEngine) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(INSERT)
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await run(engine, work, origin="test")

        assert await branches(engine) == 0

    async def test_a_deadlock_of_two_runs_is_seen_by_nobody(self, engine: AsyncEngine) -> None:
        codes = ["A", "B"]
        async with engine.begin() as connection:
            for code in codes:
                await connection.execute(
                    text("INSERT INTO branches (code, name, kind) VALUES (:code, 'x', 'SHOP')"),
                    {"code": code},
                )
        both = asyncio.Barrier(2)
        met: list[str] = []

        def crossing(order: list[str]) -> Callable[[AsyncSession], Awaitable[None]]:
            async def work(session: AsyncSession) -> None:
                for number, code in enumerate(order):
                    await session.execute(
                        text("UPDATE branches SET name = name || 'y' WHERE code = :code"), {"code": code}
                    )
                    if number == 0 and len(met) < 2:
                        met.append(code)
                        await both.wait()

            return work

        await asyncio.gather(
            run(engine, crossing(codes), origin="test"), run(engine, crossing(codes[::-1]), origin="test")
        )

        async with engine.connect() as connection:
            assert list(await connection.scalars(text("SELECT name FROM branches ORDER BY code"))) == [
                "xyy",
                "xyy",
            ]


async def test_a_race_inside_postgres_is_tried_again(engine: AsyncEngine) -> None:
    tries = 0

    async def work(session: AsyncSession) -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            await session.execute(
                text(
                    "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX000', MESSAGE ="
                    " 'new multixact has more than one updating member: 0 2[8 (nokeyupd), 9 (nokeyupd)]'; END $$"
                )
            )
        return tries

    assert await run(engine, work, origin="test") == 3
