"""Connections that share what the driver knows of Postgres's types go each to its own database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import adbc_driver_manager as manager
import pytest

from domain.postgres import Server
from olap import adbc, source

HERE = "SELECT current_database()::text AS name"

# Types of one's own have numbers from here on, and others in each database.
OWN = 16384


@pytest.fixture(scope="module")
def other(server: Server, admin: Callable[[str], None]) -> Iterator[str]:
    """The URL of another database of the same server, with types that no other has."""
    admin("CREATE DATABASE other_types")
    yield server.url("other_types")
    admin("DROP DATABASE other_types")


class TestConnected:
    def test_each_reads_the_database_that_it_was_told(self, rolling: str, other: str) -> None:
        with ExitStack() as stack:
            urls = [rolling, other, rolling, other]
            opened = [stack.enter_context(source.connect(url)) for url in urls]

            found = [source.one(each, HERE)["name"] for each in opened]

        assert found == ["rolling", "other_types"] * 2

    def test_many_at_once_do_too(self, rolling: str, other: str) -> None:
        def named(url: str) -> str:
            with source.connect(url) as connection:
                return str(source.one(connection, HERE)["name"])

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(named, [rolling, other] * 12))

        assert found == ["rolling", "other_types"] * 12

    def test_one_that_fails_is_in_nobodys_way(self, rolling: str) -> None:
        nowhere = rolling.replace("/rolling", "/nowhere")
        with pytest.raises(manager.Error, match="does not exist"), source.connect(nowhere):
            pass

        with source.connect(rolling) as connection:
            assert source.one(connection, HERE) == {"name": "rolling"}

    def test_what_read_the_catalogue_once_serves_other_databases(self, rolling: str, other: str) -> None:
        with source.connect(rolling):
            pass
        made = list(adbc._idle)
        with source.connect(other):
            pass

        assert made
        assert adbc._idle == made

    def test_all_that_the_mart_gives_is_of_postgres_own_types(self, rolling: str) -> None:
        """Only those are the same in every database."""
        with source.connect(rolling) as connection:
            own = source.read(
                connection,
                f"""SELECT c.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                    WHERE c.relnamespace = 'mart'::regnamespace AND a.attnum > 0 AND a.atttypid >= {OWN}""",
            )

        assert own.to_pylist() == []
