"""The demo company's offers: the whole tree, limits and budgets kept, histories that could have happened."""

from tests.domain.demo.asking import Connection, none_of


class TestOffers:
    async def test_core_rewards_and_proactive_benefits_of_every_sort_are_there(
        self, asked: Connection
    ) -> None:
        kinds = {row["kind"] for row in await asked.fetch("SELECT kind FROM offers")}

        assert len(kinds) == 19
        assert {
            "CORE",
            "REWARD_GIFT",
            "PROACTIVE_DISCOUNT",
            "REWARD_SERVICE",
            "PROACTIVE_PERSONAL_PAGE",
        } <= kinds
        assert {"REWARD_OWN_AGENT", "REWARD_THANK_YOU_LETTER", "REWARD_CONGRATULATION"} <= kinds

    async def test_no_offer_is_granted_outside_its_validity_or_over_its_limit(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT g.id FROM offer_grants g JOIN offers o ON o.id = g.offer_id
               WHERE g.granted_at < o.valid_from OR g.granted_at >= o.valid_to""",
        )
        await none_of(
            asked,
            """SELECT o.code FROM offers o JOIN offer_grants g ON g.offer_id = o.id
               GROUP BY o.id HAVING count(*) > o.quantity_limit""",
        )

    async def test_agents_grant_what_is_theirs_within_the_months_budget(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT g.id FROM offer_grants g JOIN offers o ON o.id = g.offer_id
               WHERE (g.granted_by_id IS NOT NULL) <> o.agent_grantable""",
        )
        await none_of(
            asked,
            """SELECT g.granted_by_id FROM offer_grants g JOIN offers o ON o.id = g.offer_id
               WHERE o.agent_grantable
               GROUP BY o.id, 1, date_trunc('month', g.granted_at AT TIME ZONE 'Asia/Seoul')
               HAVING sum(o.cost) > o.agent_monthly_budget""",
        )


class TestGrants:
    async def test_every_state_is_the_end_of_some(self, asked: Connection) -> None:
        states = await asked.fetch("SELECT state FROM offer_grants GROUP BY 1 ORDER BY 1")

        assert [row["state"] for row in states] == [
            "ACCEPTED",
            "DECLINED",
            "DELIVERED",
            "EXPIRED",
            "PROPOSED",
            "REDEEMED",
            "VIEWED",
        ]

    async def test_histories_take_only_legal_steps_forward_in_time(self, asked: Connection) -> None:
        # The steps a grant may take, written out; the tree has no way back.
        legal = [
            "-PROPOSED",
            "PROPOSED-DELIVERED",
            "PROPOSED-EXPIRED",
            "DELIVERED-VIEWED",
            "DELIVERED-EXPIRED",
            "VIEWED-ACCEPTED",
            "VIEWED-DECLINED",
            "VIEWED-EXPIRED",
            "ACCEPTED-REDEEMED",
            "ACCEPTED-EXPIRED",
        ]

        await none_of(
            asked,
            """SELECT grant_id, step FROM (
                   SELECT grant_id, concat(lag(state) OVER w, '-', state) AS step,
                          reached_at <= lag(reached_at) OVER w AS back
                   FROM offer_grant_states WINDOW w AS (PARTITION BY grant_id ORDER BY id)) AS steps
               WHERE back OR step <> ALL($1::text[])""",
            legal,
        )

    async def test_the_last_state_is_the_grants_and_the_first_is_when_it_was_granted(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT g.id FROM offer_grants g WHERE g.state IS DISTINCT FROM (
                   SELECT s.state FROM offer_grant_states s WHERE s.grant_id = g.id ORDER BY s.reached_at DESC LIMIT 1)
               OR g.granted_at IS DISTINCT FROM (
                   SELECT s.reached_at FROM offer_grant_states s WHERE s.grant_id = g.id AND s.state = 'PROPOSED')""",
        )

    async def test_a_redeemed_grant_names_its_customers_order_at_that_moment(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT g.id FROM offer_grants g
               LEFT JOIN orders o ON o.id = g.order_id
               LEFT JOIN offer_grant_states s ON s.grant_id = g.id AND s.state = 'REDEEMED'
               WHERE (g.state = 'REDEEMED') <> (g.order_id IS NOT NULL)
                  OR o.customer_id <> g.customer_id OR o.ordered_at <> s.reached_at""",
        )

    async def test_money_off_is_in_the_order_that_redeemed_it(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT g.id FROM offer_grants g JOIN offers o ON o.id = g.offer_id
               WHERE g.state = 'REDEEMED'
                 AND o.kind IN ('PROACTIVE_DISCOUNT', 'REWARD_DISCOUNT', 'PROACTIVE_STORE_MONEY', 'REWARD_STORE_MONEY')
                 AND NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = g.order_id
                                 AND l.kind = 'ADJUSTMENT' AND l.unit_price = -o.value)""",
        )

    async def test_no_order_redeems_two(self, asked: Connection) -> None:
        await none_of(
            asked,
            "SELECT order_id FROM offer_grants WHERE order_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
        )
