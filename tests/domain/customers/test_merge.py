"""Merging two customers: everything moves, nothing is lost, and the old id leads to the kept one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM, Actor
from domain.customers.errors import AlreadyMerged, CustomerNotFound, DifferentKinds, MergedWithItself
from domain.customers.merge import Chosen, Moving, merge_customers, preview_merge
from domain.customers.redirects import resolved
from domain.customers.referring import referrers
from domain.db import run
from domain.errors import StaleVersion
from domain.roles import Role, Scope

NOW = datetime(2026, 12, 1, tzinfo=UTC)

TWO = """
    INSERT INTO branches (id, code, name, kind) VALUES (1, 'GN', '강남점', 'SHOP');
    INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', '김상담', 'AGENT');
    INSERT INTO customers (id, name, region, owner_id, joined_on, birth_on) VALUES
        (1, '김단골', NULL, 1, '2024-05-01', '1990-01-01'), (2, '김단골씨', '부산', NULL, '2020-01-01', NULL),
        (3, '박손님', NULL, NULL, NULL, NULL), (4, '단골상사', NULL, NULL, NULL, NULL);
    UPDATE customers SET kind = 'ORGANISATION' WHERE id = 4;
    INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES
        ('erp', 'C-1', 1), ('erp', 'C-2', 2), ('shop', '77', 2);
    INSERT INTO contact_points (customer_id, position, kind, value, verified, preferred) VALUES
        (1, 1, 'EMAIL', 'kim@example.com', false, true), (2, 1, 'EMAIL', 'kim@example.com', true, false),
        (2, 2, 'EMAIL', 'old@example.com', false, true), (2, 3, 'PHONE', '02-123-4567', false, true);
    INSERT INTO customer_attributes (name, type, label_en, label_ko) VALUES
        ('pets', 'NUMBER', 'Pets', '반려동물'), ('car', 'TEXT', 'Car', '차');
    INSERT INTO customer_attribute_values (customer_id, attribute, number_value, text_value) VALUES
        (1, 'pets', 1, NULL), (2, 'pets', 2, NULL), (2, 'car', NULL, 'Pony');
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id) VALUES
        (1, 'erp', '1', '1', '2026-11-01 00:00+00', 'KRW', 1), (2, 'erp', '2', '2', '2026-11-02 00:00+00', 'KRW', 2);
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price) VALUES
        (1, 1, 'SALE', 1, 1000), (2, 1, 'SALE', 1, 2000);
    INSERT INTO touchpoints (id, source_system, source_id, customer_id, channel, direction, occurred_at) VALUES
        (1, 's', '1', 2, 'STORE', 'INBOUND', '2026-01-01 00:00+00'),
        (2, 's', '2', 3, 'STORE', 'INBOUND', '2026-01-01 00:00+00');
    INSERT INTO offers (id, code, name, kind) VALUES (1, 'W', 'W', 'CORE');
    INSERT INTO offer_grants (id, offer_id, customer_id, granted_at) VALUES (1, 1, 2, '2026-01-01 00:00+00');
    INSERT INTO offers (id, code, name, kind) VALUES (2, 'X', 'X', 'CORE');
    INSERT INTO offer_excluded_customers (offer_id, customer_id) VALUES (1, 2), (2, 2);
    INSERT INTO segments (id, name, kind) VALUES (1, 'VIP', 'FIXED'), (2, 'Old', 'FIXED'), (3, 'Both', 'FIXED');
    INSERT INTO segment_members (segment_id, customer_id, entered_at, left_at) VALUES
        (1, 2, '2026-01-01 00:00+00', NULL);
    INSERT INTO cases (id, kind, channel, subject, customer_id, opened_at) VALUES
        (1, 'ENQUIRY', 'WEB', 's', 2, '2026-01-01 00:00+00');
    INSERT INTO opportunities (id, customer_id, name, probability, opened_at) VALUES
        (1, 2, 'n', 10, '2026-01-01 00:00+00');
    INSERT INTO tasks (id, title, customer_id) VALUES (1, 't', 2);
    INSERT INTO points_entries (id, customer_id, kind, points, reason, occurred_at) VALUES
        (1, 1, 'EARNED', 100, 'r', '2026-01-01 00:00+00'), (2, 2, 'EARNED', 50, 'r', '2026-01-01 00:00+00'),
        (3, 2, 'REDEEMED', -20, 'r', '2026-01-02 00:00+00');
    INSERT INTO consents (id, customer_id, purpose, given, at, source) VALUES
        (1, 2, 'MARKETING', true, '2026-01-01 00:00+00', 'shop');
    INSERT INTO subject_exports (customer_id, asked_by, reason, requested_at) VALUES
        (2, 'user:kim', 'r', '2026-01-01 00:00+00');
    INSERT INTO customer_history (customer_id, field, personal, origin) VALUES (2, 'gender', 'BASIC', 'test');
    INSERT INTO customer_merges (merged_id, kept_id, merged_at, origin) VALUES (77, 2, '2026-01-01 00:00+00', 'test');
    INSERT INTO households (id, name) VALUES (1, '김씨네');
    INSERT INTO household_members (household_id, customer_id, since_on) VALUES (1, 2, '2020-01-01');
    INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                                 p_alive, expected_orders, mean_amount, value)
    SELECT id, 'KRW', '2026-11-30', 'BG/NBD', 1, 52, 1, 0.1, 1, 0.9, 2, 1000, 2000 FROM generate_series(1, 3) id;
"""


@dataclass
class Two:
    """Two customers that are one, each with something of everything."""

    engine: AsyncEngine

    async def merge(
        self,
        keep: int = 1,
        merge: int = 2,
        *,
        versions: tuple[int, int] | None = None,
        actor: Actor = SYSTEM,
    ) -> None:
        if versions is None:
            found = [
                await self.rows(f"SELECT version FROM customers WHERE id = {key}") for key in (keep, merge)
            ]
            versions = (found[0][0][0] if found[0] else 1, found[1][0][0] if found[1] else 1)

        async def work(session: AsyncSession) -> None:
            await merge_customers(
                session,
                keep=Chosen(keep, versions[0], "keep_id"),
                merge=Chosen(merge, versions[1], "merge_id"),
                actor=actor,
                now=NOW,
            )

        await run(self.engine, work, origin="user:kim")

    async def write(self, *statements: str) -> None:
        async with self.engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]


@pytest.fixture
async def two(engine: AsyncEngine) -> Two:
    found = Two(engine)
    await found.write(*(statement for statement in TWO.split(";\n") if statement.strip()))
    return found


class TestMergeCustomers:
    async def test_the_merged_one_has_something_of_everything_that_moves(self, two: Two) -> None:
        """A new table that refers to customers fails here until a merge moves a row of it."""
        for each in referrers():
            if each.statements:
                found = await two.rows(f"SELECT count(*) FROM {each.table} WHERE {each.column} = 2")
                assert found != [(0,)], f"TWO needs a row of {each.table}"

    async def test_no_row_of_any_table_refers_to_the_merged_one(self, two: Two) -> None:
        counts = [(each, await two.rows(f"SELECT count(*) FROM {each.table}")) for each in referrers()]

        await two.merge()

        grown = {"customer_history", "customer_lifecycle_stages", "customer_merges"}
        merged_into_one = {"contact_points", "customer_attribute_values", "customer_versions"}
        told_anew = {"lifetime_scores"}
        for each, before in counts:
            if each.table not in grown | merged_into_one | told_anew:
                assert await two.rows(f"SELECT count(*) FROM {each.table}") == before, each.table
        for each in referrers():
            left = await two.rows(f"SELECT 1 FROM {each.table} WHERE {each.column} = 2")
            assert left == [], each.table
        assert await two.rows("SELECT 1 FROM customers WHERE id = 2") == []

    async def test_orders_touchpoints_and_grants_of_both_are_the_kept_ones(self, two: Two) -> None:
        await two.merge()

        assert await two.rows("SELECT id FROM orders WHERE customer_id = 1 ORDER BY id") == [(1,), (2,)]
        assert await two.rows("SELECT id FROM touchpoints WHERE customer_id = 1") == [(1,)]
        assert await two.rows("SELECT id FROM offer_grants WHERE customer_id = 1") == [(1,)]
        assert await two.rows("SELECT * FROM offer_excluded_customers ORDER BY 1") == [(1, 1), (2, 1)]
        points = "SELECT sum(points)::int FROM points_entries WHERE customer_id = 1"
        assert await two.rows(points) == [(130,)]

    async def test_what_was_told_of_either_alone_is_told_of_nobody(self, two: Two) -> None:
        await two.merge()

        assert await two.rows("SELECT customer_id FROM lifetime_scores") == [(3,)]

    async def test_who_was_in_a_segment_under_either_name_is_in_it_since_the_first(self, two: Two) -> None:
        more = """
            INSERT INTO segment_members (segment_id, customer_id, entered_at, left_at) VALUES
                (2, 1, '2026-01-01 00:00+00', '2026-01-05 00:00+00'),
                (2, 2, '2026-01-02 00:00+00', '2026-01-03 00:00+00'),
                (3, 1, '2026-01-03 00:00+00', NULL), (3, 2, '2026-01-01 00:00+00', NULL)
        """
        async with two.engine.begin() as connection:
            await connection.execute(text(more))

        await two.merge()

        found = "SELECT customer_id, segment_id, extract(day FROM entered_at)::int FROM segment_members ORDER BY 2"
        assert await two.rows(found) == [(1, 1, 1), (1, 2, 1), (1, 3, 1)]

    async def test_the_names_of_other_systems_lead_to_the_kept_one(self, two: Two) -> None:
        await two.merge()

        names = await two.rows(
            "SELECT system, external_id, customer_id FROM customer_external_ids ORDER BY 1, 2"
        )
        assert names == [("erp", "C-1", 1), ("erp", "C-2", 1), ("shop", "77", 1)]

    async def test_a_contact_point_of_both_is_there_once_and_preferences_are_the_kept_ones(
        self, two: Two
    ) -> None:
        await two.merge()

        points = await two.rows(
            "SELECT kind, value, verified, preferred FROM contact_points WHERE customer_id = 1 ORDER BY position"
        )
        assert points == [
            ("EMAIL", "kim@example.com", True, True),
            ("EMAIL", "old@example.com", False, False),
            ("PHONE", "02-123-4567", False, True),
        ]

    async def test_what_the_kept_one_lacks_it_takes_over_and_what_it_has_stands(self, two: Two) -> None:
        await two.merge()

        kept = await two.rows(
            "SELECT name, region, owner_id, joined_on::text, birth_on::text FROM customers WHERE id = 1"
        )
        assert kept == [("김단골", "부산", 1, "2020-01-01", "1990-01-01")]
        values = await two.rows(
            "SELECT attribute, coalesce(text_value, trim_scale(number_value)::text) FROM customer_attribute_values"
            " WHERE customer_id = 1 ORDER BY 1"
        )
        assert values == [("car", "Pony"), ("pets", "1")]
        assert await two.rows("SELECT customer_id FROM household_members") == [(1,)]

    @pytest.mark.parametrize(
        ("kept", "merged", "after"),
        [
            ("[2021-01-01,)", "[2020-01-01,)", [(2, "[2020-01-01,2021-01-01)"), (1, "[2021-01-01,)")]),
            (
                "[2021-01-01,2022-01-01)",
                "[2021-06-01,)",
                [(1, "[2021-01-01,2022-01-01)"), (2, "[2022-01-01,)")],
            ),
            (
                "[2021-01-01,2022-01-01)",
                "[2020-01-01,2023-01-01)",
                [
                    (2, "[2020-01-01,2021-01-01)"),
                    (1, "[2021-01-01,2022-01-01)"),
                    (2, "[2022-01-01,2023-01-01)"),
                ],
            ),
            ("[2020-01-01,)", "[2021-01-01,2022-01-01)", [(1, "[2020-01-01,)")]),
            (
                "[2021-01-01,)",
                "[2020-01-01,2021-01-01)",
                [(2, "[2020-01-01,2021-01-01)"), (1, "[2021-01-01,)")],
            ),
        ],
        ids=["before", "behind", "around", "inside", "beside"],
    )
    async def test_days_in_a_household_that_one_of_them_had_alone_stay(
        self, two: Two, kept: str, merged: str, after: list[tuple[int, str]]
    ) -> None:
        await two.write(
            "DELETE FROM household_members",
            "INSERT INTO households (id, name) VALUES (2, '이씨네')",
            f"""INSERT INTO household_members (household_id, customer_id, since_on, until_on)
                SELECT home, home, lower(days), upper(days)
                FROM (VALUES (1, daterange '{kept}'), (2, daterange '{merged}')) AS given (home, days)""",
        )

        await two.merge()

        found = await two.rows(
            "SELECT household_id, daterange(since_on, until_on)::text FROM household_members"
            " WHERE customer_id = 1 ORDER BY since_on"
        )
        assert found == after

    async def test_what_the_merged_one_was_is_in_the_history(self, two: Two) -> None:
        await two.merge()

        lost = await two.rows(
            "SELECT field, old_value, new_value, origin FROM customer_history"
            " WHERE customer_id = 1 AND merged_id = 2 AND field IN ('name', 'region', 'attributes.pets') ORDER BY 1"
        )
        assert lost == [
            ("attributes.pets", "2", None, "user:kim"),
            ("name", "김단골씨", None, "user:kim"),
            ("region", "부산", None, "user:kim"),
        ]
        merged = await two.rows("SELECT new_value FROM customer_history WHERE field = 'mergedIds'")
        assert merged == [("Q3VzdG9tZXI6Mg==",)]

    async def test_changes_made_before_to_the_merged_one_stay_in_the_history(self, two: Two) -> None:
        async with two.engine.begin() as connection:
            await connection.execute(text("UPDATE customers SET region = '대구' WHERE id = 2"))

        await two.merge()

        changed = await two.rows(
            "SELECT customer_id, merged_id, new_value FROM customer_history "
            " WHERE old_value = '부산' AND new_value IS NOT NULL"
        )
        assert changed == [(1, 2, "대구")]

    async def test_the_stage_of_the_lifecycle_is_told_from_the_orders_of_both(self, two: Two) -> None:
        await two.merge()

        assert await two.rows("SELECT lifecycle_stage FROM customers WHERE id = 1") == [("GROWING",)]

    async def test_a_chain_of_merges_leads_to_the_last(self, two: Two) -> None:
        await two.merge(1, 2)
        await two.merge(3, 1)

        async with AsyncSession(two.engine) as session:
            assert await resolved(session, [1, 2, 3]) == {1: 3, 2: 3, 3: 3}
        assert await two.rows("SELECT id FROM touchpoints WHERE customer_id = 3 ORDER BY id") == [(1,), (2,)]

    async def test_the_feed_tells_of_each_aggregate_once(self, two: Two) -> None:
        await two.merge()

        told = await two.rows(
            "SELECT aggregate, aggregate_id, operation FROM change WHERE origin = 'user:kim' ORDER BY 1, 2, 3"
        )
        assert told == [
            ("case", 1, "UPDATED"),
            ("consent", 1, "UPDATED"),
            ("customer", 1, "UPDATED"),
            ("customer", 2, "DELETED"),
            ("customer", 2, "UPDATED"),
            ("customer_left", 2, "UPDATED"),
            ("household", 1, "UPDATED"),
            ("offer", 1, "UPDATED"),
            ("offer", 2, "UPDATED"),
            ("offer_grant", 1, "UPDATED"),
            ("opportunity", 1, "UPDATED"),
            ("order", 2, "UPDATED"),
            ("points_entry", 2, "UPDATED"),
            ("points_entry", 3, "UPDATED"),
            ("segment_member", 1, "UPDATED"),
            ("task", 1, "UPDATED"),
            ("touchpoint", 1, "UPDATED"),
        ]

    async def test_the_kept_one_is_changed_by_it_even_if_nothing_moves(self, two: Two) -> None:
        await two.write("INSERT INTO customers (id, name) VALUES (5, '남'), (6, '감')")

        await two.merge(5, 6)

        assert await two.rows("SELECT version FROM customers WHERE id = 5") == [(2,)]
        assert await two.rows(
            "SELECT operation, version FROM change WHERE aggregate = 'customer' AND aggregate_id = 5 ORDER BY version"
        ) == [("CREATED", 1), ("UPDATED", 2)]

    async def test_a_touchpoint_moves_by_a_merge_alone(self, two: Two) -> None:
        with pytest.raises(DBAPIError, match="append only"):
            async with two.engine.begin() as connection:
                await connection.execute(text("UPDATE touchpoints SET customer_id = 1 WHERE id = 1"))


class TestWhatIsRefused:
    async def test_itself(self, two: Two) -> None:
        with pytest.raises(MergedWithItself):
            await two.merge(1, 1)

    async def test_one_that_was_merged_already_with_the_one_that_was_kept(self, two: Two) -> None:
        await two.merge(1, 2)

        with pytest.raises(AlreadyMerged) as caught:
            await two.merge(3, 2)

        assert (caught.value.current, caught.value.path) == (1, ("merge_id",))

    async def test_an_old_version_of_either(self, two: Two) -> None:
        with pytest.raises(StaleVersion) as caught:
            await two.merge(versions=(1, 9))

        assert caught.value.path == ("merge_expected_version",)
        assert await two.rows("SELECT 1 FROM customer_merges WHERE kept_id = 1") == []

    async def test_a_person_with_an_organisation(self, two: Two) -> None:
        with pytest.raises(DifferentKinds):
            await two.merge(1, 4)

    async def test_one_that_the_actor_does_not_see(self, two: Two) -> None:
        agent = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)

        with pytest.raises(CustomerNotFound) as caught:
            await two.merge(1, 2, actor=agent)

        assert caught.value.path == ("merge_id",)

    async def test_one_that_is_not_there(self, two: Two) -> None:
        with pytest.raises(CustomerNotFound):
            await two.merge(99, 2)


class TestPreview:
    async def test_it_counts_what_would_move(self, two: Two) -> None:
        async with AsyncSession(two.engine) as session:
            found = await preview_merge(session, keep=1, merge=2, actor=SYSTEM)

        assert found is not None
        assert Moving("orders", 1) in found
        assert Moving("contact_points", 3) in found
        assert "customer_versions" not in [each.table for each in found]

    async def test_it_says_nothing_of_what_the_actor_does_not_see(self, two: Two) -> None:
        agent = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)

        async with AsyncSession(two.engine) as session:
            assert await preview_merge(session, keep=1, merge=2, actor=agent) is None
