"""Whatever is changed in whatever order, with refreshes at any place, the cube equals Postgres in the end."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import source
from olap.verify import level
from tests.olap.store.shop import Cube, Shop, open_cube, open_shop, order

_numbers = itertools.count(1000)

CUSTOMER = st.sampled_from([1, 2, 3])
PRODUCT = st.sampled_from([1, 2, 3, 4])
CATEGORY = st.sampled_from([1, 2, 3, 4])
MOMENT = st.sampled_from(
    ["1931-01-01", "2010-12-31 15:30+00", "2026-01-01", "now() - interval '1 ms'", "2030-06-01"]
)
AMOUNT = st.decimals("-999.9999", "999.9999", places=4)
NAME = st.text("가나다abc' %", min_size=1, max_size=5)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def when(moment: str) -> str:
    return moment if moment.startswith("now") else f"timestamptz '{moment}'"


def placed(customer: int | None, product: int, price: object, moment: str) -> str:
    number = next(_numbers)
    placing = order(
        number, customer=customer, lines=[f"(1, 'SALE', {product}, 2, {price})", "(2, 'RETURN', 1, -1, 1)"]
    )
    return f"{placing}; UPDATE orders SET ordered_at = {when(moment)} WHERE id = {number}"


LAST = "(SELECT max(id) FROM orders)"

CHANGES = st.one_of(
    st.builds(placed, st.none() | CUSTOMER, PRODUCT, AMOUNT, MOMENT),
    st.builds(f"UPDATE order_lines SET discount = {{}} WHERE order_id = {LAST}".format, AMOUNT),
    st.builds("UPDATE order_lines SET product_id = {} WHERE order_id = 1".format, PRODUCT),
    st.just(f"DELETE FROM order_lines WHERE order_id = {LAST} AND position = 2"),
    st.just(f"DELETE FROM orders WHERE id = {LAST} AND id > 5"),
    st.builds(f"UPDATE orders SET customer_id = {{}} WHERE id = {LAST}".format, CUSTOMER),
    st.builds(lambda moment: f"UPDATE orders SET ordered_at = {when(moment)} WHERE id = 4", MOMENT),
    st.builds(lambda c, n: f"UPDATE customers SET region = {quoted(n)} WHERE id = {c}", CUSTOMER, NAME),
    st.builds("UPDATE customers SET owner_id = 1 WHERE id = {}".format, CUSTOMER),
    st.builds("UPDATE products SET category_id = {} WHERE id = {}".format, CATEGORY, PRODUCT),
    st.builds(lambda p, n: f"UPDATE products SET name = {quoted(n)} WHERE id = {p}", PRODUCT, NAME),
    st.builds(lambda c: f"UPDATE categories SET name = name || '+' WHERE id = {c}", CATEGORY),
    st.just("UPDATE categories SET parent_id = 4 WHERE id = 2"),
    st.builds(lambda n: f"UPDATE branches SET name = {quoted(n)} WHERE id = 1", NAME),
)

STEPS = st.lists(
    st.one_of(CHANGES, st.sampled_from(["refresh", "rebuild", "level", "open", "commit"])), max_size=15
)


@contextmanager
def a_shop(server: Server, admin: Callable[[str], None], template: str) -> Iterator[tuple[Shop, Cube]]:
    """A shop and its cube in a database of one example's own."""
    name = f"random_shop_{next(_numbers)}"
    admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        with open_shop(server.url(name)) as shop, open_cube(shop.url) as cube:
            yield shop, cube
    finally:
        admin(f"DROP DATABASE {name} WITH (FORCE)")


def take(step: str, shop: Shop, cube: Cube, late: ExitStack) -> None:
    """One step: a refresh of some kind, a transaction left open or ended, or a change."""
    match step:
        case "refresh":
            cube.refresh()
        case "rebuild":
            cube.rebuild()
        case "level":
            with source.snapshot(cube.connection):
                cube.mark = level(cube.engine, cube.connection, cube.mark)
        case "open":
            late.close()
            late.enter_context(shop.unfinished(order(next(_numbers), customer=None)))
        case "commit":
            late.close()
        case _:
            shop.run(step)


class TestRandomChanges:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_the_cube_equals_postgres(
        self, server: Server, admin: Callable[[str], None], template: str, steps: list[str]
    ) -> None:
        with a_shop(server, admin, template) as (shop, cube):
            with ExitStack() as late:
                for step in steps:
                    take(step, shop, cube, late)
            cube.refresh()

            assert cube.differences() == ()
