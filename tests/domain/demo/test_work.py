"""The demo company's opportunities, tasks, stock, payments and shipments could have come about by the rules."""

from tests.domain.demo.asking import Connection, none_of

END = "2026-01-01T00:00:00+09:00"


class TestOpportunities:
    async def test_stages_only_go_forward_and_the_last_is_the_opportunitys(self, asked: Connection) -> None:
        stages = ["LEAD", "QUALIFIED", "PROPOSED", "NEGOTIATING", "WON", "LOST"]

        await none_of(
            asked,
            """SELECT opportunity_id FROM (
                   SELECT opportunity_id, from_stage, to_stage, moved_at, lag(to_stage) OVER w AS was,
                          lag(moved_at) OVER w AS before, lead(id) OVER w IS NULL AS is_last
                   FROM opportunity_moves WINDOW w AS (PARTITION BY opportunity_id ORDER BY id)) AS steps
               JOIN opportunities o ON o.id = opportunity_id
               WHERE from_stage IS DISTINCT FROM was OR before > moved_at
                  OR array_position($1::text[], from_stage) >= array_position($1::text[], to_stage)
                  OR was IN ('WON', 'LOST') OR (is_last AND o.stage <> to_stage)""",
            stages,
        )

    async def test_they_are_organisations_and_their_agents(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT o.id FROM opportunities o JOIN customers c ON c.id = o.customer_id
               WHERE c.kind <> 'ORGANISATION' OR o.owner_id IS DISTINCT FROM c.owner_id""",
        )


class TestTasks:
    async def test_each_is_of_the_agent_who_reached_nobody(self, asked: Connection) -> None:
        open_and_done = await asked.fetch("SELECT DISTINCT state FROM tasks ORDER BY 1")

        assert [row["state"] for row in open_and_done] == ["DONE", "OPEN"]
        await none_of(
            asked,
            """SELECT k.id FROM tasks k JOIN touchpoints t ON t.id = k.touchpoint_id
               WHERE t.outcome <> '부재중' OR k.owner_id <> t.agent_id OR k.customer_id <> t.customer_id
                  OR k.created_at <> t.occurred_at OR k.closed_at <= k.created_at""",
        )


class TestGoods:
    async def test_every_product_has_one_level_and_none_is_below_zero(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT p.id FROM products p LEFT JOIN stock_levels s ON s.product_id = p.id
               GROUP BY p.id HAVING count(s.id) <> 1 OR min(s.quantity) < 0""",
        )

    async def test_what_was_paid_in_the_last_month_is_what_the_orders_come_to(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            f"""SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
                LEFT JOIN payments p ON p.order_id = o.id
                WHERE o.ordered_at >= timestamptz '{END}' - interval '30 days' AND o.number NOT LIKE '%-R'
                GROUP BY o.id, p.id HAVING greatest(sum(l.net_revenue), 0) <> coalesce(p.amount, 0)""",
        )

    async def test_what_is_sent_is_what_was_ordered_from_afar(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT s.id FROM shipments s JOIN orders o ON o.id = s.order_id
               WHERE o.channel = 'STORE'
                  OR (SELECT sum(quantity) FROM shipment_lines WHERE shipment_id = s.id) IS DISTINCT FROM (
                      SELECT sum(quantity) FROM order_lines
                      WHERE order_id = o.id AND product_id IS NOT NULL AND kind IN ('SALE', 'FREE', 'CANCELLATION'))""",
        )


class TestTimes:
    async def test_nothing_happened_after_the_last_day(self, asked: Connection) -> None:
        for table, column in (
            ("opportunity_moves", "moved_at"),
            ("tasks", "closed_at"),
            ("payment_states", "reached_at"),
            ("shipment_states", "reached_at"),
            ("stock_levels", "as_of"),
        ):
            await none_of(asked, f"SELECT id FROM {table} WHERE {column} >= '{END}'")
