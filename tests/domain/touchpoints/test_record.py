"""Recording touchpoints."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM, Actor
from domain.channels import Channel
from domain.customers.details import ExternalId
from domain.db import run
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.money import Money
from domain.roles import Role, Scope
from domain.touchpoints.commands import Recorded, RecordStatus, record_touchpoints
from domain.touchpoints.items import NewTouchpoint
from domain.touchpoints.model import Direction, TouchpointKind

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CALL = NewTouchpoint("callcentre", "m-1", Channel.INBOUND_CALL, Direction.INBOUND, NOW - timedelta(hours=1))

CREATED, UNCHANGED, REJECTED = RecordStatus.CREATED, RecordStatus.UNCHANGED, RecordStatus.REJECTED


@pytest.fixture
async def company(session: AsyncSession) -> None:
    """Customer 1 (C-1 in erp) of user 1 and branch 1 with order 1; customer 2, user 2, branch 2; offer 1."""
    for statement in (
        "INSERT INTO branches (id, code, name, kind) VALUES (1, 'A', 'a', 'SHOP'), (2, 'B', 'b', 'SHOP')",
        "INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', 'k', 'AGENT'), (2, 'lee', 'l', 'AGENT')",
        "INSERT INTO customers (id, name, owner_id, home_branch_id) VALUES (1, 'a', 1, 1), (2, 'b', NULL, 2)",
        "INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'C-1', 1)",
        (
            "INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id)"
            " VALUES (1, 'erp', '1', '1', now(), 'KRW', 1)"
        ),
        "INSERT INTO offers (id, code, name, kind) VALUES (1, 'O', 'o', 'CORE')",
    ):
        await session.execute(text(statement))


Record = Callable[..., Any]


@pytest.fixture
def record(session: AsyncSession, company: None) -> Record:
    async def call(*items: NewTouchpoint, actor: Actor = SYSTEM) -> list[Recorded]:
        return await record_touchpoints(session, items, actor=actor, now=NOW)

    return call


def _statuses(results: list[Recorded]) -> list[RecordStatus]:
    return [result.status for result in results]


def _error(result: Recorded) -> DomainError:
    assert result.status is REJECTED
    assert result.error is not None
    return result.error


class TestRecordTouchpoints:
    async def test_all_that_is_told_is_stored(self, session: AsyncSession, record: Record) -> None:
        item = replace(
            CALL,
            customer=1,
            visitor_id="v-1",
            kind=TouchpointKind.SURVEY,
            duration_seconds=90,
            agent_id=2,
            branch_id=1,
            subject="배송 문의",
            note="first line\r\nsecond",
            topics=("delivery", "refund"),
            sentiment=-20,
            rating=4,
            outcome="SOLVED",
            cost=Money(Decimal(1200), "KRW"),
            order_id=1,
            offer_id=1,
        )

        [result] = await record(item)

        row = (await session.execute(text("SELECT * FROM touchpoints"))).one()._asdict()
        assert (result.status, result.key) == (CREATED, row["id"])
        stored = {name: row[name] for name in row if name in item.__dict__}
        told = {**item.__dict__, "note": "first line\nsecond", "topics": ["delivery", "refund"], "cost": 1200}
        del told["customer"]
        assert stored == told
        assert (row["customer_id"], row["currency"]) == (1, "KRW")

    async def test_the_same_twice_is_one_touchpoint_and_one_event(
        self, session: AsyncSession, record: Record
    ) -> None:
        item = replace(CALL, customer=1, topics=("a",), cost=Money(Decimal(1), "USD"))

        [first] = await record(item)
        [second] = await record(replace(item, cost=Money(Decimal("1.00"), "USD")))

        assert (first.status, second.status, second.key) == (CREATED, UNCHANGED, first.key)
        events = await session.scalar(text("SELECT count(*) FROM change WHERE aggregate = 'touchpoint'"))
        assert events == 1

    async def test_another_content_under_the_same_id_is_refused_and_named(self, record: Record) -> None:
        await record(replace(CALL, note="calm"))

        [result] = await record(replace(CALL, note="angry", rating=1))

        error = _error(result)
        assert isinstance(error, Conflict)
        assert "'m-1' of 'callcentre' is recorded with another note, rating" in str(error)

    async def test_the_same_id_of_another_system_is_another_touchpoint(self, record: Record) -> None:
        results = await record(CALL, replace(CALL, source_system="shop"))

        assert _statuses(results) == [CREATED, CREATED]

    async def test_repeats_within_a_batch_are_one_touchpoint(self, record: Record) -> None:
        results = await record(CALL, CALL, replace(CALL, rating=5))

        assert _statuses(results) == [CREATED, UNCHANGED, REJECTED]
        assert results[1].key == results[0].key

    async def test_a_bad_item_costs_itself_alone(self, session: AsyncSession, record: Record) -> None:
        items = [replace(CALL, source_id=f"m-{number}") for number in range(100)]
        items[40] = replace(items[40], customer=99)

        results = await record(*items)

        assert [place for place, result in enumerate(results) if result.status is not CREATED] == [40]
        assert await session.scalar(text("SELECT count(*) FROM touchpoints")) == 99

    async def test_nothing_to_record_is_no_error(self, record: Record) -> None:
        assert await record() == []

    async def test_a_customer_is_named_by_the_id_another_system_has(
        self, session: AsyncSession, record: Record
    ) -> None:
        results = await record(replace(CALL, customer=ExternalId("erp", "C-1")))

        assert _statuses(results) == [CREATED]
        assert await session.scalar(text("SELECT customer_id FROM touchpoints")) == 1

    async def test_a_visitor_identified_since_is_told_again_without_his_name(
        self, session: AsyncSession, record: Record
    ) -> None:
        visit = replace(CALL, visitor_id="v-1")
        await record(visit)
        await session.execute(text("UPDATE touchpoints SET customer_id = 1"))

        assert _statuses(await record(visit)) == [UNCHANGED]
        assert _statuses(await record(replace(visit, customer=1))) == [UNCHANGED]
        assert _statuses(await record(replace(visit, customer=2))) == [REJECTED]

    @pytest.mark.parametrize(
        ("change", "kind", "reason", "path"),
        [
            ({"customer": 99}, NotFound, "no such customer", ("customer",)),
            ({"customer": ExternalId("erp", "C-9")}, NotFound, "no such customer", ("customer",)),
            ({"customer": ExternalId("erp", " ")}, Invalid, "id is empty", ("customer", "id")),
            ({"branch_id": 99}, Invalid, "no such branch", ("branch_id",)),
            ({"agent_id": 99}, Invalid, "no such user", ("agent_id",)),
            ({"offer_id": 99}, Invalid, "no such offer", ("offer_id",)),
            ({"order_id": 99}, Invalid, "no such order", ("order_id",)),
            ({"order_id": 1, "customer": 2}, Invalid, "no such order of this customer", ("order_id",)),
            ({"order_id": 1}, Invalid, "no such order of this customer", ("order_id",)),
            ({"cost": Money(Decimal(1), "XXX")}, Invalid, "unknown currency 'XXX'", ("cost", "currency")),
            ({"cost": Money(Decimal("1.5"), "KRW")}, Invalid, "decimals than KRW", ("cost", "amount")),
            ({"rating": 6}, Invalid, "rating is 6; allowed: 1 to 5", ("rating",)),
            ({"sentiment": -101}, Invalid, "allowed: -100 to 100", ("sentiment",)),
            ({"duration_seconds": -1}, Invalid, "duration_seconds is -1", ("duration_seconds",)),
            ({"occurred_at": NOW + timedelta(minutes=6)}, Invalid, "in the future", ("occurred_at",)),
            ({"source_id": " "}, Invalid, "source_id is empty", ("source_id",)),
            ({"note": "900101-2345678"}, Invalid, "resident registration number", ("note",)),
            ({"topics": ("ok", "")}, Invalid, "topics is empty", ("topics", 1)),
            ({"topics": ("x",) * 21}, Invalid, "at most 20", ("topics",)),
        ],
    )
    async def test_what_is_not_allowed_is_refused_with_its_place(
        self,
        record: Record,
        change: dict[str, Any],
        kind: type[DomainError],
        reason: str,
        path: tuple[str | int, ...],
    ) -> None:
        [result] = await record(replace(CALL, **change))

        error = _error(result)
        assert isinstance(error, kind)
        assert reason in str(error)
        assert error.path == path


class TestWhoRecords:
    AGENT = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)
    SHOP = Actor(subject="shop", role=Role.MARKETER, scope=Scope.BRANCH, branch_ids=frozenset({1}))

    async def test_an_agent_is_the_agent_of_what_he_records(
        self, session: AsyncSession, record: Record
    ) -> None:
        await record(CALL, actor=self.AGENT)

        assert await session.scalar(text("SELECT agent_id FROM touchpoints")) == 1

    @pytest.mark.parametrize("customer", [2, ExternalId("erp", "C-1")])
    async def test_a_customer_one_may_not_see_is_not_there(
        self, record: Record, customer: int | ExternalId
    ) -> None:
        stranger = replace(self.AGENT, user_id=2)

        [result] = await record(replace(CALL, customer=customer), actor=stranger)

        assert isinstance(_error(result), NotFound)

    async def test_without_a_customer_it_must_be_ones_own(self, record: Record) -> None:
        [result] = await record(replace(CALL, agent_id=2), actor=self.AGENT)

        assert "the agent must be you" in str(_error(result))

    async def test_without_a_customer_it_must_be_of_ones_branch(self, record: Record) -> None:
        here, there, nowhere = (
            replace(CALL, source_id=str(branch), branch_id=branch) for branch in (1, 2, None)
        )

        results = await record(here, there, nowhere, actor=self.SHOP)

        assert _statuses(results) == [CREATED, REJECTED, REJECTED]
        assert "one of your branches" in str(_error(results[1]))


class TestManyAtOnce:
    async def test_the_number_of_statements_does_not_grow_with_the_items(
        self, session: AsyncSession, record: Record
    ) -> None:
        statements: list[str] = []
        connection = (await session.connection()).sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        items = [
            replace(CALL, source_id=f"m-{n}", customer=1, branch_id=1, agent_id=1, order_id=1, offer_id=1)
            for n in range(1000)
        ]

        results = await record(*items)

        assert len(results) == 1000
        assert len(statements) == 7

    async def test_two_batches_of_the_same_make_each_touchpoint_once(self, engine: AsyncEngine) -> None:
        items = [replace(CALL, source_id=f"m-{n}") for n in range(300)]

        async def batch(given: list[NewTouchpoint]) -> list[Recorded]:
            async def work(session: AsyncSession) -> list[Recorded]:
                return await record_touchpoints(session, given, actor=SYSTEM, now=NOW)

            return await run(engine, work, origin="test")

        both = await asyncio.gather(batch(items), batch(items[::-1]))

        made = [result for results in both for result in results if result.status is CREATED]
        assert len(made) == 300
        assert {result.key for results in both for result in results} == {result.key for result in made}
