"""Mutations of cases over HTTP."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM, LEE = id_of("User", 1), id_of("User", 2)
CUSTOMER = id_of("Customer", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
NEW = {"kind": "COMPLAINT", "channel": "EMAIL", "subject": "늦은 배송", "customerId": CUSTOMER}


@pytest.fixture
async def case(api: Api) -> str:
    """The id of a case of customer 1, written by Kim."""
    payload = await mutate(api, "createCase", "case { id }", NEW, as_=AGENT)
    made: str = payload["case"]["id"]
    return made


@pytest.fixture
async def touchpoint(api: Api) -> str:
    """The id of a touchpoint that goes out to customer 1 a second after any case was opened."""
    payload = await mutate(
        api,
        "recordTouchpoints",
        "results { touchpoint { id } }",
        {
            "items": [
                {
                    "sourceSystem": "s",
                    "sourceId": "1",
                    "channel": "OUTBOUND_CALL",
                    "direction": "OUTBOUND",
                    "occurredAt": "2026-01-01T10:30:00Z",
                    "customer": {"id": CUSTOMER},
                }
            ]
        },
    )
    made: str = payload["results"][0]["touchpoint"]["id"]
    return made


class TestCreateCase:
    async def test_the_case_is_told_as_it_stands(self, api: Api) -> None:
        told = {
            **NEW,
            "description": "두 주째",
            "topic": "배송",
            "priority": "HIGH",
            "dueAt": "2999-01-01T00:00:00Z",
        }

        payload = await mutate(
            api,
            "createCase",
            """case {
                number kind channel state priority topic subject description customer { name } owner { name }
                branch { code } dueAt overdue solvedInTime firstResponseSeconds solutionSeconds timesReopened
                satisfaction moves(first: 50) { nodes { fromState toState movedBy { name } } } version
            }""",
            told,
            as_=AGENT,
        )

        case = payload["case"]
        assert case.pop("number").startswith("C-")
        assert case == {
            "kind": "COMPLAINT",
            "channel": "EMAIL",
            "state": "NEW",
            "priority": "HIGH",
            "topic": "배송",
            "subject": "늦은 배송",
            "description": "두 주째",
            "customer": {"name": "김단골"},
            "owner": {"name": "김상담"},
            "branch": None,
            "dueAt": "2999-01-01T00:00:00.000000Z",
            "overdue": False,
            "solvedInTime": None,
            "firstResponseSeconds": None,
            "solutionSeconds": None,
            "timesReopened": 0,
            "satisfaction": None,
            "moves": {"nodes": [{"fromState": None, "toState": "NEW", "movedBy": {"name": "김상담"}}]},
            "version": 1,
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"subject": " "}, "VALIDATION", ["subject"]),
            ({"priority": None}, "VALIDATION", ["priority"]),
            ({"customerId": id_of("Customer", 99)}, "NOT_FOUND", ["customerId"]),
            ({"customerId": id_of("Customer", 2)}, "NOT_FOUND", ["customerId"]),
            ({"customerId": KIM}, "VALIDATION", ["customerId"]),
            ({"ownerId": id_of("User", 3)}, "VALIDATION", ["ownerId"]),
            ({"branchId": id_of("Branch", 99)}, "VALIDATION", ["branchId"]),
            ({"customerId": None, "ownerId": LEE}, "OUT_OF_SIGHT", []),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createCase", "case { id }", {**NEW, **change}, as_=AGENT)

        assert payload["case"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM cases") == []

    async def test_a_refusal_speaks_korean_to_whoever_reads_korean(self, api: Api) -> None:
        document = """mutation ($input: CreateCaseInput!) {
            createCase(input: $input) { userErrors { message } } }"""
        body = {"query": document, "variables": {"input": {**NEW, "branchId": id_of("Branch", 99)}}}

        answer = await api.client.post(
            "/graphql",
            json=body,
            headers={"authorization": f"Bearer {api.token()}", "accept-language": "ko"},
        )

        assert answer.json()["data"]["createCase"]["userErrors"] == [{"message": "해당 지점이 없습니다"}]


class TestUpdateCase:
    async def test_what_is_absent_is_left_and_null_clears(self, api: Api, case: str) -> None:
        await mutate(
            api, "updateCase", "", {"id": case, "expectedVersion": 1, "topic": "x", "description": "y"}
        )

        payload = await mutate(
            api,
            "updateCase",
            "case { topic description subject version }",
            {"id": case, "expectedVersion": 2, "topic": None, "subject": "z"},
        )

        assert payload["case"] == {"topic": None, "description": "y", "subject": "z", "version": 3}

    async def test_an_old_version_shows_the_case_as_it_stands(self, api: Api, case: str) -> None:
        payload = await mutate(
            api, "updateCase", "case { version }", {"id": case, "expectedVersion": 7, "topic": "x"}
        )

        assert refusals(payload) == [("STALE_VERSION", ["expectedVersion"])]
        assert payload["case"] == {"version": 1}


class TestAssignCase:
    async def test_whoever_hands_it_over_may_lose_it_from_sight(self, api: Api, rows: Rows) -> None:
        made = await mutate(api, "createCase", "case { id }", {**NEW, "customerId": None}, as_=AGENT)
        told = {"id": made["case"]["id"], "expectedVersion": 1, "ownerId": LEE}

        payload = await mutate(api, "assignCase", "case { id }", told, as_=AGENT)

        assert payload == {"case": None, "userErrors": []}
        assert await rows("SELECT owner_id FROM cases") == [(2,)]

    async def test_it_goes_back_to_nobody(self, api: Api, case: str) -> None:
        payload = await mutate(
            api, "assignCase", "case { owner { name } }", {"id": case, "expectedVersion": 1, "ownerId": None}
        )

        assert payload["case"] == {"owner": None}


class TestMoveCase:
    async def test_a_case_is_answered_solved_rated_and_reopened(
        self, api: Api, case: str, touchpoint: str
    ) -> None:
        calls: list[tuple[str, dict[str, Any]]] = [
            ("linkCaseTouchpoints", {"touchpointIds": [touchpoint]}),
            ("moveCase", {"state": "SOLVED", "reason": "보냈습니다"}),
            ("rateCase", {"satisfaction": 4, "comment": "빨랐다"}),
            ("moveCase", {"state": "OPEN"}),
        ]
        for version, (name, change) in enumerate(calls, start=1):
            payload = await mutate(
                api, name, "", {"id": case, "expectedVersion": version, **change}, as_=AGENT
            )
            assert refusals(payload) == []

        data = await api.data(
            """query ($id: ID!) { case(id: $id) {
                state solvedAt satisfaction satisfactionComment timesReopened version
                moves(first: 50) { nodes { fromState toState reason } }
                touchpoints(first: 5) { totalCount nodes { id } } } }""",
            {"id": case},
        )

        assert data["case"] == {
            "state": "OPEN",
            "solvedAt": None,
            "satisfaction": 4,
            "satisfactionComment": "빨랐다",
            "timesReopened": 1,
            "version": 5,
            "moves": {
                "nodes": [
                    {"fromState": None, "toState": "NEW", "reason": None},
                    {"fromState": "NEW", "toState": "SOLVED", "reason": "보냈습니다"},
                    {"fromState": "SOLVED", "toState": "OPEN", "reason": None},
                ]
            },
            "touchpoints": {"totalCount": 1, "nodes": [{"id": touchpoint}]},
        }

    async def test_times_are_counted_from_when_the_case_came(self, api: Api, touchpoint: str) -> None:
        made = await mutate(api, "createCase", "case { id }", {**NEW, "openedAt": "2026-01-01T10:00:00Z"})
        told = {"id": made["case"]["id"], "expectedVersion": 1, "touchpointIds": [touchpoint]}

        payload = await mutate(
            api, "linkCaseTouchpoints", "case { firstRespondedAt firstResponseSeconds }", told
        )

        assert payload["case"] == {
            "firstRespondedAt": "2026-01-01T10:30:00.000000Z",
            "firstResponseSeconds": 1800,
        }

    @pytest.mark.parametrize(
        ("name", "change", "code", "path"),
        [
            ("moveCase", {"state": "NEW"}, "MOVE_NOT_ALLOWED", ["state"]),
            ("moveCase", {"state": "OPEN", "expectedVersion": 9}, "STALE_VERSION", ["expectedVersion"]),
            ("moveCase", {"state": "OPEN", "id": id_of("Case", 99)}, "NOT_FOUND", ["id"]),
            ("moveCase", {"state": "OPEN", "id": CUSTOMER}, "VALIDATION", ["id"]),
            ("moveCase", {"state": "OPEN", "reason": " "}, "VALIDATION", ["reason"]),
            ("rateCase", {"satisfaction": 3}, "NOT_SOLVED", ["id"]),
            ("rateCase", {"satisfaction": 0}, "VALIDATION", ["satisfaction"]),
            ("linkCaseTouchpoints", {"touchpointIds": []}, "VALIDATION", ["touchpointIds"]),
            (
                "linkCaseTouchpoints",
                {"touchpointIds": [id_of("Touchpoint", 99)]},
                "VALIDATION",
                ["touchpointIds", "0"],
            ),
            ("linkCaseTouchpoints", {"touchpointIds": [CUSTOMER]}, "VALIDATION", ["touchpointIds", "0"]),
            ("unlinkCaseTouchpoints", {"touchpointIds": []}, "VALIDATION", ["touchpointIds"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self, api: Api, rows: Rows, case: str, name: str, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, name, "", {"id": case, "expectedVersion": 1, **change})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT state, version FROM cases") == [("NEW", 1)]
        assert await rows("SELECT count(*) FROM case_moves") == [(1,)]

    async def test_a_link_is_taken_back(self, api: Api, case: str, touchpoint: str) -> None:
        told = {"id": case, "touchpointIds": [touchpoint]}
        await mutate(api, "linkCaseTouchpoints", "", {**told, "expectedVersion": 1})

        payload = await mutate(
            api,
            "unlinkCaseTouchpoints",
            "case { touchpoints(first: 1) { totalCount } }",
            {**told, "expectedVersion": 2},
        )

        assert payload["case"] == {"touchpoints": {"totalCount": 0}}

    async def test_a_second_rating_shows_the_first(self, api: Api, case: str) -> None:
        await mutate(api, "moveCase", "", {"id": case, "expectedVersion": 1, "state": "SOLVED"})
        await mutate(api, "rateCase", "", {"id": case, "expectedVersion": 2, "satisfaction": 5})

        payload = await mutate(
            api, "rateCase", "case { satisfaction }", {"id": case, "expectedVersion": 3, "satisfaction": 1}
        )

        assert refusals(payload) == [("ALREADY_RATED", ["satisfaction"])]
        assert payload["case"] == {"satisfaction": 5}


class TestFeed:
    async def test_a_case_and_its_parts_are_one_aggregate(
        self, api: Api, rows: Rows, case: str, touchpoint: str
    ) -> None:
        await mutate(api, "moveCase", "", {"id": case, "expectedVersion": 1, "state": "OPEN"}, as_=AGENT)
        await mutate(
            api,
            "linkCaseTouchpoints",
            "",
            {"id": case, "expectedVersion": 2, "touchpointIds": [touchpoint]},
            as_=AGENT,
        )

        assert await rows(
            "SELECT operation, version, origin FROM change WHERE aggregate = 'case' ORDER BY xid, id"
        ) == [("CREATED", 1, "user:kim"), ("UPDATED", 2, "user:kim"), ("UPDATED", 3, "user:kim")]
