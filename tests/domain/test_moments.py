"""The first and the last moments and days reach Postgres as what they are, on every way to it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.db import read_pool
from domain.intake.connections import intake_connection
from domain.moments import ARRAYS, Connection
from domain.reads import Reads

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
MOMENTS = [
    (FIRST, "0001-01-01 00:00:00+00"),
    (LAST, "9999-12-31 23:59:59.999999+00"),
    (datetime(2026, 1, 1, 8, 59, 59, 999999, timezone(timedelta(hours=9))), "2025-12-31 23:59:59.999999+00"),
    (datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), "1999-12-31 23:59:59.999999+00"),
]
DAYS = [(date.min, "0001-01-01"), (date.max, "9999-12-31"), (date(1999, 12, 31), "1999-12-31")]


class TestMoments:
    @pytest.mark.parametrize(("moment", "shown"), MOMENTS, ids=[shown for _, shown in MOMENTS])
    async def test_commands_write_and_read_each_as_it_is(
        self, engine: AsyncEngine, moment: datetime, shown: str
    ) -> None:
        asked = text("SELECT CAST(:at AS timestamptz)::text, CAST(:at AS timestamptz)")

        async with engine.connect() as connection:
            row = (await connection.execute(asked, {"at": moment})).one()

        assert tuple(row) == (shown, moment)

    async def test_planned_reads_and_the_pool_do_so_too(self, reads: Reads) -> None:
        told = [moment for moment, _ in MOMENTS]
        asked = "SELECT $1::timestamptz[]::text[]"

        assert await reads.value(asked, [told]) == [shown for _, shown in MOMENTS]
        assert await reads.fetchval(asked, told) == [shown for _, shown in MOMENTS]
        assert await reads.fetchval("SELECT $1::timestamptz[]", told) == told

    async def test_so_do_days(self, reads: Reads, engine: AsyncEngine) -> None:
        told = [day for day, _ in DAYS]

        assert await reads.value("SELECT $1::date[]::text[]", [told]) == [shown for _, shown in DAYS]
        assert await reads.fetchval("SELECT $1::date[]", told) == told
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT CAST(:day AS date)::text"), {"day": date.min})
        assert found == "0001-01-01"

    async def test_copied_rows_and_the_connection_of_an_intake_agree(
        self, database: str, engine: AsyncEngine
    ) -> None:
        asked = text("SELECT CAST(:at AS timestamptz)::text")
        async with intake_connection(database) as connection:
            assert await connection.scalar(asked, {"at": LAST}) == "9999-12-31 23:59:59.999999+00"

        async with engine.connect() as connection:
            await connection.execute(text("CREATE TEMPORARY TABLE copied (at timestamptz, day date)"))
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.copy_records_to_table("copied", records=[(FIRST, date.max), (None, None)])
            found = (await connection.execute(text("SELECT at::text, day::text FROM copied"))).all()

        assert [tuple(row) for row in found] == [("0001-01-01 00:00:00+00", "9999-12-31"), (None, None)]


class Unasking(Connection):
    """A connection that may not ask the server what a type is."""

    async def _introspect_types(self, *_: Any) -> Any:
        raise AssertionError("the server was asked")


ELEMENTS: dict[str, Any] = {
    "bool": True,
    "int2": -1,
    "int4": -1,
    "int8": 2**62,
    "varchar": "가",
    "date": date.min,
    "timestamptz": FIRST,
    "numeric": Decimal("0.10"),
    "uuid": UUID(int=7),
    "jsonb": "{}",
}


@pytest.fixture(scope="class")
async def unasking(rolling: str) -> AsyncIterator[Reads]:
    pool = await read_pool(rolling, size=1, connection_class=Unasking)
    yield pool
    await pool.close()


class TestArrays:
    @pytest.mark.parametrize("kind", ARRAYS)
    async def test_they_are_known_without_asking(self, unasking: Reads, kind: str) -> None:
        found = await unasking.fetchval(f"SELECT $1::{kind}[]", [ELEMENTS[kind], None])

        assert found == [ELEMENTS[kind], None]

    async def test_their_numbers_are_those_of_postgres(self, reads: Reads) -> None:
        rows = await reads.fetch(
            "SELECT e.typname, a.oid::bigint, e.oid::bigint FROM pg_type a JOIN pg_type e ON e.typarray = a.oid"
            " WHERE e.typnamespace = 'pg_catalog'::regnamespace AND e.typname = ANY($1::text[])",
            list(ARRAYS),
        )

        assert {row[0]: (row[1], row[2]) for row in rows} == ARRAYS
