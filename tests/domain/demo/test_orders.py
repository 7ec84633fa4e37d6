"""The demo company's orders: when and where they may be, what they cost, what comes back."""

from tests.domain.demo.asking import FEASTS, START, UNTIL, Connection, none_of

LOCAL = "(o.ordered_at AT TIME ZONE 'Asia/Seoul')"


class TestOrders:
    async def test_none_comes_before_its_customer_joined(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT o.number FROM orders o JOIN customers c ON c.id = o.customer_id
                WHERE {LOCAL}::date < c.joined_on""",
        )

    async def test_none_is_at_a_branch_before_it_opened_or_after_it_closed(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT o.number FROM orders o JOIN branches b ON b.id = o.branch_id
                WHERE {LOCAL}::date < b.opened_on OR {LOCAL}::date >= b.closed_on""",
        )

    async def test_some_are_at_a_shop_that_opened_and_at_one_that_closed_within_the_period(
        self, asked: Connection
    ) -> None:
        opened = await asked.fetchval(
            "SELECT count(*) FROM orders o JOIN branches b ON b.id = o.branch_id WHERE b.opened_on > $1",
            START,
        )
        closed = await asked.fetchval(
            "SELECT count(*) FROM orders o JOIN branches b ON b.id = o.branch_id WHERE b.closed_on < $1",
            UNTIL,
        )

        assert opened > 100
        assert closed > 100

    async def test_shops_sell_and_take_back_only_while_they_are_open(self, asked: Connection) -> None:
        # No public holiday, on which shops close at 20:30, lies in July or November.
        await none_of(
            asked,
            f"""SELECT o.number, {LOCAL} FROM orders o WHERE o.channel = 'STORE'
                AND ({LOCAL}::time < '10:30' OR {LOCAL}::time >= '20:30'
                     OR (extract(isodow FROM {LOCAL}) < 5 AND {LOCAL}::time >= '20:00'
                         AND extract(month FROM {LOCAL}) IN (7, 11)))""",
        )

    async def test_shops_are_closed_on_seollal_and_chuseok(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"SELECT o.number FROM orders o WHERE o.channel = 'STORE' AND {LOCAL}::date = ANY($1::date[])",
            FEASTS,
        )

    async def test_the_call_centre_books_nothing_on_weekends(self, asked: Connection) -> None:
        await none_of(
            asked,
            f"""SELECT o.number FROM orders o WHERE o.channel = 'INBOUND_CALL'
                AND (extract(isodow FROM {LOCAL}) > 5 OR {LOCAL}::time < '09:00' OR {LOCAL}::time >= '18:00')""",
        )

    async def test_the_branch_fits_the_channel(self, asked: Connection) -> None:
        pairs = await asked.fetch(
            "SELECT DISTINCT o.channel, b.kind FROM orders o JOIN branches b ON b.id = o.branch_id ORDER BY 1"
        )

        assert [tuple(pair) for pair in pairs] == [
            ("INBOUND_CALL", "CALL_CENTRE"),
            ("MOBILE", "WEB"),
            ("STORE", "SHOP"),
            ("WEB", "WEB"),
        ]

    async def test_amounts_are_whole_won(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT id FROM order_lines
               WHERE unit_price <> trunc(unit_price) OR discount <> trunc(discount)
                  OR unit_cost <> trunc(unit_cost) OR quantity <> trunc(quantity)""",
        )

    async def test_list_prices_end_like_korean_ones(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT code, list_price FROM products
               WHERE list_price % 100 <> 0 OR (list_price >= 10000 AND list_price % 1000 NOT IN (0, 900))""",
        )

    async def test_every_kind_of_line_has_the_signs_of_its_kind(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT id, kind FROM order_lines WHERE NOT CASE kind
                 WHEN 'SALE' THEN quantity > 0 AND unit_price > 0 AND discount >= 0 AND discount < gross
                 WHEN 'FREE' THEN quantity > 0 AND unit_price = 0 AND discount = 0 AND unit_cost > 0
                 WHEN 'ADJUSTMENT' THEN quantity = 1 AND unit_price < 0 AND product_id IS NULL
                 ELSE quantity < 0 AND unit_price > 0 AND discount <= 0 END""",
        )

    async def test_no_order_of_goods_costs_less_than_nothing(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT order_id FROM order_lines GROUP BY order_id
               HAVING sum(net_revenue) < 0 AND bool_or(kind = 'SALE')""",
        )

    async def test_no_product_is_sold_twice_in_one_order(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT order_id, product_id FROM order_lines WHERE kind = 'SALE'
               GROUP BY 1, 2 HAVING count(*) > 1""",
        )


class TestReturns:
    async def test_each_follows_within_a_fortnight_the_order_it_takes_back(self, asked: Connection) -> None:
        await none_of(
            asked,
            """SELECT r.number FROM orders r LEFT JOIN orders o ON o.number || '-R' = r.number
               WHERE r.number LIKE '%-R' AND (
                   o.id IS NULL OR r.ordered_at <= o.ordered_at OR r.branch_id <> o.branch_id
                   OR r.ordered_at > o.ordered_at + interval '15 days'
                   OR r.customer_id IS DISTINCT FROM o.customer_id)""",
        )

    async def test_never_more_comes_back_than_was_bought_nor_for_more_than_was_paid(
        self, asked: Connection
    ) -> None:
        await none_of(
            asked,
            """SELECT regexp_replace(o.number, '-R$', '') AS number, l.product_id
               FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE l.product_id IS NOT NULL
               GROUP BY 1, 2 HAVING sum(l.quantity) < 0 OR sum(l.net_revenue) < 0""",
        )

    async def test_receipts_that_book_returns_hold_nothing_else(self, asked: Connection) -> None:
        returned = await asked.fetchval("SELECT count(*) FROM orders WHERE number LIKE '%-R'")

        assert returned > 500
        await none_of(
            asked,
            """SELECT o.number, l.kind FROM orders o JOIN order_lines l ON l.order_id = o.id
               WHERE (l.kind = 'RETURN') <> (o.number LIKE '%-R')""",
        )
