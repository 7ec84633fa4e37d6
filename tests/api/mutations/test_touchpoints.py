"""Recording touchpoints."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

CALL = {
    "sourceSystem": "callcentre",
    "sourceId": "m-1",
    "channel": "INBOUND_CALL",
    "direction": "INBOUND",
    "occurredAt": "2026-03-01T09:30:00+09:00",
}
RESULTS = "results { index sourceId status touchpoint { id } userErrors { code path } }"
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}


async def _record(api: Api, *items: dict[str, Any], asked: str = RESULTS, as_: Any = None) -> Any:
    return await mutate(api, "recordTouchpoints", asked, {"items": list(items)}, as_=as_)


def _statuses(payload: Any) -> list[str]:
    return [result["status"] for result in payload["results"]]


class TestRecordTouchpoints:
    async def test_the_touchpoint_is_told_as_it_stands(self, api: Api) -> None:
        payload = await _record(
            api,
            {
                **CALL,
                "kind": "SURVEY",
                "customer": {"external": {"system": "erp", "id": "C-1"}},
                "visitorId": "v-1",
                "durationSeconds": 90,
                "agentId": id_of("User", 2),
                "branchId": id_of("Branch", 1),
                "subject": "배송",
                "note": "one\ntwo",
                "topics": ["delivery", "refund"],
                "sentiment": -10,
                "rating": 4,
                "outcome": "SOLVED",
                "cost": {"amount": "1200", "currency": "KRW"},
                "orderId": id_of("Order", 1),
                "offerId": id_of("Offer", 1),
            },
            asked="""results { index sourceSystem sourceId status touchpoint {
                kind channel direction occurredAt durationSeconds subject note topics sentiment rating outcome version
                cost { amount currency } customer { name } agent { name } branch { code }
                order { number } offer { code }
            } }""",
        )

        assert payload["userErrors"] == []
        assert payload["results"] == [
            {
                "index": 0,
                "sourceSystem": "callcentre",
                "sourceId": "m-1",
                "status": "CREATED",
                "touchpoint": {
                    "kind": "SURVEY",
                    "channel": "INBOUND_CALL",
                    "direction": "INBOUND",
                    "occurredAt": "2026-03-01T00:30:00.000000Z",
                    "durationSeconds": 90,
                    "subject": "배송",
                    "note": "one\ntwo",
                    "topics": ["delivery", "refund"],
                    "sentiment": -10,
                    "rating": 4,
                    "outcome": "SOLVED",
                    "version": 1,
                    "cost": {"amount": "1200", "currency": "KRW"},
                    "customer": {"name": "김단골"},
                    "agent": {"name": "이상담"},
                    "branch": {"code": "GN"},
                    "order": {"number": "1"},
                    "offer": {"code": "WELCOME"},
                },
            }
        ]

    async def test_each_item_has_its_result_in_its_place(self, api: Api) -> None:
        await _record(api, CALL)

        payload = await _record(
            api,
            {**CALL, "sourceId": "m-2"},
            {**CALL, "rating": 1},
            CALL,
            {**CALL, "sourceId": "m-3", "customer": {"id": id_of("Customer", 99)}},
            {**CALL, "sourceId": "m-4", "branchId": "nonsense"},
            {**CALL, "sourceId": "m-5", "customer": {"id": id_of("Customer", 2)}},
        )

        assert payload["userErrors"] == []
        assert [(each["index"], each["sourceId"], each["status"]) for each in payload["results"]] == [
            (0, "m-2", "CREATED"),
            (1, "m-1", "REJECTED"),
            (2, "m-1", "UNCHANGED"),
            (3, "m-3", "REJECTED"),
            (4, "m-4", "REJECTED"),
            (5, "m-5", "CREATED"),
        ]
        assert [each["userErrors"] for each in payload["results"] if each["userErrors"]] == [
            [{"code": "TOUCHPOINT_DIFFERS", "path": ["items", "1", "sourceId"]}],
            [{"code": "NOT_FOUND", "path": ["items", "3", "customer"]}],
            [{"code": "VALIDATION", "path": ["items", "4", "branchId"]}],
        ]
        assert [each["touchpoint"] is None for each in payload["results"]] == [
            False, True, False, True, True, False,
        ]  # fmt: skip

    async def test_aliases_ask_of_the_same_results_in_their_own_ways(self, api: Api) -> None:
        payload = await _record(
            api,
            CALL,
            asked="""a: results { s: status } b: results { x: touchpoint { channel } y: touchpoint { version } }
                     c: results { __typename t: touchpoint { __typename } }""",
        )

        assert payload == {
            "a": [{"s": "CREATED"}],
            "b": [{"x": {"channel": "INBOUND_CALL"}, "y": {"version": 1}}],
            "c": [{"__typename": "RecordTouchpointResult", "t": {"__typename": "Touchpoint"}}],
            "userErrors": [],
        }

    async def test_a_repeat_changes_nothing(self, api: Api, rows: Rows) -> None:
        items = [{**CALL, "sourceId": str(number)} for number in range(20)]
        await _record(api, *items)
        before = await rows("SELECT count(*), max(id) FROM change")

        payload = await _record(api, *items)

        assert _statuses(payload) == ["UNCHANGED"] * 20
        assert await rows("SELECT count(*), max(id) FROM change") == before

    async def test_a_thousand_items_are_one_call(self, api: Api) -> None:
        payload = await _record(api, *({**CALL, "sourceId": str(number)} for number in range(1_000)))

        assert _statuses(payload) == ["CREATED"] * 1_000

    @pytest.mark.parametrize("count", [0, 1_001])
    async def test_none_or_too_many_items_are_refused(self, api: Api, rows: Rows, count: int) -> None:
        payload = await _record(api, *({**CALL, "sourceId": str(number)} for number in range(count)))

        assert refusals(payload) == [("VALIDATION", ["items"])]
        assert payload["results"] == []
        assert await rows("SELECT count(*) FROM touchpoints") == [(0,)]

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"customer": {"id": id_of("Offer", 1)}}, ["customer", "id"]),
            ({"agentId": id_of("Branch", 1)}, ["agentId"]),
            ({"orderId": id_of("Order", 1)}, ["orderId"]),
            ({"offerId": id_of("Offer", 99)}, ["offerId"]),
            ({"rating": 9}, ["rating"]),
            ({"topics": ["", "x"]}, ["topics", "0"]),
            ({"cost": {"amount": "0.5", "currency": "KRW"}}, ["cost", "amount"]),
            ({"occurredAt": "2999-01-01T00:00:00Z"}, ["occurredAt"]),
            ({"sourceId": ""}, ["sourceId"]),
            ({"note": "900101-1234567"}, ["note"]),
        ],
    )
    async def test_what_is_not_allowed_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], path: list[str]
    ) -> None:
        payload = await _record(api, {**CALL, **change})

        [result] = payload["results"]
        assert result["userErrors"] == [{"code": "VALIDATION", "path": ["items", "0", *path]}]

    async def test_an_agent_records_for_himself_and_his_customers_only(self, api: Api) -> None:
        payload = await _record(
            api,
            {**CALL, "sourceId": "1", "customer": {"id": id_of("Customer", 1)}},
            {**CALL, "sourceId": "2", "customer": {"id": id_of("Customer", 2)}},
            {**CALL, "sourceId": "3"},
            asked="results { status touchpoint { agent { name } } }",
            as_=AGENT,
        )

        assert payload["results"] == [
            {"status": "CREATED", "touchpoint": {"agent": {"name": "김상담"}}},
            {"status": "REJECTED", "touchpoint": None},
            {"status": "CREATED", "touchpoint": {"agent": {"name": "김상담"}}},
        ]
