"""No personal column is forgotten."""

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.base import Personal
from domain.personal.model import RetentionRule
from domain.personal.paths import ways
from domain.personal.retention import places
from domain.personal.rules import OTHERS, SUBJECT, Wipe
from domain.tables import metadata


def _personal() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info["personal"] is not Personal.NONE
    }


def _ruled() -> set[tuple[str, str]]:
    of_gone = {each for each in _personal() if each[0] in SUBJECT and SUBJECT[each[0]].gone}
    return of_gone | {(table, column) for table, held in SUBJECT.items() for column in held.columns}


class TestRules:
    def test_every_personal_column_has_a_rule_or_a_reason(self) -> None:
        assert _personal() - _ruled() - set(OTHERS) == set()

    def test_no_rule_or_reason_is_without_its_column(self) -> None:
        assert (_ruled() | set(OTHERS)) - _personal() == set()

    def test_no_column_has_both(self) -> None:
        assert _ruled() & set(OTHERS) == set()

    def test_every_table_with_a_rule_leads_to_a_customer(self) -> None:
        assert set(SUBJECT) <= set(ways(metadata))

    def test_what_must_not_be_null_is_not_blanked(self) -> None:
        blanked = [
            (table, column)
            for table, held in SUBJECT.items()
            for column, wipe in held.columns.items()
            if wipe is Wipe.BLANK and not metadata.tables[table].c[column].nullable
        ]

        assert blanked == []

    def test_what_stays_says_why(self) -> None:
        silent = [
            table
            for table, held in SUBJECT.items()
            if Wipe.STAYS in held.columns.values() and not held.because
        ]

        assert silent == []

    async def test_every_table_of_the_database_is_known_here(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            found = await connection.scalars(
                text("""
                    SELECT relname FROM pg_class
                    WHERE relnamespace NOT IN ('jobs'::regnamespace, 'pg_catalog'::regnamespace,
                                               'information_schema'::regnamespace, 'pg_toast'::regnamespace)
                      AND relkind IN ('r', 'p') AND relpersistence <> 't' AND NOT relispartition
                      AND relname <> 'alembic_version'
                """)
            )

        assert set(found) == {table.name for table in metadata.sorted_tables}

    async def test_every_place_has_a_period(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            rules = await connection.execute(
                RetentionRule.__table__.select().with_only_columns(RetentionRule.tag, RetentionRule.purpose)
            )
            known = {tuple(rule) for rule in rules}

        assert {(place.tag, place.purpose) for place in places(metadata)} <= known


class TestWays:
    def test_a_table_is_found_through_its_parents_however_far(self) -> None:
        known = MetaData()
        Table("customers", known, Column("id", BigInteger, primary_key=True))
        for name, parent in (("letters", "customers"), ("pages", "letters"), ("lines", "pages")):
            key = Column("of", BigInteger, ForeignKey(f"{parent}.id"))
            Table(name, known, Column("id", BigInteger, primary_key=True), key)
        Table("products", known, Column("id", BigInteger, primary_key=True))

        found = ways(known)

        assert {name: way.distance for name, way in found.items()} == {
            "customers": 0,
            "letters": 1,
            "pages": 2,
            "lines": 3,
        }
