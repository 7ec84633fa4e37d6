"""The versions lead to the models, there and back."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.base import Personal
from domain.tables import metadata
from migrations.command import config, downgrade, upgrade
from migrations.newest import head
from olap import star


def _ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    return not (kind == "table" and str(name).startswith("change_"))


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"include_object": _ours, "compare_type": True, "target_metadata": metadata}
    )
    return list(compare_metadata(context, metadata))


class TestVersions:
    def test_the_newest_is_told_without_alembic(self) -> None:
        assert head() == ScriptDirectory.from_config(config("postgresql:///none")).get_current_head()

    @pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
    async def test_the_newest_version_equals_the_models(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            differences = await connection.run_sync(_differences)

        assert differences == []

    async def test_the_planner_knows_that_there_is_one_company(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            expected = await connection.scalar(
                text("SELECT reltuples FROM pg_class WHERE oid = 'company'::regclass")
            )

        assert expected == 1

    def test_down_to_nothing_and_up_again(self, database: str, admin: Callable[[str], None]) -> None:
        downgrade(database, "base")
        upgrade(database)
        upgrade(database)

    async def test_down_leaves_nothing_but_the_version_table(
        self, engine: AsyncEngine, database: str
    ) -> None:
        await asyncio.to_thread(downgrade, database, "base")

        async with engine.connect() as connection:
            left = await connection.scalars(
                text(
                    "SELECT relname FROM pg_class"
                    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
                )
            )
            functions = await connection.scalar(
                text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
            )
        assert list(left) == ["alembic_version"]
        assert functions == 0


class TestMart:
    async def test_every_column_of_the_star_exists_in_the_mart_with_its_type(
        self, engine: AsyncEngine
    ) -> None:
        async with engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "SELECT table_name, column_name, data_type"
                    " FROM information_schema.columns WHERE table_schema = 'mart'"
                )
            )
            mart = {(row.table_name, row.column_name): row.data_type for row in rows}
        names = {
            "BIGINT": "bigint",
            "INTEGER": "integer",
            "TEXT": "text",
            "BOOLEAN": "boolean",
            "DATE": "date",
        }

        for table in star.metadata.tables.values():
            for column in table.columns:
                kind = str(column.type)
                expected = names.get(
                    kind, "numeric" if kind.startswith("NUMERIC") else "timestamp with time zone"
                )
                assert mart.get((table.name, column.name)) == expected, f"mart.{table.name}.{column.name}"


class TestTags:
    @pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
    def test_every_column_says_how_personal_it_is(self, table: Any) -> None:
        untagged = [
            column.name for column in table.columns if not isinstance(column.info.get("personal"), Personal)
        ]

        assert untagged == []
