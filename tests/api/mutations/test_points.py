"""Points: the ledger adds up, takes no more than there is, and nothing in it is changed."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM = id_of("Customer", 1)
BALANCE = "query ($id: ID!) { customer(id: $id) { pointsBalance pointsAccrued } }"


def entry(points: int, kind: str = "EARNED", **more: Any) -> dict[str, Any]:
    return {"customerId": KIM, "kind": kind, "points": str(points), "reason": "test", **more}


async def record(api: Api, points: int, kind: str = "EARNED", **more: Any) -> Any:
    return await mutate(api, "recordPoints", "pointsEntry { id points kind }", entry(points, kind, **more))


async def balance(api: Api) -> tuple[str, str]:
    found = (await api.data(BALANCE, {"id": KIM}))["customer"]
    return found["pointsBalance"], found["pointsAccrued"]


class TestLedger:
    async def test_the_balance_is_the_sum_and_accrued_is_what_was_earned(self, api: Api) -> None:
        assert await balance(api) == ("0", "0")

        await record(api, 1000)
        await record(api, 300, "REDEEMED")
        await record(api, 50, "EXPIRED")
        await record(api, -100, "ADJUSTED")
        await record(api, 25)

        assert await balance(api) == ("575", "1025")

    async def test_no_more_is_taken_than_there_is(self, api: Api) -> None:
        await record(api, 100)

        refused = await record(api, 101, "REDEEMED")
        taken = await record(api, 100, "REDEEMED")

        assert refusals(refused) == [("NOT_ENOUGH_POINTS", ["points"])]
        assert taken["pointsEntry"]["points"] == "-100"
        assert await balance(api) == ("0", "100")

    async def test_of_many_who_take_the_last_points_at_once_one_gets_them(self, api: Api, rows: Rows) -> None:
        await record(api, 100)

        told = await asyncio.gather(*(record(api, 100, "REDEEMED") for _ in range(6)))

        assert sorted(len(refusals(each)) for each in told) == [0, 1, 1, 1, 1, 1]
        assert await rows("SELECT sum(points) FROM points_entries") == [(0,)]

    async def test_a_hand_in_psql_takes_no_more_either(self, api: Api, rows: Rows) -> None:
        await record(api, 100)

        with pytest.raises(asyncpg.CheckViolationError, match="negative"):
            await rows(
                "INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at)"
                " VALUES (1, 'REDEEMED', -101, 'x', now()) RETURNING id"
            )

    async def test_a_scheme_may_allow_less_than_nothing_from_a_time_on(self, api: Api) -> None:
        await mutate(
            api,
            "setPointsScheme",
            "pointsScheme { mayBeNegative }",
            {"validFrom": "2020-01-01T00:00:00Z", "mayBeNegative": True},
        )

        await record(api, 5, "REDEEMED")

        assert await balance(api) == ("-5", "0")

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE points_entries SET points = 5 RETURNING id", "DELETE FROM points_entries RETURNING id"],
    )
    async def test_nothing_in_it_is_changed(self, api: Api, rows: Rows, statement: str) -> None:
        await record(api, 100)

        with pytest.raises(asyncpg.CheckViolationError, match="append only"):
            await rows(statement)


class TestSources:
    async def test_the_same_entry_of_a_source_twice_is_one(self, api: Api) -> None:
        first = await record(api, 10, sourceSystem="pos", sourceId="7")

        second = await record(api, 10, sourceSystem="pos", sourceId="7")

        assert first == second
        assert await balance(api) == ("10", "10")

    async def test_another_entry_under_the_same_id_is_refused(self, api: Api) -> None:
        await record(api, 10, sourceSystem="pos", sourceId="7")

        told = await record(api, 11, sourceSystem="pos", sourceId="7")

        assert refusals(told) == [("ENTRY_DIFFERS", ["sourceId"])]


class TestReversal:
    async def test_an_entry_is_undone_once(self, api: Api) -> None:
        made = await record(api, 40)
        told = {"id": made["pointsEntry"]["id"], "reason": "wrong till"}

        undone = await mutate(api, "reversePoints", "pointsEntry { points reverses { id } }", told)
        again = await mutate(api, "reversePoints", "pointsEntry { id }", told)

        assert undone["pointsEntry"] == {"points": "-40", "reverses": {"id": told["id"]}}
        assert refusals(again) == [("ALREADY_REVERSED", ["id"])]
        assert await balance(api) == ("0", "40")


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"points": "0"}, ["points"]),
            ({"points": "-5"}, ["points"]),
            ({"points": str(10**15)}, ["points"]),
            ({"kind": "REVERSED"}, ["kind"]),
            ({"reason": " "}, ["reason"]),
            ({"orderId": id_of("Order", 2)}, ["orderId"]),
            ({"customerId": id_of("Customer", 999)}, ["customerId"]),
            ({"customerId": id_of("Order", 1)}, ["customerId"]),
        ],
        ids=["zero", "negative", "huge", "reversed", "reason", "another's order", "nobody", "another type"],
    )
    async def test_what_is_not_allowed_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], path: list[str]
    ) -> None:
        told = await mutate(api, "recordPoints", "pointsEntry { id }", {**entry(5), **change})

        assert [place for _, place in refusals(told)] == [path]

    async def test_an_agent_sees_and_writes_his_own_customers_only(self, api: Api) -> None:
        await record(api, 10)
        other = {"role": "AGENT", "scope": "OWN", "subject": "lee"}

        told = await mutate(api, "recordPoints", "pointsEntry { id }", entry(5), as_=other)
        seen = await api.data("{ pointsEntries(first: 5) { totalCount } }", as_=other)

        assert refusals(told) == [("NOT_FOUND", ["customerId"])]
        assert seen == {"pointsEntries": {"totalCount": 0}}
