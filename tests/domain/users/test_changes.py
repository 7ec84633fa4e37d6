"""Users: created, changed, deactivated with their work, and never the last administrator."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM
from domain.db import run
from domain.errors import DomainError, Invalid, StaleVersion
from domain.roles import Role
from domain.tasks.errors import NobodyTakesIt
from domain.tasks.leaving import WorkLeft, user_leaves
from domain.users.changes import UserDetails, create_user, deactivate_user, reactivate_user, update_user
from domain.users.errors import AlreadySo, LastAdmin, SubjectTaken, UserNotFound

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def _user(session: AsyncSession, subject: str, role: Role = Role.AGENT) -> int:
    return await create_user(session, UserDetails(subject, subject, role))


async def _row(session: AsyncSession, key: int, columns: str) -> tuple[Any, ...]:
    return tuple((await session.execute(text(f"SELECT {columns} FROM users WHERE id = {key}"))).one())


class TestCreateAndUpdate:
    async def test_a_user_is_as_told_with_his_branches(self, session: AsyncSession) -> None:
        await session.execute(
            text("INSERT INTO branches (id, code, name, kind) VALUES (901, 'GN', 'g', 'SHOP')")
        )

        key = await create_user(
            session, UserDetails("kim", "김상담", Role.AGENT, "kim@example.com", branch_ids=frozenset({901}))
        )

        assert await _row(session, key, "subject, name, role, email, active") == (
            "kim",
            "김상담",
            "AGENT",
            "kim@example.com",
            True,
        )
        assert await session.scalar(text(f"SELECT branch_id FROM user_branches WHERE user_id = {key}")) == 901

    async def test_a_subject_is_one_users(self, session: AsyncSession) -> None:
        await _user(session, "kim")

        with pytest.raises(SubjectTaken):
            await _user(session, "kim")

    async def test_a_branch_that_is_not_there_is_refused(self, session: AsyncSession) -> None:
        with pytest.raises(Invalid, match="no such branch"):
            await create_user(session, UserDetails("kim", "k", Role.AGENT, branch_ids=frozenset({1})))

    async def test_what_is_absent_is_left_and_none_clears(self, session: AsyncSession) -> None:
        key = await create_user(session, UserDetails("kim", "김", Role.AGENT, "kim@example.com"))

        await update_user(session, key, changes={"email": None, "role": Role.MARKETER}, expected_version=1)

        assert await _row(session, key, "name, email, role") == ("김", None, "MARKETER")

    async def test_he_works_where_he_is_said_to_and_others_where_they_did(
        self, session: AsyncSession
    ) -> None:
        await session.execute(
            text(
                "INSERT INTO branches (id, code, name, kind) SELECT i, i, i, 'SHOP' FROM generate_series(901, 903) i"
            )
        )
        both = frozenset({901, 902})
        kim, lee = [
            await create_user(session, UserDetails(name, name, Role.AGENT, branch_ids=both))
            for name in ("kim", "lee")
        ]

        await update_user(session, kim, changes={"branch_ids": [902, 903, 902]}, expected_version=1)

        works = await session.execute(text("SELECT user_id, branch_id FROM user_branches ORDER BY 1, 2"))
        assert [tuple(row) for row in works] == [(kim, 902), (kim, 903), (lee, 901), (lee, 902)]

    async def test_a_stale_version_and_an_unknown_user_are_told(self, session: AsyncSession) -> None:
        key = await _user(session, "kim")

        with pytest.raises(StaleVersion):
            await update_user(session, key, changes={"name": "x"}, expected_version=2)
        with pytest.raises(UserNotFound):
            await update_user(session, 999_999, changes={"name": "x"}, expected_version=1)


class TestLastAdmin:
    async def test_he_is_neither_deactivated_nor_demoted(self, session: AsyncSession) -> None:
        ann = await _user(session, "ann", Role.ADMIN)

        with pytest.raises(LastAdmin):
            await deactivate_user(session, ann, expected_version=1)
        with pytest.raises(LastAdmin):
            await update_user(session, ann, changes={"role": Role.VIEWER}, expected_version=1)

    async def test_a_deactivated_administrator_does_not_count(self, session: AsyncSession) -> None:
        ann, bob = await _user(session, "ann", Role.ADMIN), await _user(session, "bob", Role.ADMIN)
        await deactivate_user(session, bob, expected_version=1)

        with pytest.raises(LastAdmin):
            await deactivate_user(session, ann, expected_version=1)

    async def test_he_may_change_what_is_not_his_role(self, session: AsyncSession) -> None:
        ann = await _user(session, "ann", Role.ADMIN)

        await update_user(session, ann, changes={"name": "Ann", "role": Role.ADMIN}, expected_version=1)

        assert await _row(session, ann, "name") == ("Ann",)

    async def test_of_two_who_go_at_once_one_stays(self, engine: AsyncEngine) -> None:
        async def make(session: AsyncSession) -> list[int]:
            return [await _user(session, name, Role.ADMIN) for name in ("ann", "bob")]

        keys = await run(engine, make, origin="test")

        async def leave(key: int) -> str:
            async def work(session: AsyncSession) -> None:
                await deactivate_user(session, key, expected_version=1)

            try:
                await run(engine, work, origin="test")
            except DomainError as error:
                return type(error).__name__
            return "left"

        outcomes = await asyncio.gather(*(leave(key) for key in keys))

        assert sorted(outcomes) == ["LastAdmin", "left"]


class TestLeaving:
    async def test_open_work_needs_somebody_who_takes_it(self, session: AsyncSession) -> None:
        kim = await _user(session, "kim")
        await session.execute(text(f"INSERT INTO customers (name, owner_id) VALUES ('x', {kim})"))

        with pytest.raises(WorkLeft, match="1 pieces of work"):
            await user_leaves(session, kim, to_user=None, expected_version=1, actor=SYSTEM)

    async def test_his_customers_are_the_others(self, session: AsyncSession) -> None:
        kim, lee = await _user(session, "kim"), await _user(session, "lee")
        await session.execute(text(f"INSERT INTO customers (id, name, owner_id) VALUES (990001, 'x', {kim})"))

        await user_leaves(session, kim, to_user=lee, expected_version=1, actor=SYSTEM)

        assert await session.scalar(text("SELECT owner_id FROM customers WHERE id = 990001")) == lee
        assert await _row(session, kim, "active") == (False,)

    async def test_nobody_takes_his_own_work_and_nobody_who_left_does(self, session: AsyncSession) -> None:
        kim, lee = await _user(session, "kim"), await _user(session, "lee")
        await user_leaves(session, lee, to_user=None, expected_version=1, actor=SYSTEM)

        for other in (kim, lee):
            with pytest.raises((NobodyTakesIt, Invalid)):
                async with session.begin_nested():
                    await user_leaves(session, kim, to_user=other, expected_version=1, actor=SYSTEM)

    async def test_he_may_come_back_and_nothing_is_done_twice(self, session: AsyncSession) -> None:
        kim = await _user(session, "kim")
        await deactivate_user(session, kim, expected_version=1)
        with pytest.raises(AlreadySo):
            await deactivate_user(session, kim, expected_version=1)

        await reactivate_user(session, kim, expected_version=1)

        assert await _row(session, kim, "active") == (True,)
        with pytest.raises(AlreadySo):
            await reactivate_user(session, kim, expected_version=1)
