"""What other systems still bring of an erased person is left out; his orders are amounts and come in."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM
from domain.db import run
from domain.intake.upserts.batch import upsert
from domain.intake.upserts.customers import CUSTOMERS
from domain.intake.upserts.outcomes import Policy
from domain.personal.erasure import erase_subject
from domain.personal.journal import Journal
from domain.tables import metadata
from tests.api.importing.conftest import ROWS, Ask, Import, csv_text
from tests.domain.personal.conftest import NOW


@pytest.fixture
async def sales(importing: Import, ask: Ask, engine: AsyncEngine, tmp_path: Path) -> Path:
    """The file of a shop whose customer C1 was erased after it was imported."""
    path = tmp_path / "sales.csv"
    path.write_text(csv_text(), encoding="utf-8")
    await importing(path)

    async def erase(session: AsyncSession) -> None:
        journal = Journal(tmp_path / "journal")
        await erase_subject(
            session, 1, reason="asked", actor=SYSTEM, now=NOW, journal=journal, tables=metadata
        )

    await run(engine, erase, origin="test")
    return path


class TestImport:
    async def test_the_person_does_not_come_back_and_the_money_stays(
        self, sales: Path, importing: Import, ask: Ask
    ) -> None:
        before = await ask("SELECT sum(net_revenue) FROM order_lines")

        report = await importing(sales)

        assert await ask("SELECT name FROM customers") == [("(erased)",)]
        assert await ask("SELECT count(*) FROM customer_external_ids") == [(0,)]
        assert await ask("SELECT sum(net_revenue) FROM order_lines") == before
        assert "2 order lines of theirs are taken without the customer" in " ".join(report.lines())

    async def test_a_new_order_of_the_person_comes_without_him(
        self, sales: Path, importing: Import, ask: Ask
    ) -> None:
        new = ("7", "2026-04-01 10:00:00", "1", "100", "C1", "Korea", "P1", "보이차")
        sales.write_text(csv_text([*ROWS, new]), encoding="utf-8")

        await importing(sales)

        assert await ask("SELECT customer_id FROM orders WHERE number = '7'") == [(None,)]

    async def test_others_come_as_ever(self, sales: Path, importing: Import, ask: Ask) -> None:
        new = ("7", "2026-04-01 10:00:00", "1", "100", "C2", "Korea", "P1", "보이차")
        sales.write_text(csv_text([*ROWS, new]), encoding="utf-8")

        report = await importing(sales)

        assert report.customers.created == 1
        assert await ask("SELECT external_id FROM customer_external_ids") == [("C2",)]


class TestUpsert:
    async def test_only_the_row_of_the_person_is_refused(self, sales: Path, engine: AsyncEngine) -> None:
        rows = [{"key": ("shop", "C1"), "name": "back"}, {"key": ("shop", "C2"), "name": "new"}]

        found = await run(
            engine,
            lambda session: upsert(
                session, CUSTOMERS, rows, actor=SYSTEM, policy=Policy.REJECT_FAILED_ROWS, now=NOW
            ),
            origin="test",
        )

        assert [each.status.value for each in found] == ["REJECTED", "CREATED"]
        assert str(found[0].error).startswith("this external id belongs to a person who was erased")
