"""Mutations of tasks over HTTP, and work that goes to another."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM, LEE, OLD = (id_of("User", key) for key in (1, 2, 3))
CUSTOMER = id_of("Customer", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
NEW = {"title": "전화하기"}


@pytest.fixture
async def task(api: Api) -> str:
    """The id of a task of Kim's for customer 1."""
    payload = await mutate(api, "createTask", "task { id }", {**NEW, "customerId": CUSTOMER}, as_=AGENT)
    made: str = payload["task"]["id"]
    return made


@pytest.fixture
async def case(api: Api) -> str:
    """The id of a case of customer 1."""
    told = {"kind": "ENQUIRY", "channel": "WEB", "subject": "s", "customerId": CUSTOMER}
    payload = await mutate(api, "createCase", "case { id }", told)
    made: str = payload["case"]["id"]
    return made


class TestCreateTask:
    async def test_the_task_is_told_as_it_stands(self, api: Api, case: str) -> None:
        told = {
            **NEW,
            "note": "오전에",
            "dueAt": "2026-01-01T00:00:00Z",
            "priority": "URGENT",
            "source": {"caseId": case},
        }

        payload = await mutate(
            api,
            "createTask",
            """task {
                title note state priority dueAt overdue customer { name } owner { name } branch { code } source
                case { id } opportunity { id } touchpoint { id } createdBy { name } startedAt closedAt closedBy { id }
                outcome version
            }""",
            told,
            as_=AGENT,
        )

        assert payload["task"] == {
            "title": "전화하기",
            "note": "오전에",
            "state": "OPEN",
            "priority": "URGENT",
            "dueAt": "2026-01-01T00:00:00.000000Z",
            "overdue": True,
            "customer": {"name": "김단골"},
            "owner": {"name": "김상담"},
            "branch": None,
            "source": "CASE",
            "case": {"id": case},
            "opportunity": None,
            "touchpoint": None,
            "createdBy": {"name": "김상담"},
            "startedAt": None,
            "closedAt": None,
            "closedBy": None,
            "outcome": None,
            "version": 1,
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"title": "a\nb"}, "VALIDATION", ["title"]),
            ({"customerId": id_of("Customer", 2)}, "NOT_FOUND", ["customerId"]),
            ({"source": {"caseId": id_of("Case", 99)}}, "VALIDATION", ["source", "caseId"]),
            ({"source": {"opportunityId": CUSTOMER}}, "VALIDATION", ["source", "opportunityId"]),
            ({"source": {"touchpointId": id_of("Touchpoint", 9)}}, "VALIDATION", ["source", "touchpointId"]),
            ({"ownerId": OLD}, "VALIDATION", ["ownerId"]),
            ({"ownerId": LEE}, "OUT_OF_SIGHT", []),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createTask", "task { id }", {**NEW, **change}, as_=AGENT)

        assert payload["task"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM tasks") == []

    async def test_a_source_is_one_thing(self, api: Api, case: str) -> None:
        source = {"caseId": case, "touchpointId": case}

        errors = await api.errors(
            "mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }",
            {"input": {**NEW, "source": source}},
        )

        assert [error["extensions"]["code"] for error in errors] == ["BAD_REQUEST"]


class TestProgress:
    async def test_a_task_is_started_and_done_once(self, api: Api, task: str) -> None:
        started = await mutate(
            api, "startTask", "task { state startedAt }", {"id": task, "expectedVersion": 1}, as_=AGENT
        )
        done = await mutate(
            api,
            "completeTask",
            "task { state closedBy { name } outcome }",
            {"id": task, "expectedVersion": 2, "outcome": "통화했다"},
            as_=AGENT,
        )
        again = await mutate(
            api, "completeTask", "task { state version }", {"id": task, "expectedVersion": 3}, as_=AGENT
        )

        assert started["task"]["state"] == "IN_PROGRESS"
        assert done["task"] == {"state": "DONE", "closedBy": {"name": "김상담"}, "outcome": "통화했다"}
        assert refusals(again) == [("ALREADY_DONE", ["id"])]
        assert again["userErrors"][0]["message"].startswith("the task was done by 김상담 at 20")
        assert again["task"] == {"state": "DONE", "version": 3}

    async def test_a_task_is_cancelled_and_then_not_done(self, api: Api, task: str) -> None:
        await mutate(api, "cancelTask", "", {"id": task, "expectedVersion": 1, "outcome": "필요 없다"})

        payload = await mutate(api, "completeTask", "", {"id": task, "expectedVersion": 2})

        assert refusals(payload) == [("MOVE_NOT_ALLOWED", ["id"])]

    @pytest.mark.parametrize(
        "name", ["startTask", "completeTask", "cancelTask", "updateTask", "reassignTask"]
    )
    async def test_an_old_version_and_another_type_are_refused(self, api: Api, task: str, name: str) -> None:
        old = await mutate(api, name, "task { version }", {"id": task, "expectedVersion": 3})
        other = await mutate(api, name, "task { version }", {"id": CUSTOMER, "expectedVersion": 1})
        absent = await mutate(api, name, "task { version }", {"id": id_of("Task", 99), "expectedVersion": 1})

        assert refusals(old) == [("STALE_VERSION", ["expectedVersion"])]
        assert old["task"] == {"version": 1}
        assert refusals(other) == [("VALIDATION", ["id"])]
        assert refusals(absent) == [("NOT_FOUND", ["id"])]

    async def test_what_is_absent_is_left_and_null_clears(self, api: Api, task: str) -> None:
        await mutate(
            api, "updateTask", "", {"id": task, "expectedVersion": 1, "note": "x", "priority": "LOW"}
        )

        payload = await mutate(
            api,
            "updateTask",
            "task { title note priority version }",
            {"id": task, "expectedVersion": 2, "note": None},
        )

        assert payload["task"] == {"title": "전화하기", "note": None, "priority": "LOW", "version": 3}

    async def test_it_goes_to_another(self, api: Api, task: str) -> None:
        payload = await mutate(
            api,
            "reassignTask",
            "task { owner { name } branch { code } }",
            {"id": task, "expectedVersion": 1, "ownerId": LEE, "branchId": id_of("Branch", 1)},
            as_=AGENT,
        )

        assert payload["task"] == {"owner": {"name": "이상담"}, "branch": {"code": "GN"}}


class TestHandOverWork:
    @pytest.mark.usefixtures("task", "case")
    async def test_what_is_open_is_the_other_s_and_is_counted(self, api: Api, rows: Rows) -> None:
        payload = await mutate(
            api,
            "handOverWork",
            "user { name } handedOver { customers cases opportunities tasks }",
            {"fromUserId": KIM, "toUserId": LEE},
        )

        assert payload == {
            "user": {"name": "이상담"},
            "handedOver": {"customers": 1, "cases": 0, "opportunities": 0, "tasks": 1},
            "userErrors": [],
        }
        assert await rows("SELECT owner_id FROM tasks") == [(2,)]

    async def test_sent_again_with_its_key_it_says_the_same(self, api: Api, task: str) -> None:
        document = """mutation ($input: HandOverWorkInput!) {
            handOverWork(input: $input) @idempotent(key: "k") { handedOver { tasks } user { name } } }"""
        told = {"input": {"fromUserId": KIM, "toUserId": LEE}}

        first, second = await api.data(document, told), await api.data(document, told)

        assert first == second == {"handOverWork": {"handedOver": {"tasks": 1}, "user": {"name": "이상담"}}}

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"toUserId": KIM}, "NOBODY_TAKES_IT", ["toUserId"]),
            ({"toUserId": OLD}, "VALIDATION", ["toUserId"]),
            ({"toUserId": CUSTOMER}, "VALIDATION", ["toUserId"]),
            ({"fromUserId": id_of("User", 99)}, "NOBODY_TAKES_IT", ["fromUserId"]),
        ],
    )
    async def test_what_is_refused_moves_nothing(
        self, api: Api, rows: Rows, task: str, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(
            api,
            "handOverWork",
            "user { id } handedOver { tasks }",
            {"fromUserId": KIM, "toUserId": LEE, **change},
        )

        assert refusals(payload) == [(code, path)]
        assert (payload["user"], payload["handedOver"]) == (None, None)
        assert await rows("SELECT owner_id FROM tasks") == [(1,)]
