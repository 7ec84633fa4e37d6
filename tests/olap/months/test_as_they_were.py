"""What customers were found to be when a fact happened, are now, or were on a day, as hand-written SQL says on the
domain's tables: from a copy and from the mart."""

from typing import Any

import pytest

from olap.errors import RequestError
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


MATRIX = """
WITH known AS (
    SELECT c.id, c.region, least(
               c.joined_on, (c.created_at AT TIME ZONE 'Asia/Seoul')::date,
               (SELECT min((o.ordered_at AT TIME ZONE 'Asia/Seoul')::date) FROM orders o
                WHERE o.customer_id = c.id AND o.ordered_at > '1971-01-01'),
               (SELECT min((p.occurred_at AT TIME ZONE 'Asia/Seoul')::date) FROM points_entries p
                WHERE p.customer_id = c.id),
               (SELECT min(r.valid_from) FROM rfm_scores r WHERE r.customer_id = c.id AND r.scheme = 'default'),
               (SELECT min((s.since AT TIME ZONE 'Asia/Seoul')::date) FROM (
                    SELECT customer_id, since FROM customer_lifecycle_stages
                    UNION ALL SELECT id, lifecycle_since FROM customers) s WHERE s.customer_id = c.id)) AS since
    FROM customers c
), brought AS (
    SELECT o.customer_id, count(DISTINCT o.id) FILTER (WHERE l.kind = 'SALE') AS orders, sum(l.net_revenue) AS revenue
    FROM orders o JOIN order_lines l ON l.order_id = o.id
    JOIN calendar_days d ON d.day = (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date
    WHERE d.day <= '{day}' {spent} GROUP BY 1
)
SELECT r.recency, r.frequency, count(*)::int, coalesce(sum(b.orders), 0)::int, coalesce(sum(b.revenue), 0)::text
FROM known k
LEFT JOIN rfm_scores r ON r.customer_id = k.id AND r.scheme = 'default'
    AND r.valid_from <= '{day}' AND (r.valid_to IS NULL OR '{day}' < r.valid_to)
LEFT JOIN brought b ON b.customer_id = k.id
WHERE k.since <= '{day}' {cell}
GROUP BY 1, 2 ORDER BY 1, 2
"""
"""Who was known on a day, by recency and frequency of then, and what he had brought by then."""


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


def lines_by_stage(company: Company, moment: str | None) -> list[tuple[Any, ...]]:
    return company.asked(
        "sales",
        "lifecycle_stage",
        "lines",
        drilldown=["lifecycle_stage"],
        aggregates=["lines"],
        **asof(moment),
    )


class TestStages:
    @pytest.mark.parametrize("moment", STAGED)
    def test_lines_lie_in_the_stage_that_their_customer_was_in_at_the_days_end(
        self, company: Company, moment: str | None
    ) -> None:
        answer = lines_by_stage(company, moment)

        stage = STAGE.format(day=STAGED[moment])
        by_hand = company.rows(f"{LINES} SELECT ({stage}) AS stage, count(*) FROM lines l GROUP BY 1")
        assert answer == as_rows(by_hand)

    def test_now_it_is_todays(self, company: Company) -> None:
        answer = lines_by_stage(company, "now")

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


class TestMatrixOfADay:
    """The company's customers have rows of several currencies: amounts are of those in won, or left out."""

    @pytest.mark.parametrize("day", ["2024-03-30", "2024-05-31", "2024-06-01", "2025-02-11", "2025-11-30"])
    def test_customers_stand_as_they_stood_at_its_end(self, company: Company, day: str) -> None:
        answer = company.asked(
            "customers", "rfm_recency", "rfm_frequency", "customers", aggregates=["customers"], rfm=day
        )

        by_hand = company.rows(MATRIX.format(day=day, spent="", cell=""))
        assert [row for row in answer if row[2]] == [row[:3] for row in by_hand]

    @pytest.mark.parametrize(
        ("cut", "spent"),
        [("", ""), ("|date:2024", "AND d.day >= '2024-01-01' AND d.day < '2025-01-01'")],
        ids=["all", "a year"],
    )
    def test_what_they_brought_is_counted_up_to_it(self, company: Company, cut: str, spent: str) -> None:
        day = "2025-02-11"
        ways = ["rfm_recency", "rfm_frequency", "customers", "orders", "revenue"]
        answer = company.asked("customers", *ways, cell=f"customer:__null__,Seoul|currency:KRW{cut}", rfm=day)

        home = """AND coalesce((SELECT o.currency FROM orders o JOIN order_lines l ON l.order_id = o.id
            AND l.kind = 'SALE' JOIN calendar_days d ON d.day = (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date
            WHERE o.customer_id = k.id ORDER BY d.day, o.currency LIMIT 1), 'KRW') = 'KRW' AND k.region = 'Seoul'"""
        by_hand = company.rows(MATRIX.format(day=day, spent=f"{spent} AND o.currency = 'KRW'", cell=home))
        assert [(*row[:4], str(row[4])) for row in answer if row[2]] == by_hand
        assert sum(row[3] for row in by_hand) > 20

    def test_it_is_the_month_ends_matrix_on_that_day(self, company: Company) -> None:
        ways = ["rfm_recency", "rfm_frequency", "customers", "orders", "month_end", "complete"]

        (first, *_), (second, *_) = (
            company.asked("customers", *ways, cell="currency:KRW", rfm=day)
            for day in ("2025-01-31", "2025-02-01")
        )

        assert (str(first[4]), str(second[4])) == ("2025-01-31", "2025-02-01")
        assert first[5] is second[5] is True

    @pytest.mark.parametrize("cell", ["stage:loyal", "activity:new", "rfm_cell:133", "cohort:2024"])
    def test_what_is_told_of_months_ends_alone_is_refused(self, company: Company, cell: str) -> None:
        name = cell.partition(":")[0]

        with pytest.raises(
            RequestError,
            match=f"{name} is told of months' ends, and rfm of 2025-02-11 .* ask for rfm of 2025-02-28",
        ):
            company.asked("customers", cell=cell, rfm="2025-02-11")
