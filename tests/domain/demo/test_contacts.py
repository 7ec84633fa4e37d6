"""The demo company's touchpoints: every channel, working hours, and links that fit."""

from tests.domain.demo.asking import START, UNTIL, Connection, none_of

LOCAL = "(t.occurred_at AT TIME ZONE 'Asia/Seoul')"


class TestTouchpoints:
    async def test_every_channel_and_kind_is_there(self, asked: Connection) -> None:
        channels = await asked.fetch("SELECT DISTINCT channel FROM touchpoints ORDER BY 1")
        kinds = await asked.fetch("SELECT DISTINCT kind FROM touchpoints ORDER BY 1")

        assert [row["channel"] for row in channels] == [
            "CHAT",
            "EMAIL",
            "INBOUND_CALL",
            "LETTER",
            "MOBILE",
            "OUTBOUND_CALL",
            "SALES_VISIT",
            "SERVICE_VISIT",
            "SMS",
            "STORE",
            "WEB",
        ]
        assert [row["kind"] for row in kinds] == ["CONTACT", "REVIEW", "SURVEY", "VIEW"]

    async def test_all_lie_in_the_period_and_after_joining(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT t.id FROM touchpoints t LEFT JOIN customers c ON c.id = t.customer_id
                WHERE {LOCAL}::date < $1 OR {LOCAL}::date >= $2 OR {LOCAL}::date < c.joined_on""",
            START,
            UNTIL,
        )

    async def test_a_linked_order_is_the_same_customers(self, asked: Connection) -> None:
        linked = await asked.fetchval("SELECT count(*) FROM touchpoints WHERE order_id IS NOT NULL")

        assert linked > 5000
        await none_of(
            asked,
            """SELECT t.id FROM touchpoints t JOIN orders o ON o.id = t.order_id
               WHERE t.customer_id IS DISTINCT FROM o.customer_id""",
        )

    async def test_what_follows_an_order_comes_after_it_and_what_leads_to_it_before(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT t.id FROM touchpoints t JOIN orders o ON o.id = t.order_id
               WHERE (t.kind IN ('REVIEW', 'SURVEY') OR t.channel IN ('CHAT', 'SERVICE_VISIT'))
                     AND t.occurred_at <= o.ordered_at
                  OR (t.kind = 'VIEW' OR t.channel = 'STORE') AND t.occurred_at > o.ordered_at""",
        )

    async def test_calls_and_visits_are_on_working_days_in_working_hours(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT t.id, {LOCAL} FROM touchpoints t
                WHERE t.channel IN ('INBOUND_CALL', 'OUTBOUND_CALL', 'SALES_VISIT', 'SERVICE_VISIT')
                  AND (extract(isodow FROM {LOCAL}) > 5 OR {LOCAL}::time < '09:00' OR {LOCAL}::time >= '18:00'
                       OR {LOCAL}::date IN ('2024-03-01', '2024-12-25', '2025-01-01', '2025-10-06'))""",
        )

    async def test_nothing_is_sent_in_the_night_window(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT t.id FROM touchpoints t WHERE t.direction = 'OUTBOUND'
                AND ({LOCAL}::time < '08:00' OR {LOCAL}::time >= '21:00')""",
        )

    async def test_advice_in_shops_is_given_by_the_shops_agents_while_it_is_open(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            f"""SELECT t.id FROM touchpoints t JOIN branches b ON b.id = t.branch_id
                WHERE t.channel = 'STORE' AND (
                    {LOCAL}::time < '10:30' OR {LOCAL}::time >= '20:30' OR {LOCAL}::date < b.opened_on
                    OR {LOCAL}::date >= b.closed_on
                    OR NOT EXISTS (SELECT FROM user_branches u
                                   WHERE u.user_id = t.agent_id AND u.branch_id = t.branch_id))""",
        )

    async def test_reviews_are_rated_and_better_where_nothing_went_back(self, asked: Connection) -> None:
        ratings = await asked.fetchrow(
            """SELECT avg(t.rating) FILTER (WHERE r.id IS NULL) AS kept, avg(t.rating) FILTER (WHERE r.id > 0) AS back,
                      count(*) FILTER (WHERE t.rating IS NULL) AS unrated
               FROM touchpoints t JOIN orders o ON o.id = t.order_id LEFT JOIN orders r ON r.number = o.number || '-R'
               WHERE t.kind IN ('REVIEW', 'SURVEY')"""
        )

        assert ratings is not None
        assert ratings["unrated"] == 0
        assert 4.0 < ratings["kept"] < 4.7
        assert ratings["back"] < 3.2

    async def test_visits_of_strangers_name_a_visitor_and_no_customer(self, asked: Connection) -> None:
        strangers = await asked.fetchval(
            "SELECT count(*) FROM touchpoints WHERE customer_id IS NULL AND visitor_id IS NOT NULL"
        )

        assert strangers > 1000
        await none_of(asked, "SELECT id FROM touchpoints WHERE customer_id IS NULL AND visitor_id IS NULL")

    async def test_topics_are_words(self, asked: Connection) -> None:
        await none_of(
            asked,
            "SELECT id, topics FROM touchpoints WHERE cardinality(topics) <> 1 OR topics[1] !~ '^[가-힣·]+$'",
        )
