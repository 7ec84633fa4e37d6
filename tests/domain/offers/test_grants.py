"""Granting offers, and what becomes of grants."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM, Actor
from domain.customers.errors import CustomerNotFound
from domain.db import run
from domain.errors import Invalid, StaleVersion
from domain.money import Money
from domain.offers.commands import create_offer
from domain.offers.errors import (
    BudgetSpent,
    GrantCodeTaken,
    GrantNotFound,
    MoveNotAllowed,
    NotForAgents,
    OfferExhausted,
    OfferNotFound,
    OfferNotValid,
)
from domain.offers.grants import grant_offer
from domain.offers.model import GrantState
from domain.offers.moves import move_grant
from domain.offers.states import MOVES
from domain.offers.terms import OfferTerms
from domain.offers.tree import OfferKind
from domain.roles import Role, Scope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KIM = Actor(subject="kim", role=Role.AGENT, scope=Scope.ALL, user_id=1)
PEOPLE = (
    "INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', 'k', 'AGENT'), (2, 'lee', 'l', 'AGENT')",
    "INSERT INTO customers (id, name, owner_id) VALUES (1, 'a', 1), (2, 'b', 2)",
)
PROPOSED, DELIVERED, VIEWED, ACCEPTED, REDEEMED, DECLINED, EXPIRED = GrantState


async def _people(session: AsyncSession) -> None:
    for statement in PEOPLE:
        await session.execute(text(statement))


async def _offer(session: AsyncSession, **terms: Any) -> int:
    whole: OfferTerms = {"kind": OfferKind.CORE, "name": "o", **terms}  # type: ignore[typeddict-item]  # the test's
    return await create_offer(session, "O", terms=whole, now=NOW - timedelta(days=60))


Grant = Callable[..., Awaitable[int]]


@pytest.fixture
async def grant(session: AsyncSession) -> Grant:
    """Makes the people; grants the offer to customer 1 unless another is named."""
    await _people(session)

    async def call(
        offer: int, customer: int = 1, *, actor: Actor = SYSTEM, now: datetime = NOW, **given: Any
    ) -> int:
        return await grant_offer(session, offer, customer, actor=actor, now=now, **given)

    return call


async def _state(session: AsyncSession, key: int) -> tuple[str, list[tuple[str, datetime]]]:
    state = await session.scalar(text(f"SELECT state FROM offer_grants WHERE id = {key}"))
    reached = await session.execute(
        text(f"SELECT state, reached_at FROM offer_grant_states WHERE grant_id = {key} ORDER BY id")
    )
    assert state is not None
    return state, [(row.state, row.reached_at) for row in reached]


class TestGrantOffer:
    async def test_it_is_proposed_and_its_history_begins(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(session, agent_grantable=True)

        key = await grant(offer, reason="41 of 60 like him chose it", code="X-1", actor=KIM)

        row = (await session.execute(text("SELECT * FROM offer_grants"))).one()
        assert (row.id, row.customer_id, row.code, row.granted_by_id) == (key, 1, "X-1", 1)
        assert (row.reason, row.granted_at) == ("41 of 60 like him chose it", NOW)
        assert await _state(session, key) == ("PROPOSED", [("PROPOSED", NOW)])

    @pytest.mark.parametrize(
        ("valid_from", "valid_to"),
        [(NOW + timedelta(seconds=1), None), (NOW - timedelta(days=1), NOW)],
        ids=["not yet", "ended at this moment"],
    )
    async def test_outside_its_validity_it_is_not_granted(
        self, session: AsyncSession, grant: Grant, valid_from: datetime, valid_to: datetime | None
    ) -> None:
        offer = await _offer(session, valid_from=valid_from, valid_to=valid_to)

        with pytest.raises(OfferNotValid, match="is valid from"):
            await grant(offer)

    async def test_its_validity_begins_with_its_first_moment(
        self, session: AsyncSession, grant: Grant
    ) -> None:
        offer = await _offer(session, valid_from=NOW, valid_to=NOW + timedelta(seconds=1))

        assert await grant(offer)

    async def test_no_more_are_granted_than_there_are(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(session, quantity_limit=2)
        await grant(offer)
        await grant(offer, 2)

        with pytest.raises(OfferExhausted, match="all 2 of the offer 'O' are granted"):
            await grant(offer)

    async def test_a_declined_grant_leaves_room_for_another(
        self, session: AsyncSession, grant: Grant
    ) -> None:
        offer = await _offer(session, quantity_limit=1)
        key = await grant(offer)
        await move_grant(session, key, DECLINED, expected_version=1, actor=SYSTEM, now=NOW)

        assert await grant(offer, 2)

    async def test_a_code_is_used_once(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(session)
        await grant(offer, code="X")

        with pytest.raises(GrantCodeTaken, match="'X'"):
            await grant(offer, 2, code="X")

    async def test_what_is_not_there_or_not_seen_is_named(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(session)

        with pytest.raises(OfferNotFound):
            await grant(99)
        for customer, actor in ((99, SYSTEM), (2, replace(KIM, scope=Scope.OWN))):
            with pytest.raises(CustomerNotFound):
                await grant(offer, customer, actor=actor)

    async def test_of_many_who_grant_the_last_pieces_as_many_succeed(self, engine: AsyncEngine) -> None:
        async def prepare(session: AsyncSession) -> int:
            await _people(session)
            return await _offer(session, quantity_limit=5)

        offer = await run(engine, prepare, origin="test")

        async def attempt() -> str:
            try:
                await run(
                    engine, lambda session: grant_offer(session, offer, 1, actor=SYSTEM, now=NOW), origin="t"
                )
            except OfferExhausted:
                return "exhausted"
            return "granted"

        outcomes = Counter(await asyncio.gather(*(attempt() for _ in range(20))))

        assert outcomes == {"granted": 5, "exhausted": 15}


class TestAgents:
    async def test_an_agent_grants_only_what_agents_may(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(session)

        with pytest.raises(NotForAgents, match="agents may not grant the offer 'O'"):
            await grant(offer, actor=KIM)

    async def test_without_a_budget_an_agent_is_not_limited(
        self, session: AsyncSession, grant: Grant
    ) -> None:
        offer = await _offer(session, agent_grantable=True)

        assert await grant(offer, actor=KIM)

    async def test_the_budget_of_a_month_is_not_exceeded(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(
            session,
            agent_grantable=True,
            agent_monthly_budget=Money(Decimal(2500), "KRW"),
            cost=Money(Decimal(1000), "KRW"),
            value=Money(Decimal(9000), "KRW"),
        )
        first = await grant(offer, actor=KIM)
        await grant(offer, actor=KIM)

        with pytest.raises(BudgetSpent, match=r"2500.00 KRW a month: 2000.00 are granted, 1000.00 more"):
            await grant(offer, actor=KIM)

        await grant(offer, actor=replace(KIM, subject="lee", user_id=2))
        await grant(offer, actor=SYSTEM)
        await move_grant(session, first, EXPIRED, expected_version=1, actor=SYSTEM, now=NOW)
        await grant(offer, actor=KIM)

    async def test_a_month_begins_at_midnight_of_the_company(
        self, session: AsyncSession, grant: Grant
    ) -> None:
        offer = await _offer(
            session,
            agent_grantable=True,
            agent_monthly_budget=Money(Decimal(1), "KRW"),
            value=Money(Decimal(1), "KRW"),
        )
        new_month_in_seoul = datetime(2026, 2, 28, 15, tzinfo=UTC)
        await grant(offer, actor=KIM, now=new_month_in_seoul - timedelta(seconds=1))

        await grant(offer, actor=KIM, now=new_month_in_seoul)
        with pytest.raises(BudgetSpent):
            await grant(offer, actor=KIM, now=new_month_in_seoul + timedelta(days=30))

    async def test_a_budget_is_a_users(self, session: AsyncSession, grant: Grant) -> None:
        offer = await _offer(
            session,
            agent_grantable=True,
            agent_monthly_budget=Money(Decimal(1), "KRW"),
            value=Money(Decimal(1), "KRW"),
        )

        with pytest.raises(NotForAgents, match="no user has the subject 'kim'"):
            await grant(offer, actor=replace(KIM, user_id=None))


class TestMoveGrant:
    async def test_each_state_is_kept_with_its_time(self, session: AsyncSession, grant: Grant) -> None:
        key = await grant(await _offer(session))
        later = NOW + timedelta(hours=1)

        await move_grant(session, key, VIEWED, expected_version=1, actor=SYSTEM, now=later)

        assert await _state(session, key) == ("VIEWED", [("PROPOSED", NOW), ("VIEWED", later)])

    async def test_an_order_of_the_customer_redeems_it(self, session: AsyncSession, grant: Grant) -> None:
        key = await grant(await _offer(session))
        await session.execute(
            text(
                "INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id)"
                " VALUES (1, 'erp', '1', '1', now(), 'KRW', 1), (2, 'erp', '2', '2', now(), 'KRW', 2)"
            )
        )

        for order, state in ((2, REDEEMED), (99, REDEEMED), (1, ACCEPTED)):
            with pytest.raises(Invalid):
                await move_grant(
                    session, key, state, expected_version=1, actor=SYSTEM, now=NOW, order_id=order
                )
        await move_grant(session, key, REDEEMED, expected_version=1, actor=SYSTEM, now=NOW, order_id=1)

        assert await session.scalar(text("SELECT order_id FROM offer_grants")) == 1

    @pytest.mark.parametrize("state", GrantState)
    async def test_states_move_one_way(self, session: AsyncSession, grant: Grant, state: GrantState) -> None:
        key = await grant(await _offer(session))
        if state is not PROPOSED:
            await move_grant(session, key, state, expected_version=1, actor=SYSTEM, now=NOW)

        for wanted in set(GrantState) - MOVES[state]:
            with pytest.raises(MoveNotAllowed, match=f"a grant that is {state} cannot become {wanted}"):
                await move_grant(session, key, wanted, expected_version=1, actor=SYSTEM, now=NOW)

        assert (await _state(session, key))[0] == state

    async def test_an_old_version_is_refused(self, session: AsyncSession, grant: Grant) -> None:
        key = await grant(await _offer(session))

        with pytest.raises(StaleVersion, match="version 2 was expected, 1 stands now"):
            await move_grant(session, key, VIEWED, expected_version=2, actor=SYSTEM, now=NOW)

    async def test_a_grant_to_a_customer_one_may_not_see_is_not_there(
        self, session: AsyncSession, grant: Grant
    ) -> None:
        key = await grant(await _offer(session), 2)

        with pytest.raises(GrantNotFound):
            await move_grant(
                session, key, VIEWED, expected_version=1, actor=replace(KIM, scope=Scope.OWN), now=NOW
            )


class TestMoves:
    def test_no_state_leads_back(self) -> None:
        order = list(GrantState)

        assert all(
            order.index(wanted) > order.index(state) for state in GrantState for wanted in MOVES[state]
        )

    def test_three_states_are_final(self) -> None:
        assert {state for state in GrantState if not MOVES[state]} == {REDEEMED, DECLINED, EXPIRED}
