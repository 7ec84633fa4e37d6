"""Cases are opened, changed and assigned."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.cases.commands import assign_case, update_case
from domain.cases.errors import CaseNotFound
from domain.customers.errors import CustomerNotFound, OutOfSight
from domain.errors import Invalid, StaleVersion
from tests.domain.cases.conftest import Open
from tests.domain.work.people import HEAD, KIM, LEE, NOW, SHOP, rows


class TestCreateCase:
    async def test_it_is_new_has_a_number_and_its_history_begins(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(actor=HEAD, description="두 주째", topic="배송")

        [case] = await rows(
            session,
            "SELECT number, kind, channel, state, priority, topic, subject, description, customer_id, owner_id,"
            " opened_at, version FROM cases",
        )
        assert case == (
            f"C-{key}",
            "COMPLAINT",
            "EMAIL",
            "NEW",
            "NORMAL",
            "배송",
            "늦은 배송",
            "두 주째",
            1,
            None,
            NOW,
            1,
        )
        assert await rows(
            session, "SELECT case_id, from_state, to_state, moved_at, moved_by_id FROM case_moves"
        ) == [(key, None, "NEW", NOW, 4)]

    async def test_what_came_before_is_opened_then_and_never_later_than_now(
        self, session: AsyncSession, opened: Open
    ) -> None:
        await opened(opened_at=NOW - timedelta(hours=2))
        await opened(opened_at=NOW + timedelta(hours=2))

        assert await rows(session, "SELECT opened_at FROM cases ORDER BY id") == [
            (NOW - timedelta(hours=2),),
            (NOW,),
        ]

    async def test_without_a_word_on_it_the_writer_owns_it_or_his_branch_has_it(
        self, session: AsyncSession, opened: Open
    ) -> None:
        await opened(actor=KIM)
        await opened(actor=SHOP, customer_id=None)

        assert await rows(session, "SELECT owner_id, branch_id FROM cases ORDER BY id") == [
            (1, None),
            (None, 1),
        ]

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"subject": " "}, ("subject",)),
            ({"subject": None}, ("subject",)),
            ({"priority": None}, ("priority",)),
            ({"topic": "a\u202eb"}, ("topic",)),
            ({"branch_id": 99}, ("branch_id",)),
            ({"owner_id": 99}, ("owner_id",)),
            ({"owner_id": 5}, ("owner_id",)),
        ],
    )
    async def test_what_is_not_allowed_names_its_place(
        self, opened: Open, change: dict[str, Any], path: tuple[str, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await opened(**change)

        assert refused.value.path == path

    async def test_a_customer_out_of_sight_is_not_there(self, opened: Open) -> None:
        with pytest.raises(CustomerNotFound):
            await opened(actor=LEE)

    async def test_nobody_opens_what_he_would_not_see(self, opened: Open) -> None:
        with pytest.raises(OutOfSight, match="own it yourself"):
            await opened(actor=KIM, customer_id=None, owner_id=2)


class TestUpdateCase:
    async def test_what_is_absent_is_left_and_none_clears(self, session: AsyncSession, opened: Open) -> None:
        key = await opened(description="x", topic="y", due_at=NOW)

        await update_case(
            session,
            key,
            changes={"subject": "new", "due_at": None, "topic": None},
            expected_version=1,
            actor=SYSTEM,
        )

        assert await rows(session, "SELECT subject, description, topic, due_at, version FROM cases") == [
            ("new", "x", None, None, 1)
        ], "one transaction is one version"

    async def test_an_old_version_and_what_is_not_seen_are_refused(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(owner_id=1)

        with pytest.raises(StaleVersion):
            await update_case(session, key, changes={}, expected_version=7, actor=KIM)
        with pytest.raises(CaseNotFound):
            await update_case(session, key, changes={}, expected_version=1, actor=LEE)

    async def test_nobody_changes_it_out_of_his_sight(self, session: AsyncSession, opened: Open) -> None:
        key = await opened(owner_id=2)

        with pytest.raises(OutOfSight):
            await update_case(session, key, changes={"customer_id": None}, expected_version=1, actor=KIM)

    async def test_a_customer_whose_touchpoints_are_not_its_own_is_refused(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()
        await session.execute(
            text(f"INSERT INTO case_touchpoints VALUES ({key}, 1, now()), ({key}, 4, now())")
        )

        with pytest.raises(Invalid, match="touchpoints of another customer") as refused:
            await update_case(session, key, changes={"customer_id": 4}, expected_version=1, actor=SYSTEM)
        await update_case(session, key, changes={"customer_id": 1}, expected_version=1, actor=SYSTEM)

        assert refused.value.path == ("customer_id",)


class TestAssignCase:
    async def test_it_changes_hands_and_may_leave_the_giver_s_sight(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(actor=KIM, customer_id=None)

        await assign_case(session, key, {"owner_id": 2, "branch_id": 1}, expected_version=1, actor=KIM)

        assert await rows(session, "SELECT owner_id, branch_id FROM cases") == [(2, 1)]
        with pytest.raises(CaseNotFound):
            await assign_case(session, key, {"owner_id": 1}, expected_version=1, actor=KIM)

    async def test_a_queue_has_it_back(self, session: AsyncSession, opened: Open) -> None:
        key = await opened(owner_id=1, branch_id=1)

        await assign_case(session, key, {"owner_id": None}, expected_version=1, actor=SYSTEM)

        assert await rows(session, "SELECT owner_id, branch_id FROM cases") == [(None, 1)]

    async def test_a_deactivated_user_gets_nothing(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        with pytest.raises(Invalid, match="the user is deactivated"):
            await assign_case(session, key, {"owner_id": 5}, expected_version=1, actor=SYSTEM)
