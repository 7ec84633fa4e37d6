"""Creating customers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.branches.changes import BranchDetails, create_branch
from domain.branches.model import BranchKind
from domain.customers.commands import create_customer
from domain.customers.details import CustomerDetails, ExternalId, GivenContactPoint
from domain.customers.errors import ExternalIdTaken, OutOfSight
from domain.customers.model import ContactPointKind, CustomerKind, Gender
from domain.errors import Invalid
from domain.roles import Role, Scope
from domain.users.changes import UserDetails, create_user, deactivate_user

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KIM = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN)


async def _branches(session: AsyncSession, *codes: str) -> list[int]:
    return [await create_branch(session, BranchDetails(code, code, BranchKind.SHOP)) for code in codes]


async def _user(session: AsyncSession, subject: str = "kim", *, active: bool = True) -> int:
    key = await create_user(session, UserDetails(subject, subject, Role.AGENT))
    if not active:
        await deactivate_user(session, key, expected_version=1)
    return key


class TestCreateCustomer:
    async def test_all_that_is_given_is_stored(self, session: AsyncSession) -> None:
        [branch] = await _branches(session, "GN")
        owner = await _user(session)

        key = await create_customer(
            session,
            {
                "kind": CustomerKind.PERSON,
                "name": " 김단골 ",
                "latin_name": "Kim Dangol",
                "birth_on": date(1990, 2, 28),
                "gender": Gender.FEMALE,
                "region": "서울",
                "home_branch_id": branch,
                "owner_id": owner,
                "external_ids": [ExternalId("erp", "C-1"), ExternalId("shop", "77")],
                "contact_points": [
                    GivenContactPoint(ContactPointKind.EMAIL, "kim@example.com", preferred=True),
                    GivenContactPoint(ContactPointKind.PHONE, "+82 10-1234-5678", verified=True),
                ],
            },
            actor=SYSTEM,
            now=NOW,
        )

        row = (await session.execute(text("SELECT * FROM customers"))).one()
        assert (row.id, row.name, row.latin_name, row.birth_on) == (
            key,
            "김단골",
            "Kim Dangol",
            date(1990, 2, 28),
        )
        assert (row.kind, row.gender, row.region) == ("PERSON", "FEMALE", "서울")
        assert (row.home_branch_id, row.owner_id, row.version) == (branch, owner, 1)
        ids = await session.execute(text("SELECT system, external_id FROM customer_external_ids ORDER BY 1"))
        assert [tuple(each) for each in ids] == [("erp", "C-1"), ("shop", "77")]
        points = await session.execute(
            text("SELECT position, kind, value, verified, preferred FROM contact_points ORDER BY 1")
        )
        assert [tuple(each) for each in points] == [
            (1, "EMAIL", "kim@example.com", False, True),
            (2, "PHONE", "+82 10-1234-5678", True, False),
        ]

    async def test_it_is_one_event(self, session: AsyncSession) -> None:
        await create_customer(
            session, {"name": "x", "external_ids": [ExternalId("erp", "1")]}, actor=SYSTEM, now=NOW
        )

        events = await session.execute(text("SELECT aggregate, operation FROM change"))
        assert [tuple(event) for event in events] == [("customer", "CREATED")]

    async def test_an_external_id_that_another_has_is_named(self, session: AsyncSession) -> None:
        await create_customer(
            session, {"name": "x", "external_ids": [ExternalId("erp", "1")]}, actor=SYSTEM, now=NOW
        )

        with pytest.raises(ExternalIdTaken, match="'1' in the system 'erp'") as caught:
            await create_customer(
                session,
                {"name": "y", "external_ids": [ExternalId("shop", "1"), ExternalId("erp", "1")]},
                actor=SYSTEM,
                now=NOW,
            )

        assert caught.value.path == ("external_ids", 1)

    @pytest.mark.parametrize(
        ("details", "reason", "path"),
        [
            ({}, "name is missing", ("name",)),
            ({"name": None}, "name cannot be cleared", ("name",)),
            ({"name": " "}, "name is empty", ("name",)),
            ({"name": "x" * 201}, "201 characters", ("name",)),
            ({"name": "x", "kind": None}, "kind cannot be cleared", ("kind",)),
            ({"name": "x", "occupation": "a\nb"}, "control character", ("occupation",)),
            ({"name": "x", "birth_on": date(2026, 3, 3)}, "lies in the future", ("birth_on",)),
            ({"name": "x", "home_branch_id": 99}, "no such branch", ("home_branch_id",)),
            ({"name": "x", "owner_id": 99}, "no such user", ("owner_id",)),
            (
                {"name": "x", "external_ids": [ExternalId("erp", "1")] * 2},
                "'1' in the system 'erp' is given twice",
                ("external_ids", 1),
            ),
            ({"name": "x", "external_ids": [ExternalId("erp", "")]}, "empty", ("external_ids", 0, "id")),
            ({"name": "x", "external_ids": [ExternalId("erp", "1")] * 51}, "at most 50", ("external_ids",)),
            (
                {"name": "x", "contact_points": [GivenContactPoint(ContactPointKind.EMAIL, "kim@home")]},
                "no e-mail address",
                ("contact_points", 0, "value"),
            ),
            (
                {"name": "x", "contact_points": [GivenContactPoint(ContactPointKind.PHONE, "call me")]},
                "no phone number",
                ("contact_points", 0, "value"),
            ),
            (
                {
                    "name": "x",
                    "contact_points": [
                        GivenContactPoint(ContactPointKind.ADDRESS, place, preferred=True) for place in "ab"
                    ],
                },
                "only one ADDRESS can be preferred",
                ("contact_points", 1, "preferred"),
            ),
        ],
    )
    async def test_what_breaks_a_rule_is_refused_with_its_place(
        self, session: AsyncSession, details: CustomerDetails, reason: str, path: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(Invalid, match=reason) as caught:
            await create_customer(session, details, actor=SYSTEM, now=NOW)

        assert caught.value.path == path

    async def test_a_deactivated_user_owns_nobody_new(self, session: AsyncSession) -> None:
        owner = await _user(session, active=False)

        with pytest.raises(Invalid, match="deactivated"):
            await create_customer(session, {"name": "x", "owner_id": owner}, actor=SYSTEM, now=NOW)

    async def test_today_somewhere_on_earth_is_no_future(self, session: AsyncSession) -> None:
        await create_customer(session, {"name": "x", "birth_on": date(2026, 3, 1)}, actor=SYSTEM, now=NOW)


class TestWhoCreates:
    async def test_an_actor_of_own_customers_becomes_the_owner(self, session: AsyncSession) -> None:
        kim = replace(KIM, user_id=await _user(session))

        await create_customer(session, {"name": "x"}, actor=kim, now=NOW)

        assert await session.scalar(text("SELECT owner_id FROM customers")) == kim.user_id

    async def test_an_actor_of_own_customers_creates_none_for_others(self, session: AsyncSession) -> None:
        kim = replace(KIM, user_id=await _user(session))
        lee = await _user(session, "lee")

        with pytest.raises(OutOfSight, match="you must be the owner"):
            await create_customer(session, {"name": "x", "owner_id": lee}, actor=kim, now=NOW)

    async def test_an_actor_of_one_branch_gives_it_as_home(self, session: AsyncSession) -> None:
        [branch] = await _branches(session, "GN")
        actor = replace(KIM, scope=Scope.BRANCH, branch_ids=frozenset({branch}))

        await create_customer(session, {"name": "x"}, actor=actor, now=NOW)

        assert await session.scalar(text("SELECT home_branch_id FROM customers")) == branch

    async def test_an_actor_of_two_branches_says_which(self, session: AsyncSession) -> None:
        first, second, third = await _branches(session, "A", "B", "C")
        actor = replace(KIM, scope=Scope.BRANCH, branch_ids=frozenset({first, second}))

        await create_customer(session, {"name": "x", "home_branch_id": second}, actor=actor, now=NOW)
        for details in ({"name": "y"}, {"name": "y", "home_branch_id": third}):
            with pytest.raises(OutOfSight, match="one of your branches"):
                await create_customer(session, details, actor=actor, now=NOW)  # type: ignore[arg-type]  # a dict
