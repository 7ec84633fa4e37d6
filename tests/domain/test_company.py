"""Branches and users are put in place by code and subject."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.branches.commands import BranchDetails, upsert_branches
from domain.branches.model import BranchKind
from domain.errors import Invalid
from domain.roles import Role
from domain.users.commands import UserDetails, upsert_users

SHOP = BranchDetails("GN", "강남점", BranchKind.SHOP, region="서울", opened_on=date(2020, 1, 2))
KIM = UserDetails("kim", "김상담", Role.AGENT, email="kim@example.com")


class TestUpsertBranches:
    async def test_they_are_stored_and_told_by_code(self, session: AsyncSession) -> None:
        keys = await upsert_branches(session, [SHOP, BranchDetails("WEB", "Web", BranchKind.WEB)])

        rows = await session.execute(
            text("SELECT id, code, name, region, opened_on FROM branches ORDER BY code")
        )
        assert [tuple(row) for row in rows] == [
            (keys["GN"], "GN", "강남점", "서울", date(2020, 1, 2)),
            (keys["WEB"], "WEB", "Web", None, None),
        ]

    async def test_a_changed_one_is_updated_and_the_others_are_left(self, session: AsyncSession) -> None:
        web = BranchDetails("WEB", "Web", BranchKind.WEB)
        before = await upsert_branches(session, [SHOP, web])
        place = text("SELECT ctid::text FROM branches WHERE code = 'WEB'")
        untouched = await session.scalar(place)

        after = await upsert_branches(session, [replace(SHOP, region=None), web])

        assert after == before
        assert await session.scalar(text("SELECT region FROM branches WHERE code = 'GN'")) is None
        assert await session.scalar(place) == untouched

    async def test_a_bad_name_is_refused_with_its_place(self, session: AsyncSession) -> None:
        with pytest.raises(Invalid, match="name is empty") as caught:
            await upsert_branches(session, [SHOP, replace(SHOP, name=" ")])

        assert caught.value.path == (1, "name")


class TestUpsertUsers:
    async def test_they_work_where_they_are_said_to(self, session: AsyncSession) -> None:
        branches = await upsert_branches(session, [replace(SHOP, code=code) for code in "ABC"])
        a, b, c = (branches[code] for code in "ABC")
        await upsert_users(session, [replace(KIM, branch_ids=frozenset({a, b}))])

        keys = await upsert_users(
            session,
            [
                replace(KIM, branch_ids=frozenset({b, c})),
                UserDetails("lee", "이", Role.MARKETER, active=False),
            ],
        )

        works = await session.execute(text("SELECT user_id, branch_id FROM user_branches ORDER BY 2"))
        assert [tuple(row) for row in works] == [(keys["kim"], b), (keys["kim"], c)]
        users = await session.execute(text("SELECT subject, email, role, active FROM users ORDER BY 1"))
        assert [tuple(row) for row in users] == [
            ("kim", "kim@example.com", "AGENT", True),
            ("lee", None, "MARKETER", False),
        ]

    async def test_nobody_else_loses_his_branches(self, session: AsyncSession) -> None:
        [branch] = (await upsert_branches(session, [SHOP])).values()
        await upsert_users(session, [replace(KIM, branch_ids=frozenset({branch}))])

        await upsert_users(session, [UserDetails("lee", "이", Role.MARKETER)])

        assert await session.scalar(text("SELECT count(*) FROM user_branches")) == 1
