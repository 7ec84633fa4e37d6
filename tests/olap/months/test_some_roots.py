"""The months of some customers or memberships at a time are those that the whole view has."""

import pytest
from sqlalchemy import Table

from olap import inside, mart, monthly, source, star
from tests.olap.months.conftest import rows_of
from tests.olap.store.shop import Cube

MONTHLY = [table for table in star.FACTS if monthly.is_monthly(table)]


def test_there_are_such_facts() -> None:
    assert sorted(table.name for table in MONTHLY) == ["customer_month", "segment_member"]


@pytest.mark.parametrize("table", MONTHLY, ids=lambda table: table.name)
class TestSomeRoots:
    def test_read_for_them_the_view_has_their_rows_and_no_others(self, copied: Cube, table: Table) -> None:
        root = mart.heads()[table.name].root
        every = rows_of(copied.connection, f"{source.view(table)} ORDER BY 1")
        at = [column.name for column in table.columns].index(str(root))
        roots = sorted({row[at] for row in every})

        for some in (roots[:1], roots[1::2], roots):
            found = rows_of(copied.connection, f"{source.of_roots(table, some)} ORDER BY 1")

            assert found == [row for row in every if row[at] in some]
        assert len(roots) > 2

    @pytest.mark.parametrize("at_once", [1, 2])
    def test_told_one_after_others_they_are_the_same(
        self, copied: Cube, table: Table, at_once: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inside, "AT_ONCE", at_once)
        rows = f'FROM "{table.name}" ORDER BY ALL'
        before = copied.rows(rows)

        with copied.engine.transaction() as cursor:
            added = inside.fill(cursor, copied.connection, table)
            temporary = cursor.execute("SELECT name FROM (SHOW ALL TABLES) WHERE temporary").fetchall()

        assert copied.rows(rows) == before
        assert (added, temporary) == (len(before), [])
