"""Whoever sees a branch or his own customers alone sees no others in the cubes of months and of segments."""

from typing import Any

import pytest

from olap.plan import NONE, RowFilter
from tests.olap.months.company import MONTHS
from tests.olap.months.conftest import Company

SIGHTS = {
    "everybody": (NONE, "true"),
    "his own": (RowFilter(owner_id=7), "c.owner_id = 7"),
    "a branch's": (RowFilter(branch_keys=frozenset({1})), "c.home_branch_id = 1"),
    "his own of a branch": (
        RowFilter(branch_keys=frozenset({1, 2}), owner_id=7),
        "c.home_branch_id IN (1, 2) AND c.owner_id = 7",
    ),
    "nobody": (RowFilter(branch_keys=frozenset()), "false"),
}

ACTIVE = f"""{MONTHS}
SELECT m.year, m.month, count(DISTINCT b.customer_id), count(b.id)
FROM months m JOIN bought b ON b.ordered_at >= m.begins AND b.ordered_at < m.ends
JOIN customers c ON c.id = b.customer_id
WHERE {{seen}} GROUP BY 1, 2 ORDER BY 1, 2
"""
ENTRIES = """
SELECT s.name, count(*) FROM segment_members sm JOIN segments s ON s.id = sm.segment_id
JOIN customers c ON c.id = sm.customer_id WHERE {seen} GROUP BY 1 ORDER BY 1
"""


@pytest.mark.parametrize(("sight", "seen"), SIGHTS.values(), ids=SIGHTS.keys())
class TestSight:
    def test_of_customers_by_month(self, company: Company, sight: RowFilter, seen: str) -> None:
        asked: dict[str, Any] = {"cell": "date:2024-2025", "drilldown": ["date@ymd:month"]}
        refs = ("date.year", "date.month", "active", "orders")

        found = company.asked("customers", *refs, sight=sight, aggregates=list(refs[2:]), **asked)

        assert [row for row in found if row[2]] == company.rows(ACTIVE.format(seen=seen))

    def test_of_who_entered_segments(self, company: Company, sight: RowFilter, seen: str) -> None:
        found = company.asked(
            "segments",
            "segment",
            "entries",
            sight=sight,
            aggregates=["entries"],
            drilldown=["segment"],
        )

        assert [row for row in found if row[1]] == company.rows(ENTRIES.format(seen=seen))
