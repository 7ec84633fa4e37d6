"""The demo company's points, consents, cases, households, stages, segments and targets came about by the rules."""

from tests.domain.demo.asking import Connection, none_of


class TestPoints:
    async def test_no_balance_was_ever_negative(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT id FROM (SELECT id, sum(points) OVER (PARTITION BY customer_id ORDER BY occurred_at, id) AS held
                               FROM points_entries) AS running
               WHERE held < 0""",
        )

    async def test_an_order_earns_a_point_for_each_thousand_won_that_was_kept(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT e.id FROM points_entries e JOIN orders o ON o.id = e.order_id
               WHERE e.kind = 'EARNED' AND (e.customer_id <> o.customer_id OR e.points <> (
                   SELECT floor(sum(l.net_revenue) / 1000) FROM orders b JOIN order_lines l ON l.order_id = b.id
                   WHERE b.number IN (o.number, o.number || '-R')))""",
        )

    async def test_only_what_is_two_years_old_expires(self, asked: Connection) -> None:
        expired = await asked.fetchval("SELECT count(*) FROM points_entries WHERE kind = 'EXPIRED'")

        assert expired > 0
        await none_of(
            asked,
            """SELECT x.id FROM points_entries x WHERE x.kind = 'EXPIRED' AND NOT EXISTS (
                   SELECT FROM points_entries e WHERE e.kind = 'EARNED' AND e.customer_id = x.customer_id
                     AND e.occurred_at = x.occurred_at - interval '730 days' AND e.points >= -x.points)""",
        )


class TestConsents:
    async def test_nobody_got_a_mail_or_text_message_without_having_agreed(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT t.id FROM touchpoints t
               LEFT JOIN consents y ON y.customer_id = t.customer_id AND y.purpose = 'MARKETING' AND y.given
               LEFT JOIN consents n ON n.customer_id = t.customer_id AND n.purpose = 'MARKETING' AND NOT n.given
               WHERE t.customer_id IS NOT NULL AND t.direction = 'OUTBOUND' AND t.channel IN ('EMAIL', 'SMS')
                 AND (y.id IS NULL OR y.at > t.occurred_at OR n.at <= t.occurred_at)""",
        )


class TestCases:
    async def test_the_last_move_is_the_cases_state_and_the_first_its_opening(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT c.id FROM cases c
               WHERE c.state <> (SELECT to_state FROM case_moves WHERE case_id = c.id ORDER BY id DESC LIMIT 1)
                  OR c.opened_at <> (SELECT min(moved_at) FROM case_moves
                                     WHERE case_id = c.id AND from_state IS NULL AND to_state = 'NEW')""",
        )

    async def test_moves_follow_each_other_forward_in_time(self, asked: Connection) -> None:
        legal = ["NEW-OPEN", "OPEN-WAITING_CUSTOMER", "WAITING_CUSTOMER-OPEN", "OPEN-SOLVED", "SOLVED-CLOSED"]

        await none_of(
            asked,
            """SELECT case_id FROM (
                   SELECT case_id, from_state, concat(from_state, '-', to_state) AS step, moved_at,
                          lag(to_state) OVER w AS was, lag(moved_at) OVER w AS before
                   FROM case_moves WINDOW w AS (PARTITION BY case_id ORDER BY id)) AS steps
               WHERE from_state IS DISTINCT FROM was OR before >= moved_at
                  OR (from_state IS NOT NULL AND step <> ALL($1::text[]))""",
            legal,
        )

    async def test_each_began_with_a_contact_of_its_customer(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT c.id FROM cases c LEFT JOIN case_touchpoints l ON l.case_id = c.id
               LEFT JOIN touchpoints t ON t.id = l.touchpoint_id
               WHERE t.customer_id IS DISTINCT FROM c.customer_id OR t.occurred_at <> c.opened_at
                  OR c.owner_id IS NULL""",
        )


class TestHouseholds:
    async def test_each_has_two_persons_of_one_district(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT m.household_id FROM household_members m JOIN customers c ON c.id = m.customer_id
               GROUP BY 1 HAVING count(*) <> 2 OR count(DISTINCT c.district) <> 1 OR bool_or(c.kind <> 'PERSON')
                   OR min(m.since_on) < max(c.joined_on)""",
        )


class TestLifecycle:
    async def test_every_stage_is_some_customers_at_the_end_of_the_last_day(self, asked: Connection) -> None:
        stages = await asked.fetch("SELECT DISTINCT lifecycle_stage FROM customers ORDER BY 1")

        assert [row[0] for row in stages] == [
            "AT_RISK",
            "GROWING",
            "LAPSED",
            "LOYAL",
            "NEW",
            "PROSPECT",
            "WON_BACK",
        ]
        await none_of(
            asked,
            """SELECT id FROM customers
               WHERE lifecycle_since <> joined_on::timestamp AT TIME ZONE 'Asia/Seoul'
                 AND lifecycle_since NOT IN ('2025-09-30T23:59:59+09:00', '2025-10-31T23:59:59+09:00',
                                             '2025-11-30T23:59:59+09:00', '2025-12-31T23:59:59+09:00')""",
        )

    async def test_stages_have_a_past_that_ends_in_the_present_one(self, asked: Connection) -> None:
        moved = await asked.fetchval(
            """SELECT count(DISTINCT since) FROM customer_lifecycle_stages
               WHERE (since AT TIME ZONE 'Asia/Seoul')::time = '23:59:59'"""
        )

        assert moved == 4
        await none_of(
            asked,
            """SELECT c.id FROM customers c JOIN LATERAL (
                   SELECT stage, since FROM customer_lifecycle_stages s WHERE s.customer_id = c.id
                   ORDER BY since DESC LIMIT 1) last ON true
               WHERE last.stage <> c.lifecycle_stage OR last.since <> c.lifecycle_since""",
        )


class TestSegments:
    async def test_who_is_in_meets_the_rule_at_the_end_of_the_last_day(self, asked: Connection) -> None:
        often = """SELECT customer_id FROM orders o
                   WHERE customer_id IS NOT NULL AND ordered_at >= '2025-01-01T00:00:00+09:00'
                     AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE')
                   GROUP BY 1 HAVING count(*) >= 6"""
        much = """SELECT o.customer_id FROM orders o JOIN order_lines l ON l.order_id = o.id
                  WHERE o.customer_id IS NOT NULL AND o.ordered_at >= '2025-01-01T00:00:00+09:00'
                  GROUP BY 1 HAVING sum(l.net_revenue) >= 2000000"""

        for name, expected in (("단골", often), ("큰손", much)):
            inside = await asked.fetch(
                """SELECT m.customer_id FROM segment_members m JOIN segments s ON s.id = m.segment_id
                   WHERE s.name = $1 AND m.left_at IS NULL""",
                name,
            )
            assert {row[0] for row in inside} == {row[0] for row in await asked.fetch(expected)}
            assert inside

    async def test_each_month_some_come_and_some_go(self, asked: Connection) -> None:
        months = await asked.fetchval(
            """SELECT count(DISTINCT (m.segment_id, m.left_at)) FROM segment_members m WHERE m.left_at IS NOT NULL"""
        )

        assert months == 2 * 3


class TestTargets:
    async def test_each_month_of_the_last_year_is_to_bring_8_percent_more_than_that_of_the_year_before(
        self, asked: Connection
    ) -> None:
        months = await asked.fetchval("SELECT count(DISTINCT period_from) FROM targets")

        assert months == 12
        await none_of(
            asked,
            """SELECT t.id FROM targets t JOIN LATERAL (
                   SELECT sum(l.net_revenue) AS brought FROM orders o JOIN order_lines l ON l.order_id = o.id
                   WHERE (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date >= t.period_from - interval '1 year'
                     AND (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date < t.period_to - interval '1 year') was ON true
               WHERE t.value < was.brought * 1.08 OR t.value >= was.brought * 1.08 + 1000000
                  OR t.cube <> 'sales' OR t.aggregate <> 'net_revenue' OR t.cut <> 'currency:KRW'""",
        )


class TestRates:
    async def test_each_day_has_a_rate_of_dollars_that_a_treasury_could_plan_with(
        self, asked: Connection
    ) -> None:
        first = await asked.fetchval("SELECT min(ordered_at) AT TIME ZONE 'Asia/Seoul' FROM orders")
        rates = await asked.fetch("SELECT valid_on, round(1 / rate) AS won FROM exchange_rates ORDER BY 1")

        assert rates[0]["valid_on"] <= first.date()
        assert len(rates) == 12
        assert all(1300 <= row["won"] <= 1400 for row in rates)


class TestTimes:
    async def test_nothing_happened_after_the_last_day(self, asked: Connection) -> None:
        for table, column in (
            ("points_entries", "occurred_at"),
            ("consents", "at"),
            ("case_moves", "moved_at"),
            ("cases", "rated_at"),
        ):
            await none_of(asked, f"SELECT id FROM {table} WHERE {column} >= '2026-01-01T00:00:00+09:00'")
