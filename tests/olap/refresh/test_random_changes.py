"""Whatever is changed in whatever order, with refreshes at any place, the cube equals Postgres in the end."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import source
from olap.verify import level
from tests.olap.store.activity import ACTIVITY
from tests.olap.store.built import Built, made
from tests.olap.store.shop import Cube, Shop, order

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


HOUSEHOLD = st.sampled_from([1, 2])

SCORED = """
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, recency, frequency, monetary, orders)
    SELECT {customer}, 'default', '{day}', min(id), 1, {cell}, 1 FROM rfm_schemes
    ON CONFLICT (customer_id, scheme, valid_from) DO UPDATE SET recency = 4 - rfm_scores.recency;
    INSERT INTO rfm_runs (scheme, scored_on) VALUES ('default', '{day}')
    ON CONFLICT (scheme) DO UPDATE SET scored_on = excluded.scored_on
"""
"""What a run of scoring writes."""

TOLD = """
    INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                                 p_alive, expected_orders, value)
    SELECT {customer}, '{currency}', '{day}', 'BG/NBD', 1, 52, 1, 0.1, 3, 0.1234567891, 2, 0.0001
    ON CONFLICT (customer_id, currency, scored_on) DO UPDATE SET p_alive = 1 - lifetime_scores.p_alive, value = NULL;
    INSERT INTO lifetime_runs (scored_on, currency) VALUES ('{day}', '{currency}')
    ON CONFLICT (currency) DO UPDATE SET scored_on = excluded.scored_on
"""
"""What a run of telling lifetimes writes."""

OF_OTHERS = [
    """INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at, topics)
       SELECT 'x', count(*)::text, 1, 'CHAT', 'INBOUND', now(), '{a}' FROM touchpoints""",
    "DELETE FROM case_touchpoints",
    """INSERT INTO case_touchpoints (case_id, touchpoint_id, linked_at)
       SELECT id, 2, now() FROM cases WHERE id = 1 ON CONFLICT DO NOTHING""",
    """INSERT INTO offer_grants (offer_id, customer_id, granted_at) VALUES (2, 3, now())""",
    "UPDATE offer_grants SET state = 'ACCEPTED' WHERE id = 3",
    "DELETE FROM offer_grants WHERE id = 2",
    "UPDATE offers SET kind = 'REWARD_SERVICE', category_id = NULL WHERE id = 2",
    "INSERT INTO case_moves (case_id, from_state, to_state, moved_at) VALUES (2, 'NEW', 'OPEN', now())",
    "DELETE FROM cases WHERE id = 1",
    """INSERT INTO opportunity_moves (opportunity_id, from_stage, to_stage, probability, moved_at)
       VALUES (2, 'LEAD', 'QUALIFIED', 25, now())""",
    "DELETE FROM opportunities WHERE id = 1",
    "DELETE FROM shipment_lines WHERE shipment_id = 1 AND product_id = 2",
    "DELETE FROM shipments WHERE id = 1",
    "DELETE FROM stock_levels WHERE id = 2",
    "UPDATE warehouses SET branch_id = 2 WHERE id = 1",
    "UPDATE products SET unit_cost = coalesce(unit_cost, 0) + 1, currency = 'GBP' WHERE id = 1",
    "DELETE FROM household_members WHERE customer_id = 2",
    "DELETE FROM contact_points",
    "INSERT INTO consents (customer_id, purpose, given, at, source) VALUES (3, 'SURVEY', true, now(), 'web')",
    "UPDATE customer_attributes SET reportable = NOT reportable WHERE name = 'note'",
    "UPDATE users SET role = 'MARKETER', active = false WHERE id = 1",
    """INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at)
       VALUES (2, 'EARNED', 30, 'x', '2011-02-03+00')""",
    """UPDATE customers SET lifecycle_stage = 'LOYAL', lifecycle_since = '2024-05-01+00' WHERE id = 3""",
    """INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
       SELECT id, lifecycle_stage, lifecycle_since FROM customers WHERE id = 2 ON CONFLICT DO NOTHING;
       UPDATE customers SET lifecycle_stage = 'LAPSED', lifecycle_since = lifecycle_since + interval '9 hours'
       WHERE id = 2""",
    SCORED.format(customer=1, day="2011-01-31", cell="1, 3, 3"),
    SCORED.format(customer=2, day="2011-02-28", cell="3, 1, 2"),
    TOLD.format(customer=1, currency="GBP", day="2011-01-31"),
    TOLD.format(customer=2, currency="GBP", day="1999-01-31"),
    TOLD.format(customer=1, currency="KRW", day="2024-02-10"),
    "UPDATE company SET rfm_scheme = CASE rfm_scheme WHEN 'default' THEN 'other' ELSE 'default' END",
    "UPDATE lifecycle_rules SET lapsed_days = 500 - lapsed_days",
    "INSERT INTO segments (id, name, kind) SELECT 1 + count(*), 's' || count(*), 'FIXED' FROM segments",
    """INSERT INTO segment_members (segment_id, customer_id, entered_at)
       SELECT id, 1, '2024-01-15+00' FROM segments ON CONFLICT DO NOTHING""",
    "UPDATE segment_members SET left_at = '2024-03-15+00' WHERE left_at IS NULL",
    "UPDATE segments SET name = name || '+', retired_at = now()",
    "DELETE FROM segment_members WHERE customer_id = 1",
]
"""One change of each kind that a fact or a trait other than an order's depends on."""


def stocked(moment: str, quantity: int) -> str:
    return (
        f"UPDATE stock_levels SET quantity = {quantity}, as_of = greatest(as_of, {when(moment)}) WHERE id = 1"
    )


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
    st.sampled_from(OF_OTHERS),
    st.builds(
        "UPDATE touchpoints SET customer_id = {} WHERE id = 3 AND customer_id IS NULL".format, CUSTOMER
    ),
    st.builds("UPDATE offers SET value = {} WHERE id = 1".format, st.integers(0, 99)),
    st.builds("UPDATE cases SET customer_id = {}, owner_id = 1 WHERE id = 2".format, CUSTOMER),
    st.builds(
        "UPDATE opportunities SET amount = {}, probability = 50 WHERE id = 2".format, st.integers(0, 99)
    ),
    st.builds("UPDATE shipments SET order_id = {} WHERE id = 2".format, st.integers(1, 5)),
    st.builds(lambda m, n: stocked(m, n), MOMENT, st.integers(-5, 50)),
    st.builds(
        "UPDATE household_members SET household_id = {} WHERE customer_id = {}".format, HOUSEHOLD, CUSTOMER
    ),
    st.builds(
        "UPDATE customers SET birth_on = current_date - {} WHERE id = {}".format,
        st.integers(1, 30000),
        CUSTOMER,
    ),
)

STEPS = st.lists(
    st.one_of(CHANGES, st.sampled_from(["refresh", "rebuild", "level", "open", "commit"])), max_size=15
)


@pytest.fixture(scope="module")
def busy(server: Server, admin: Callable[[str], None], template: str, memory: Path) -> Iterator[Built]:
    """The shop in which more goes on than sales, and its cube: each example copies both."""
    with made(server, admin, template, memory, name="template_busy", more=ACTIVITY) as found:
        yield found


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
    def test_the_cube_equals_postgres(self, busy: Built, steps: list[str]) -> None:
        with busy.shop() as shop, busy.cube(shop) as cube:
            with ExitStack() as late:
                for step in steps:
                    take(step, shop, cube, late)
            cube.refresh()

            assert cube.differences() == ()

    def test_each_change_of_the_other_facts_is_followed(self, busy: Built) -> None:
        """One after the other: what a change does not renew stays different to the end."""
        with busy.shop() as shop, busy.cube(shop) as cube:
            for change in OF_OTHERS:
                shop.run(change)
                cube.refresh()

            assert cube.differences() == ()
