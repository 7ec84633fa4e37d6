"""The customers cube says what hand-written SQL says on the domain's tables, from a copy and from the mart."""

from decimal import Decimal
from typing import Any

import pytest
from adbc_driver_manager.dbapi import Connection

from tests.olap.months.company import MONTHS
from tests.olap.months.conftest import Company, rows_of
from tests.olap.store.shop import Cube

YEARS = "date:2024-2025"
BY_MONTH: dict[str, Any] = {"cell": YEARS, "drilldown": ["date@ymd:month"]}


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Numbers as the two sides can be compared: amounts exact, ratios to 9 digits."""
    return [tuple(_plain(value) for value in row) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9)
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


ACTIVE = f"""{MONTHS}
SELECT m.year, m.month, count(DISTINCT b.customer_id),
       count(DISTINCT b.customer_id) FILTER (WHERE f.at >= m.begins),
       count(DISTINCT b.customer_id) FILTER (WHERE f.at < m.begins), count(b.id),
       count(b.id)::float8 / count(DISTINCT b.customer_id)
FROM months m JOIN bought b ON b.ordered_at >= m.begins AND b.ordered_at < m.ends JOIN firsts f USING (customer_id)
GROUP BY 1, 2 ORDER BY 1, 2
"""

REVENUE = f"""{MONTHS}
SELECT m.year, m.month, o.currency, sum(l.net_revenue)::text
FROM months m JOIN orders o ON o.ordered_at >= m.begins AND o.ordered_at < m.ends
JOIN order_lines l ON l.order_id = o.id
WHERE o.customer_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

STANDING = f"""{MONTHS}, known AS (
    SELECT c.id, least((SELECT min(day) FROM bought b WHERE b.customer_id = c.id),
                       c.joined_on, (c.created_at AT TIME ZONE 'Asia/Seoul')::date,
                       (SELECT min((occurred_at AT TIME ZONE 'Asia/Seoul')::date) FROM points_entries p
                        WHERE p.customer_id = c.id),
                       (SELECT min(valid_from) FROM rfm_scores r WHERE r.customer_id = c.id AND scheme = 'default'),
                       (SELECT min((o.ordered_at AT TIME ZONE 'Asia/Seoul')::date) FROM orders o
                        WHERE o.customer_id = c.id AND o.ordered_at > '1971-01-01'),
                       (c.lifecycle_since AT TIME ZONE 'Asia/Seoul')::date,
                       (SELECT min((s.since AT TIME ZONE 'Asia/Seoul')::date) FROM customer_lifecycle_stages s
                        WHERE s.customer_id = c.id)
                      ) AS since
    FROM customers c
)
SELECT m.year, m.month, (SELECT count(*) FROM known k WHERE k.since <= m.last_day),
       (SELECT count(*) FROM firsts f WHERE f.at < m.ends),
       (SELECT count(*) FROM (
            SELECT customer_id FROM bought b WHERE b.ordered_at < m.ends GROUP BY 1 HAVING count(*) > 1) r),
       (SELECT sum(points)::int FROM points_entries p WHERE p.occurred_at < m.ends),
       (SELECT avg(m.last_day - l.day)::float8 FROM (
            SELECT customer_id, max(day) AS day FROM bought b WHERE b.ordered_at < m.ends GROUP BY 1) l)
FROM months m ORDER BY 1, 2
"""

# As they stood when the running month began.
LAST_ENDED = """
SELECT (SELECT count(*)::int FROM customers WHERE created_at < m.begins),
       (SELECT sum(points)::int FROM points_entries WHERE occurred_at < m.begins)
FROM (SELECT date_trunc('month', now() AT TIME ZONE 'Asia/Seoul') AT TIME ZONE 'Asia/Seoul' AS begins) m
"""

LAST_MEMBERSHIPS = """
SELECT count(*)::int FROM segment_members,
       (SELECT date_trunc('month', now() AT TIME ZONE 'Asia/Seoul') AT TIME ZONE 'Asia/Seoul' AS begins) m
WHERE entered_at < begins AND (left_at IS NULL OR left_at >= begins)
"""

# The rules of the lifecycle change in the summer of 2025 (see the company): 90 days of silence, then 60.
LOST = f"""{MONTHS}, lasts AS (
    SELECT m.year, m.month, m.last_day, m.begins, b.customer_id, max(b.day) AS last_on, min(b.day) AS first_on,
           CASE WHEN m.last_day < '2025-06-30' THEN 90 ELSE 60 END AS silence
    FROM months m JOIN bought b ON b.ordered_at < m.ends GROUP BY 1, 2, 3, 4, 5
)
SELECT year, month, avg(last_on - first_on)::float8,
       count(*) FILTER (WHERE last_day - last_on >= silence),
       count(*) FILTER (WHERE last_day - last_on >= silence
           AND (begins AT TIME ZONE 'Asia/Seoul')::date - 1 - last_on < silence),
       (count(*) FILTER (WHERE last_day - last_on >= silence))::float8 / count(*)
FROM lasts GROUP BY 1, 2 ORDER BY 1, 2
"""

LIFETIMES = f"""{MONTHS}, homes AS (
    SELECT DISTINCT ON (b.customer_id) b.customer_id, b.currency
    FROM bought b JOIN currencies c ON c.code = b.currency ORDER BY b.customer_id, b.day, c.number
)
SELECT m.year, m.month, coalesce(sum(l.net_revenue), 0)::text, count(DISTINCT f.customer_id)
FROM months m
JOIN firsts f ON f.at < m.ends
JOIN homes h ON h.customer_id = f.customer_id AND h.currency = 'KRW'
JOIN orders o ON o.customer_id = f.customer_id AND o.currency = h.currency AND o.ordered_at < m.ends
JOIN calendar_days c ON c.day = (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date
JOIN order_lines l ON l.order_id = o.id
GROUP BY 1, 2 ORDER BY 1, 2
"""

FORETOLD = f"""{MONTHS}, homes AS (
    SELECT c.id, coalesce((SELECT b.currency FROM bought b JOIN currencies u ON u.code = b.currency
                           WHERE b.customer_id = c.id ORDER BY b.day, u.number LIMIT 1), 'KRW') AS currency
    FROM customers c
), told AS (
    SELECT DISTINCT ON (m.year, m.month, s.customer_id) m.year, m.month, s.currency, s.p_alive, s.value
    FROM months m JOIN lifetime_scores s ON s.scored_on <= m.last_day
    JOIN homes h ON h.id = s.customer_id AND h.currency = s.currency
    ORDER BY m.year, m.month, s.customer_id, s.scored_on DESC
)
SELECT year, month, currency, count(*), sum(value)::text, avg(p_alive)::float8, avg(1 - p_alive)::float8
FROM told GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

INTERVALS = f"""{MONTHS}
SELECT m.year, m.month, avg(b.day - b.before)::float8
FROM months m JOIN (
    SELECT *, lag(day) OVER (PARTITION BY customer_id ORDER BY day, id) AS before FROM bought
) b ON b.ordered_at >= m.begins AND b.ordered_at < m.ends
GROUP BY 1, 2 ORDER BY 1, 2
"""

COHORTS = f"""{MONTHS}, cohorts AS (
    SELECT customer_id, date_trunc('month', at AT TIME ZONE 'Asia/Seoul') AS cohort FROM firsts
), sizes AS (SELECT cohort, count(*) AS size FROM cohorts GROUP BY 1), months_later AS (
    SELECT cohort, count(DISTINCT customer_id) AS active, extract(year FROM age(m.last_day + 1, cohort))::int * 12
           + extract(month FROM age(m.last_day + 1, cohort))::int - 1 AS k
    FROM months m JOIN bought b ON b.ordered_at >= m.begins AND b.ordered_at < m.ends JOIN cohorts USING (customer_id)
    GROUP BY cohort, m.last_day
)
SELECT extract(year FROM cohort)::int, extract(month FROM cohort)::int, k, active, active::float8 / size
FROM months_later JOIN sizes USING (cohort) ORDER BY 1, 2, 3
"""

CELLS = f"""{MONTHS}, held AS (
    SELECT m.last_day, m.begins, m.ends, r.customer_id, r.recency, r.frequency,
           concat(r.recency, r.frequency, r.monetary) AS cell
    FROM months m JOIN rfm_scores r ON r.valid_from <= m.last_day AND (r.valid_to IS NULL OR m.last_day < r.valid_to)
    WHERE r.scheme = 'default'
)
"""

MATRIX = f"""{CELLS}
SELECT h.recency, h.frequency, count(*),
       coalesce(sum((SELECT sum(l.net_revenue) FROM orders o JOIN order_lines l ON l.order_id = o.id
            WHERE o.customer_id = h.customer_id AND o.currency = 'KRW'
              AND o.ordered_at >= h.begins AND o.ordered_at < h.ends)), 0)::text
FROM held h WHERE last_day = '2024-09-30' GROUP BY 1, 2 ORDER BY 1, 2
"""

MOVES = f"""{CELLS}
SELECT b.cell, h.cell, count(*) FROM held h
LEFT JOIN held b ON b.customer_id = h.customer_id AND b.last_day = (h.begins AT TIME ZONE 'Asia/Seoul')::date - 1
WHERE h.last_day = '2024-09-30' GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2
"""

STAGES = f"""{MONTHS}, stages AS (
    SELECT m.last_day, s.customer_id, (array_agg(lower(stage) ORDER BY since DESC))[1] AS stage
    FROM months m JOIN customer_lifecycle_stages s ON s.since < m.ends GROUP BY 1, 2
)
SELECT b.stage, h.stage, count(*) FROM stages h
LEFT JOIN stages b ON b.customer_id = h.customer_id AND b.last_day = '2024-05-31'
WHERE h.last_day = '2024-06-30' GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2
"""


class TestMonths:
    def test_activity(self, company: Company) -> None:
        names = ["active", "new", "returning", "orders", "frequency"]

        found = company.asked("customers", "date.year", "date.month", *names, aggregates=names, **BY_MONTH)

        assert plain(found) == plain(company.rows(ACTIVE))

    def test_revenue_in_each_currency(self, company: Company) -> None:
        found = company.asked(
            *("customers", "date.year", "date.month", "currency", "revenue"),
            cell=YEARS,
            drilldown=["date@ymd:month", "currency"],
            aggregates=["revenue"],
        )

        assert [(*row[:3], str(row[3])) for row in found if row[3]] == [
            row for row in company.rows(REVENUE) if Decimal(row[3])
        ]

    def test_who_stands_at_the_end_of_each(self, company: Company) -> None:
        names = ["customers", "buyers", "repeat_buyers", "points", "average_recency"]

        found = company.asked("customers", "date.year", "date.month", *names, aggregates=names, **BY_MONTH)

        assert plain(found) == plain(company.rows(STANDING))

    def test_how_long_they_have_stayed_and_who_is_lost(self, company: Company) -> None:
        names = ["average_relationship", "churned", "lost", "churn_rate"]

        found = company.asked("customers", "date.year", "date.month", *names, aggregates=names, **BY_MONTH)

        by_hand = company.rows(LOST)
        assert plain(found) == plain(by_hand)
        assert {0} < {row[3] for row in by_hand}
        assert any(row[4] not in {0, row[3]} for row in by_hand)

    def test_what_they_have_brought_so_far(self, company: Company) -> None:
        names = ["lifetime_value", "average_lifetime_value"]

        found = company.asked(
            *("customers", "date.year", "date.month", *names),
            cell=f"{YEARS}|currency:KRW|purchases:one;several",
            drilldown=["date@ymd:month"],
            aggregates=names,
        )

        by_hand = company.rows(LIFETIMES)
        assert [row[:3] for row in found] == [(*row[:2], Decimal(row[2])) for row in by_hand]
        means = [float(row[2]) / row[3] for row in by_hand]
        assert [row[3] for row in found] == pytest.approx(means)

    def test_what_they_will_bring(self, company: Company) -> None:
        names = ["foretold", "predicted_value", "p_alive", "churn_risk"]

        found = company.asked(
            *("customers", "date.year", "date.month", "currency", *names),
            cell=YEARS,
            drilldown=["date@ymd:month", "currency"],
            aggregates=names,
        )

        by_hand = company.rows(FORETOLD)
        told = [row for row in found if row[3]]
        assert [row[:5] for row in told] == [(*row[:4], Decimal(row[4])) for row in by_hand]
        assert [row[5:] for row in told] == [pytest.approx(row[5:]) for row in by_hand]
        assert {row[2] for row in by_hand} == {"KRW", "USD"}
        assert {row[4:] for row in found if not row[3]} == {(None, None, None)}

    def test_levels_of_a_year_are_those_of_its_last_month(self, company: Company) -> None:
        names = ["customers", "points", "buyers", "repeat_rate", "average_recency", "average_relationship"]

        (year,) = company.asked(
            "customers", *names, cell="date:2024", drilldown=["date:year"], aggregates=names
        )
        (month,) = company.asked(
            "customers", *names, cell="date:2024,4,12", drilldown=["date:year"], aggregates=names
        )

        assert year == month

    def test_levels_of_ended_months_are_those_of_the_last_one(self, company: Company) -> None:
        refs = ["month_ended", "customers", "points"]

        by_hand = company.rows(LAST_ENDED)

        assert plain([company.whole("customers", *refs[1:], cell="month_ended:yes")]) == plain(by_hand)
        drilled = company.asked("customers", *refs, drilldown=["month_ended"], aggregates=refs[1:])
        assert [row[0] for row in drilled] == ["no", "yes"]
        assert plain([row[1:] for row in drilled if row[0] == "yes"]) == plain(by_hand)
        assert by_hand[0][0] > 0

    def test_memberships_in_ended_months_are_those_of_the_last_one(self, company: Company) -> None:
        cut = company.whole("segments", "memberships", cell="month_ended:yes")

        assert plain([cut]) == plain(company.rows(LAST_MEMBERSHIPS))
        assert cut[0] > 0

    def test_intervals_between_purchases(self, company: Company) -> None:
        found = company.asked(
            *("customers", "date.year", "date.month", "average_interval"),
            aggregates=["average_interval"],
            **BY_MONTH,
        )

        assert plain(found) == plain(company.rows(INTERVALS))


class TestCohorts:
    def test_retention(self, company: Company) -> None:
        found = company.asked(
            *("customers", "cohort.year", "cohort.month", "months_since", "active", "retention"),
            cell=YEARS,
            drilldown=["cohort@ymd:month", "months_since"],
            aggregates=["active", "retention"],
        )

        wanted = [row for row in found if row[0] is not None and row[3]]
        assert plain(wanted) == plain(company.rows(COHORTS))


class TestCells:
    def test_the_matrix_of_a_month(self, company: Company) -> None:
        found = company.asked(
            *("customers", "rfm_recency", "rfm_frequency", "customers", "revenue"),
            cell="date:2024,3,9|currency:KRW",
            drilldown=["rfm_recency", "rfm_frequency"],
            aggregates=["customers", "revenue"],
        )
        everybody = company.asked(
            *("customers", "rfm_recency", "rfm_frequency", "customers"),
            cell="date:2024,3,9",
            drilldown=["rfm_recency", "rfm_frequency"],
            aggregates=["customers"],
        )

        by_hand = company.rows(MATRIX)
        assert [row for row in everybody if row[0]] == [row[:3] for row in by_hand]
        assert [row[3] for row in found if row[0]] == [Decimal(row[3]) for row in by_hand]

    def test_moves_between_cells(self, company: Company) -> None:
        found = company.asked(
            *("customers", "rfm_cell_before", "rfm_cell", "customers"),
            cell="date:2024,3,9",
            drilldown=["rfm_cell_before", "rfm_cell"],
            aggregates=["customers"],
        )

        assert [row for row in found if row[1]] == company.rows(MOVES)

    def test_moves_between_stages(self, company: Company) -> None:
        found = company.asked(
            *("customers", "stage_before", "stage", "customers"),
            cell="date:2024,2,6",
            drilldown=["stage_before", "stage"],
            aggregates=["customers"],
        )

        assert [row for row in found if row[1]] == company.rows(STAGES)


class TestSegments:
    QUERY = f"""{MONTHS}
    SELECT s.name, m.year, m.month,
           count(*) FILTER (WHERE e.left_at IS NULL OR e.left_at >= m.ends),
           count(DISTINCT e.customer_id) FILTER (WHERE e.left_at IS NULL OR e.left_at >= m.ends),
           count(*) FILTER (WHERE e.entered_at >= m.begins),
           count(*) FILTER (WHERE e.left_at < m.ends)
    FROM segments s CROSS JOIN months m
    JOIN segment_members e
        ON e.segment_id = s.id AND e.entered_at < m.ends AND (e.left_at IS NULL OR e.left_at >= m.begins)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """

    def test_members_entries_and_exits(self, company: Company) -> None:
        names = ["memberships", "members", "entries", "exits"]

        found = company.asked(
            *("segments", "segment", "date.year", "date.month", *names),
            cell=YEARS,
            drilldown=["segment", "date@ymd:month"],
            aggregates=names,
        )

        assert found == company.rows(self.QUERY)


class TestEngines:
    def test_what_duckdb_computes_is_what_the_views_say(self, copied: Cube) -> None:
        assert copied.differences() == ()

    @pytest.mark.parametrize("table", ["customer_month", "segment_member"])
    def test_row_by_row(self, copied: Cube, by_hand: Connection, table: str) -> None:
        ours = copied.rows(f"SELECT * FROM {table} ORDER BY 1")
        theirs = rows_of(by_hand, f"SELECT * FROM mart.{table} ORDER BY 1")

        assert [tuple(map(str, row)) for row in ours] == [tuple(map(str, row)) for row in theirs]
