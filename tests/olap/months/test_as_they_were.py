"""What customers were found to be when a fact happened, are now, or were on a day, as hand-written SQL says on the
domain's tables: from a copy and from the mart."""

from typing import Any

import pytest

from tests.olap.months.conftest import Company

LINES = """
WITH lines AS (
    SELECT o.customer_id, o.id AS order_id, c.day
    FROM orders o JOIN order_lines l ON l.order_id = o.id
    LEFT JOIN calendar_days c ON c.day = (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date
)
"""

CELL = """
SELECT r.recency::text || r.frequency || r.monetary FROM rfm_scores r
WHERE r.customer_id = l.customer_id AND r.scheme = 'default' AND {then}
"""

STAGE = """
SELECT lower(s.stage) FROM (
    SELECT customer_id, stage, since FROM customer_lifecycle_stages
    UNION SELECT id, lifecycle_stage, lifecycle_since FROM customers) s
WHERE s.customer_id = l.customer_id AND (s.since AT TIME ZONE 'Asia/Seoul')::date <= {day}
ORDER BY s.since DESC LIMIT 1
"""

SCORED: dict[str | None, str] = {
    None: "r.valid_from <= l.day AND (r.valid_to IS NULL OR l.day < r.valid_to)",
    "now": "r.valid_to IS NULL",
    "2024-06-29": "r.valid_from <= '2024-06-29' AND (r.valid_to IS NULL OR '2024-06-29' < r.valid_to)",
    "2024-06-30": "r.valid_from <= '2024-06-30' AND (r.valid_to IS NULL OR '2024-06-30' < r.valid_to)",
}
STAGED: dict[str | None, str] = {
    None: "l.day",
    "2024-06-30": "date '2024-06-30'",
    "2024-07-01": "date '2024-07-01'",
}


def asof(moment: str | None) -> dict[str, Any]:
    return {} if moment is None else {"asof": moment}


def as_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In the order of the cube's cells: unknown last."""
    return sorted(rows, key=lambda row: (row[0] is None, row[0] or ""))


class TestRfm:
    @pytest.mark.parametrize("moment", SCORED)
    def test_lines_lie_in_the_cell_that_their_customer_was_in(
        self, company: Company, moment: str | None
    ) -> None:
        answer = company.asked(
            "sales", "rfm_cell", "lines", drilldown=["rfm_cell"], aggregates=["lines"], **asof(moment)
        )

        cell = CELL.format(then=SCORED[moment])
        by_hand = company.rows(f"{LINES} SELECT ({cell}) AS cell, count(*) FROM lines l GROUP BY 1")
        assert answer == as_rows(by_hand)

    def test_a_cut_gives_what_the_drilldown_shows(self, company: Company) -> None:
        asked: dict[str, Any] = {"drilldown": ["rfm_recency", "rfm_monetary"], "aggregates": ["customers"]}
        drilled = company.asked("sales", "rfm_recency", "rfm_monetary", "customers", **asked)

        cut = {
            (recency, monetary): company.whole(
                "sales", "customers", cell=f"rfm_recency:{recency}|rfm_monetary:{monetary}"
            )
            for recency, monetary, _ in drilled
            if recency is not None
        }

        assert cut == {row[:2]: row[2:] for row in drilled if row[0] is not None}
        assert len(cut) > 5


class TestStages:
    @pytest.mark.parametrize("moment", STAGED)
    def test_lines_lie_in_the_stage_that_their_customer_was_in_at_the_days_end(
        self, company: Company, moment: str | None
    ) -> None:
        answer = company.asked(
            "sales",
            "lifecycle_stage",
            "lines",
            drilldown=["lifecycle_stage"],
            aggregates=["lines"],
            **asof(moment),
        )

        stage = STAGE.format(day=STAGED[moment])
        by_hand = company.rows(f"{LINES} SELECT ({stage}) AS stage, count(*) FROM lines l GROUP BY 1")
        assert answer == as_rows(by_hand)

    def test_now_it_is_todays(self, company: Company) -> None:
        answer = company.asked(
            "sales",
            "lifecycle_stage",
            "lines",
            drilldown=["lifecycle_stage"],
            aggregates=["lines"],
            asof="now",
        )

        by_hand = company.rows(
            f"{LINES} SELECT lower(c.lifecycle_stage), count(*) FROM lines l"
            " LEFT JOIN customers c ON c.id = l.customer_id GROUP BY 1"
        )
        assert answer == as_rows(by_hand)

    def test_months_of_customers_have_the_stage_of_their_end_either_way(self, company: Company) -> None:
        both = company.asked(
            "customers",
            "lifecycle_stage",
            "stage",
            cell="date:2024-2025",
            drilldown=["lifecycle_stage", "stage"],
            aggregates=["customers"],
        )

        assert {stage for stage, _ in both} >= {"loyal", "lapsed", None}
        assert all(one == other for one, other in both)
