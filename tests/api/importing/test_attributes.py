"""Custom attributes in mapping files: the values of customers, checked as they are declared."""

import csv
from pathlib import Path

import asyncpg
import pytest

from api.importing.errors import MappingError
from api.importing.run import run_import
from domain.intake.counts import Counts
from tests.api.importing.conftest import SALES, Ask, csv_text

DECLARED = """
    INSERT INTO customer_attributes (name, type, label_en, label_ko, choices, retired_at) VALUES
        ('grade', 'CHOICE', 'Grade', '등급', '{GOLD,SILVER}', NULL),
        ('shoe', 'NUMBER', 'Shoe size', '신발', '{}', NULL),
        ('pets', 'BOOLEAN', 'Has pets', '반려동물', '{}', NULL),
        ('since', 'DATE', 'Since', '가입', '{}', NULL),
        ('id', 'TEXT', 'Card', '카드', '{}', NULL),
        ('old', 'TEXT', 'Old', '옛', '{}', now())
"""

MEMBERS = """
entity = "customers"
system = "shop"

[read]
decimal_point = ","
times = ["%d.%m.%Y"]

[customer]
id = "member"

[attributes]
grade = { column = "grade", values = { G = "GOLD" } }
shoe = "shoe"
pets = "pets"
since = "since"
id = "card"
"""

HEADER = ("member", "grade", "shoe", "pets", "since", "card")
ROWS = [
    ("C1", "G", "255,5", "TRUE", "01.02.2020", "A-1"),
    ("C2", "", "", "", "", ""),
    ("C1", "SILVER", "", "", "", ""),
]

VALUES = """
    SELECT x.external_id, v.attribute,
           coalesce(v.text_value, v.number_value::text, v.boolean_value::text, v.date_value::text)
    FROM customer_attribute_values v JOIN customer_external_ids x ON x.customer_id = v.customer_id
    ORDER BY 1, 2
"""
STORED = [
    ("C1", "grade", "SILVER"),
    ("C1", "id", "A-1"),
    ("C1", "pets", "true"),
    ("C1", "shoe", "255.500000"),
    ("C1", "since", "2020-02-01"),
]

BAD = [
    (
        "BRONZE",
        "",
        "",
        "",
        "",
        "attributes.grade: this is no choice of the attribute 'grade'; allowed are: GOLD, SILVER",
    ),
    ("", "big", "", "", "", "attributes.shoe: 'big' is not a number"),
    ("", "1,0000001", "", "", "", "attributes.shoe: '1,0000001' has more than 6 decimals"),
    ("", "", "perhaps", "", "", "attributes.pets: the attribute 'pets' is true or false"),
    ("", "", "", "31.02.2020", "", "attributes.since: '31.02.2020' is not a time"),
    (
        "",
        "",
        "",
        "",
        "900101-1234567",
        "attributes.id: value looks like it holds a resident registration number",
    ),
]


@pytest.fixture(autouse=True)
async def _declared(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(DECLARED)
    await connection.close()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "members.toml"
    path.write_text(MEMBERS, encoding="utf-8")
    return path


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(csv_text([], HEADER) + "".join(_line(*row) for row in ROWS), encoding="utf-8")
    return path


def _line(*cells: str) -> str:
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


class TestAttributesOfFiles:
    async def test_customers_have_the_latest_values_in_the_types_declared(
        self, database: str, mapping: Path, members: Path, ask: Ask
    ) -> None:
        report = await run_import(database, mapping, [members])

        assert (report.customers, report.rows_rejected) == (Counts(created=2), 0)
        assert await ask(VALUES) == STORED

    async def test_the_same_again_changes_nothing(
        self, database: str, mapping: Path, members: Path, ask: Ask
    ) -> None:
        await run_import(database, mapping, [members])
        before = await ask("SELECT max(id), count(*) FROM change")

        again = await run_import(database, mapping, [members])

        assert (again.customers, again.events) == (Counts(unchanged=2), 0)
        assert await ask("SELECT max(id), count(*) FROM change") == before

    async def test_one_other_value_is_one_event_of_its_customer(
        self, database: str, mapping: Path, members: Path, ask: Ask
    ) -> None:
        await run_import(database, mapping, [members])
        members.write_text(csv_text([], HEADER) + _line("C1", "", "260", "", "", ""), encoding="utf-8")

        dry = await run_import(database, mapping, [members], dry_run=True)
        stored = await ask(VALUES)
        report = await run_import(database, mapping, [members])

        assert (dry.customers, dry.events, stored) == (Counts(updated=1), 0, STORED)
        assert (report.customers, report.events) == (Counts(updated=1), 1)
        assert await ask(VALUES) == [
            (*each[:2], "260.000000" if each[1] == "shoe" else each[2]) for each in STORED
        ]

    async def test_bad_values_cost_their_rows_alone(
        self, database: str, mapping: Path, members: Path, rejects: Path, ask: Ask
    ) -> None:
        with members.open("a", encoding="utf-8") as file:
            file.writelines(_line(f"B{number}", *row[:5]) for number, row in enumerate(BAD))

        report = await run_import(database, mapping, [members], rejects=rejects)

        assert (report.rows_rejected, report.customers, report.exit_code) == (len(BAD), Counts(created=2), 3)
        with rejects.open(encoding="utf-8", newline="") as refused:
            found = [(int(row["line"]), row["reason"]) for row in csv.DictReader(refused)]
        assert [line for line, _ in found] == list(range(5, 5 + len(BAD)))
        assert [
            (row[5], reason) for row, (_, reason) in zip(BAD, found, strict=True) if row[5] not in reason
        ] == []
        assert await ask(VALUES) == STORED


class TestAttributesOfOrderLines:
    async def test_a_value_of_lines_older_than_stored_orders_fills_only_what_is_empty(
        self, database: str, mapping: Path, tmp_path: Path, ask: Ask
    ) -> None:
        mapping.write_text(SALES + '[attributes]\ngrade = "grade"\nshoe = "shoe"\n', encoding="utf-8")
        header = (
            "order",
            "time",
            "quantity",
            "price",
            "customer",
            "country",
            "product",
            "title",
            "grade",
            "shoe",
        )
        newer, older = tmp_path / "newer.csv", tmp_path / "older.csv"
        newer.write_text(
            csv_text([("2", "2026-03-02 10:00:00", "1", "9", "C1", "", "P1", "", "GOLD", "")], header)
        )
        older.write_text(
            csv_text([("1", "2026-03-01 10:00:00", "1", "9", "C1", "", "P1", "", "SILVER", "250")], header)
        )

        await run_import(database, mapping, [newer])
        await run_import(database, mapping, [older])

        assert await ask(VALUES) == [("C1", "grade", "GOLD"), ("C1", "shoe", "250.000000")]


WRONG = [
    ('shoesize = "shoe"', "[attributes] shoesize: there is no attribute 'shoesize'; declared are: "),
    ('old = "shoe"', "[attributes] old: "),
    ('grade = { constant = "BRONZE" }', "[attributes] grade: this is no choice of the attribute 'grade'"),
    ("grade = 5", "[attributes] grade: must be a column's name"),
]


class TestWrongMappings:
    @pytest.mark.parametrize(
        ("line", "told"), WRONG, ids=[line.split()[0] + str(n) for n, (line, _) in enumerate(WRONG)]
    )
    async def test_the_import_is_refused_before_a_row_is_read(
        self, database: str, mapping: Path, members: Path, ask: Ask, line: str, told: str
    ) -> None:
        mapping.write_text(MEMBERS.split("[attributes]")[0] + f"[attributes]\n{line}\n", encoding="utf-8")

        with pytest.raises(MappingError) as refused:
            await run_import(database, mapping, [members])

        assert told in str(refused.value)
        assert await ask("SELECT count(*) FROM import_runs") == [(0,)]

    async def test_values_of_nobody_are_refused(self, database: str, mapping: Path, members: Path) -> None:
        mapping.write_text(SALES.split("[customer]")[0] + '[attributes]\nshoe = "shoe"\n', encoding="utf-8")

        with pytest.raises(MappingError, match="id: is missing: without it shoe belong to nobody"):
            await run_import(database, mapping, [members])
