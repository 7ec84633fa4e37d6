"""Roles for BI tools: they read the mart, and nothing else."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import adbc_driver_manager as adbc
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from olap import mart, source
from olap.errors import CubeError
from olap.mart.readers import create_reader
from olap.mart.rights import GROUP, HIDDEN
from tests.olap.store.shop import Shop

ROLE = "bi_of_the_tests"

TABLES = "SELECT format('public.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public'"


def as_role(url: str, name: str, password: str) -> str:
    """The address of the same database for another user."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password)}@{where}"))


@pytest.fixture
def reader(shop: Shop) -> Iterator[str]:
    """The address at which a BI tool reads the shop's mart."""
    yield as_role(shop.url, ROLE, create_reader(shop.url, ROLE))
    # The role outlives the database: it is the cluster's.
    shop.run(f"DROP OWNED BY {ROLE}", f"DROP ROLE {ROLE}")


def asked(url: str, query: str) -> Any:
    with source.connect(url) as connection:
        return source.read(connection, query).to_pylist()


def refusal(url: str, statement: str) -> str:
    with source.connect(url) as connection:
        return refused(connection, statement)


def refused(connection: source.Connection, statement: str) -> str:
    """What the server says to a statement that it refuses."""
    with pytest.raises(adbc.Error) as error:
        source.execute(connection, statement)
    return str(error.value)


class TestReaders:
    def test_they_read_every_fact_and_dimension(self, reader: str) -> None:
        with source.connect(reader) as connection:
            counts = {
                view: source.one(connection, f"SELECT count(*) AS n FROM {view}")["n"]
                for view in mart.views()
                if view not in HIDDEN
            }

        assert counts["sales"] == 7
        assert counts["customer"] >= 3

    def test_they_read_nothing_else(self, shop: Shop, reader: str) -> None:
        tables = [
            row["name"]
            for row in asked(
                shop.url,
                "SELECT format('public.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
            )
        ]

        assert len(tables) > 40
        with source.connect(reader) as connection:
            for table in [*tables, *(f"mart.{view}" for view in HIDDEN)]:
                assert "permission denied" in refused(connection, f"SELECT * FROM {table}"), table

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM sales",
            "CREATE TABLE mart.x (a int)",
            "CREATE TABLE public.x (a int)",
            "ALTER ROLE CURRENT_USER SUPERUSER",
            "CREATE ROLE other",
            "COPY sales TO '/tmp/x'",
        ],
    )
    def test_they_write_nothing(self, reader: str, statement: str) -> None:
        assert re.search("denied|read-only|cannot delete from view", refusal(reader, statement))

    def test_nor_with_the_read_only_switch_off(self, reader: str) -> None:
        with source.connect(reader) as connection:
            source.execute(connection, "SET default_transaction_read_only = off")
            for statement in (
                "UPDATE sales SET quantity = 0",
                "CREATE TABLE mart.x (a int)",
                "DROP VIEW sales",
            ):
                with pytest.raises(adbc.Error, match=r"denied|must be owner|cannot update"):
                    source.execute(connection, statement)

    def test_no_personal_column_is_in_what_they_read(self, shop: Shop, reader: str) -> None:
        shop.run(
            "UPDATE customers SET name = 'CANARY-name'",
            "INSERT INTO contact_points (customer_id, position, kind, value)"
            " VALUES (1, 1, 'EMAIL', 'canary@example.com')",
            "UPDATE users SET name = 'CANARY-user'",
            "UPDATE customers SET birth_on = '1977-07-07'",
            "INSERT INTO customer_attributes (name, type, label_en, label_ko, reportable, personal) VALUES"
            " ('passport', 'TEXT', 'x', 'x', true, 'UNIQUE'), ('illness', 'TEXT', 'x', 'x', true, 'SENSITIVE'),"
            " ('skin', 'TEXT', 'x', 'x', true, 'BASIC')",
            "INSERT INTO customer_attribute_values (customer_id, attribute, text_value) VALUES"
            " (1, 'passport', 'CANARY-passport'), (1, 'illness', 'CANARY-illness'), (1, 'skin', 'dry')",
        )

        with source.connect(reader) as connection:
            for view in set(mart.views()) - HIDDEN:
                told = source.read(connection, f"SELECT t::text AS row FROM {view} t")
                rows = str(told.to_pylist()).lower()
                assert "canary" not in rows, view
                assert view == "date" or "1977-07-07" not in rows, view

    def test_a_new_version_of_the_views_is_theirs_too(self, shop: Shop, reader: str) -> None:
        engine = sa.create_engine(shop.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            _made_again(connection.execution_options(no_parameters=True))
        engine.dispose()

        assert asked(reader, "SELECT count(*) AS n FROM sales") == [{"n": 7}]

    def test_asked_again_the_password_is_another(self, shop: Shop, reader: str) -> None:
        other = as_role(shop.url, ROLE, create_reader(shop.url, ROLE))

        assert asked(other, "SELECT count(*) AS n FROM sales") == [{"n": 7}]
        with pytest.raises(adbc.Error, match="password authentication failed"), source.connect(reader):
            pass

    @pytest.mark.parametrize("name", ["", "A", "a b", "a;", 'a"', "1a", "a" * 61, "한국"])
    def test_a_name_that_is_none_is_refused(self, shop: Shop, name: str) -> None:
        with pytest.raises(CubeError, match="lower-case letters, digits and _"):
            create_reader(shop.url, name)

    @pytest.mark.parametrize("name", [GROUP, "somebody_of_the_tests"])
    def test_so_is_one_of_somebody_elses(
        self, shop: Shop, reader: str, name: str, admin: Callable[[str], None]
    ) -> None:
        admin("DROP ROLE IF EXISTS somebody_of_the_tests")
        admin("CREATE ROLE somebody_of_the_tests LOGIN")

        with pytest.raises(CubeError, match="there is a role of that name for something else"):
            create_reader(shop.url, name)

        admin("DROP ROLE somebody_of_the_tests")


def _made_again(connection: Connection) -> None:
    mart.drop(connection)
    mart.create(connection)
