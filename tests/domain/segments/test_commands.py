"""Segments are created, changed, refreshed, filled and retired; membership is history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.customers.errors import CustomerNotFound
from domain.errors import Invalid, StaleVersion
from domain.roles import Scope
from domain.segments import commands
from domain.segments.due import due_segments
from domain.segments.errors import SegmentNameTaken, SegmentNotFound, SegmentRetired, WrongKind
from domain.segments.preview import preview, worth
from domain.segments.refresh import Refreshed, refresh_customers, refresh_segment
from domain.selection import ids
from tests.domain.segments.conftest import NOW

LATER = NOW + timedelta(days=1)
SEOUL = {"trait": {"name": "REGION", "in": ["서울"]}}


async def _history(session: AsyncSession) -> Sequence[tuple[object, ...]]:
    found = await session.execute(
        text("SELECT customer_id, entered_at, left_at FROM segment_members ORDER BY customer_id, entered_at")
    )
    return [tuple(row) for row in found]


class TestRules:
    async def test_a_new_segment_holds_who_meets_its_rule(self, people: AsyncSession) -> None:
        await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)

        assert await _history(people) == [(1, NOW, None), (2, NOW, None), (5, NOW, None)]

    async def test_a_refresh_writes_who_enters_and_who_leaves_and_nobody_else(
        self, people: AsyncSession
    ) -> None:
        key = await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)
        await people.execute(text("UPDATE customers SET region = '서울' WHERE id = 3"))
        await people.execute(text("UPDATE customers SET region = NULL WHERE id = 1"))

        moved = await refresh_segment(people, key, now=LATER)
        again = await refresh_segment(people, key, now=LATER + timedelta(days=1))

        assert (moved, again) == (Refreshed(1, 1), Refreshed(0, 0))
        assert await _history(people) == [(1, NOW, LATER), (2, NOW, None), (3, LATER, None), (5, NOW, None)]

    async def test_one_customer_is_looked_at_alone(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)
        await people.execute(text("UPDATE customers SET region = NULL WHERE id IN (1, 2)"))

        moved = await refresh_customers(people, key, [1, 3], now=LATER)

        assert moved == Refreshed(0, 1)
        assert (2, NOW, None) in await _history(people)

    async def test_another_rule_is_asked_at_once(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)

        changes: commands.SegmentDetails = {"rule": {"lifecycle": ["LAPSED"]}, "name": "Gone"}
        version = await people.scalar(text("SELECT version FROM segments"))
        await commands.update_segment(people, key, changes=changes, expected_version=version, now=LATER)

        inside = [row[0] for row in await _history(people) if row[2] is None]
        assert inside == [3]

    async def test_who_comes_back_enters_anew(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)
        await people.execute(text("UPDATE customers SET region = NULL WHERE id = 1"))
        await refresh_segment(people, key, now=NOW)
        await people.execute(text("UPDATE customers SET region = '서울' WHERE id = 1"))

        await refresh_segment(people, key, now=LATER)

        at_once = NOW + timedelta(microseconds=1)
        assert (await _history(people))[:2] == [(1, NOW, at_once), (1, LATER, None)]

    @pytest.mark.parametrize(
        ("rule", "told"),
        [
            ({"attribute": {"name": "shoe", "in": ["x"]}}, "no attribute 'shoe'; known: pets, size"),
            ({"rfm": {"scheme": "x", "recency": [1]}}, "no scheme 'x'; known: default"),
            ({"revenue": {"currency": "XXZ", "atLeast": "1"}}, "no currency 'XXZ'"),
            ({"not": {"bought": {"productId": ids.made("Product", 99)}}}, "a product that is not there"),
            ({"bought": {"categoryId": ids.made("Category", 99)}}, "a category that is not there"),
            ({"homeBranches": [ids.made("Branch", 99)]}, "a branch that is not there"),
        ],
        ids=["attribute", "scheme", "currency", "product", "category", "branch"],
    )
    async def test_what_a_rule_names_must_be_there(
        self, people: AsyncSession, rule: dict[str, object], told: str
    ) -> None:
        with pytest.raises(Invalid, match=told):
            await commands.create_segment(people, {"name": "n", "rule": rule}, now=NOW)


class TestLists:
    async def test_who_is_put_in_stays_until_taken_out(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "VIP"}, now=NOW)

        await commands.add_members(people, key, [1, 2, 2], actor=SYSTEM, now=NOW)
        await commands.add_members(people, key, [2, 3], actor=SYSTEM, now=LATER)
        await commands.remove_members(people, key, [1, 5], now=LATER)

        assert await _history(people) == [(1, NOW, LATER), (2, NOW, None), (3, LATER, None)]

    @pytest.mark.parametrize("key", [6, 99], ids=["erased", "unknown"])
    async def test_who_is_not_there_is_named_by_place(self, people: AsyncSession, key: int) -> None:
        segment = await commands.create_segment(people, {"name": "VIP"}, now=NOW)

        with pytest.raises(CustomerNotFound) as refused:
            await commands.add_members(people, segment, [1, key], actor=SYSTEM, now=NOW)

        assert refused.value.path == ("customer_ids", 1)

    async def test_whom_one_may_not_see_one_may_not_put_in(self, people: AsyncSession) -> None:
        segment = await commands.create_segment(people, {"name": "VIP"}, now=NOW)
        actor = replace(SYSTEM, scope=Scope.BRANCH, branch_ids=frozenset({1}))

        with pytest.raises(CustomerNotFound):
            await commands.add_members(people, segment, [2], actor=actor, now=NOW)

    async def test_a_list_is_not_refreshed_and_a_rule_not_filled(self, people: AsyncSession) -> None:
        fixed = await commands.create_segment(people, {"name": "VIP"}, now=NOW)
        ruled = await commands.create_segment(people, {"name": "Seoul", "rule": SEOUL}, now=NOW)

        with pytest.raises(WrongKind, match="of the kind FIXED"):
            await refresh_segment(people, fixed, now=NOW)
        with pytest.raises(WrongKind, match="of the kind RULE"):
            await commands.add_members(people, ruled, [1], actor=SYSTEM, now=NOW)
        assert await due_segments(people, now=LATER) == [ruled]


class TestChanges:
    async def test_a_name_is_taken_once(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "A"}, now=NOW)
        await commands.create_segment(people, {"name": "B"}, now=NOW)

        with pytest.raises(SegmentNameTaken):
            await commands.create_segment(people, {"name": "A"}, now=NOW)
        with pytest.raises(SegmentNameTaken):
            await commands.update_segment(people, key, changes={"name": "B"}, expected_version=1, now=NOW)

    async def test_a_version_that_has_passed_is_refused(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "A"}, now=NOW)

        with pytest.raises(StaleVersion):
            await commands.update_segment(people, key, changes={"name": "C"}, expected_version=9, now=NOW)

    async def test_retired_nobody_is_in_it_and_nothing_changes_it(self, people: AsyncSession) -> None:
        key = await commands.create_segment(people, {"name": "VIP"}, now=NOW)
        await commands.add_members(people, key, [1], actor=SYSTEM, now=NOW)

        await commands.retire_segment(people, key, expected_version=1, now=LATER)

        assert await _history(people) == [(1, NOW, LATER)]
        with pytest.raises(SegmentRetired):
            await commands.add_members(people, key, [2], actor=SYSTEM, now=LATER)
        with pytest.raises(SegmentNotFound):
            await commands.remove_members(people, key + 1, [2], now=LATER)


class TestPreview:
    async def test_it_counts_shows_some_and_values_them(self, people: AsyncSession) -> None:
        found = await preview(people, SEOUL, actor=SYSTEM, now=NOW, sample=2)
        brought = await worth(people, SEOUL, actor=SYSTEM, now=NOW)

        # The order of tomorrow is among what customer 2 brought; the erased one is not asked. Won have no decimals.
        assert (found.count, list(found.sample)) == (3, [1, 2])
        assert [(str(money.amount), money.currency) for money in brought] == [("10320", "KRW")]

    async def test_it_shows_only_whom_the_asker_may_see(self, people: AsyncSession) -> None:
        actor = replace(SYSTEM, scope=Scope.BRANCH, branch_ids=frozenset({2}))

        found = await preview(people, SEOUL, actor=actor, now=NOW, sample=5)

        assert (found.count, list(found.sample)) == (1, [2])
