"""Touchpoints belong to cases."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.cases.touchpoints import link_touchpoints, unlink_touchpoints
from domain.errors import Invalid
from tests.domain.cases.conftest import Open
from tests.domain.work.people import LEE, NOW, rows


async def _link(session: AsyncSession, key: int, *touchpoints: int, actor: Actor = SYSTEM) -> None:
    await link_touchpoints(session, key, touchpoints, expected_version=1, actor=actor, now=NOW)


class TestLinkTouchpoints:
    async def test_the_customer_s_and_nobody_s_are_linked_once(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()

        await _link(session, key, 2, 1, 2, 4)
        await _link(session, key, 1)

        assert await rows(
            session, "SELECT case_id, touchpoint_id FROM case_touchpoints ORDER BY touchpoint_id"
        ) == [(key, 1), (key, 2), (key, 4)]

    async def test_another_customer_s_or_none_that_is_there_names_its_place(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()

        for touchpoints in ((1, 3), (1, 99)):
            with pytest.raises(Invalid, match="no such touchpoint") as refused:
                await _link(session, key, *touchpoints)
            assert refused.value.path == ("touchpoint_ids", 1)

    async def test_a_case_of_nobody_takes_only_touchpoints_of_nobody(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(customer_id=None)

        with pytest.raises(Invalid):
            await _link(session, key, 1)
        await _link(session, key, 4)

    async def test_one_that_is_not_seen_is_not_there(self, session: AsyncSession, opened: Open) -> None:
        key = await opened(customer_id=None, owner_id=2)

        with pytest.raises(Invalid, match="no such touchpoint"):
            await _link(session, key, 4, actor=LEE)

    @pytest.mark.parametrize("count", [0, 101])
    async def test_their_number_is_limited(self, session: AsyncSession, opened: Open, count: int) -> None:
        key = await opened()

        with pytest.raises(Invalid, match=f"{count} touchpoints are given; allowed: 1 to 100"):
            await _link(session, key, *range(1, count + 1))


class TestUnlinkTouchpoints:
    async def test_those_named_are_taken_away(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await _link(session, key, 1, 2)

        await unlink_touchpoints(session, key, [2, 5], expected_version=1, actor=SYSTEM)

        assert await rows(session, "SELECT touchpoint_id FROM case_touchpoints") == [(1,)]
