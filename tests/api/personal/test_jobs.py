"""Jobs are seen and steered by administrators who see all rows, and by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from api.backend import Backend
from domain.db import run
from domain.queue import JobKind, enqueue
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals

Rows = Callable[..., Any]

SLOW = JobKind("slow", ids=("number",), key="slow:{number}")


@pytest.fixture
async def job(backend: Backend) -> int:
    """A job that failed, with a fault."""
    made = await run(backend.engine, lambda session: enqueue(session, SLOW, number=3), origin="test")
    for statement in (
        "UPDATE jobs.procrastinate_jobs SET status = 'doing'",
        "UPDATE jobs.procrastinate_jobs SET status = 'failed', attempts = 5",
        f"INSERT INTO jobs.faults (job_id, error, sqlstate) VALUES ({made}, 'IntegrityError', '23505')",
    ):
        await backend.reads.execute(statement)
    return made


class TestSeeing:
    async def test_a_failed_job_is_shown_with_its_times_and_the_class_of_its_error(
        self, api: Api, job: int
    ) -> None:
        answer = await api.data(
            """{ jobs(first: 5, filter: {state: {eq: FAILED}}) { totalCount nodes {
                id kind state tries key createdAt startedAt finishedAt error sqlstate } } }"""
        )

        (shown,) = answer["jobs"]["nodes"]
        assert answer["jobs"]["totalCount"] == 1
        assert all(shown.pop(time) is not None for time in ("createdAt", "startedAt", "finishedAt"))
        assert shown == {
            "id": id_of("Job", job),
            "kind": "slow",
            "state": "FAILED",
            "tries": 5,
            "key": "slow:3",
            "error": "IntegrityError",
            "sqlstate": "23505",
        }

    async def test_one_job_is_found_by_its_id_and_as_a_node(self, api: Api, job: int) -> None:
        answer = await api.data(
            "query ($id: ID!) { job(id: $id) { kind } node(id: $id) { ... on Job { state } } }",
            {"id": id_of("Job", job)},
        )

        assert answer == {"job": {"kind": "slow"}, "node": {"state": "FAILED"}}

    @pytest.mark.parametrize("role", ["MARKETER", "ANALYST", "AGENT", "VIEWER"])
    async def test_others_may_not(self, api: Api, role: str) -> None:
        (error,) = await api.errors("{ jobs(first: 1) { totalCount } }", as_={"role": role})

        assert error["extensions"]["code"] == "FORBIDDEN"

    async def test_an_administrator_of_a_branch_sees_none(self, api: Api, job: int) -> None:
        as_ = {"scope": "BRANCH", "branches": ("GN",)}

        answer = await api.data("{ jobs(first: 1) { totalCount } }", as_=as_)
        refused = await mutate(api, "retryJob", "job { id }", {"id": id_of("Job", job)}, as_=as_)

        assert answer["jobs"]["totalCount"] == 0
        assert refusals(refused) == [("NOT_FOUND", ["id"])]


class TestSteering:
    async def test_a_failed_job_is_queued_again(self, api: Api, job: int) -> None:
        payload = await mutate(api, "retryJob", "job { state tries }", {"id": id_of("Job", job)})

        assert payload == {"job": {"state": "QUEUED", "tries": 0}, "userErrors": []}

    async def test_a_queued_job_is_cancelled_and_not_retried_twice(self, api: Api, job: int) -> None:
        await mutate(api, "retryJob", "job { state }", {"id": id_of("Job", job)})

        again = await mutate(api, "retryJob", "job { state }", {"id": id_of("Job", job)})
        payload = await mutate(api, "cancelJob", "job { state }", {"id": id_of("Job", job)})

        assert refusals(again) == [("NOT_IN_THIS_STATE", ["id"])]
        assert again["userErrors"][0]["message"].startswith("the job is QUEUED; only FAILED and CANCELLED")
        assert payload == {"job": {"state": "CANCELLED"}, "userErrors": []}

    async def test_a_job_that_is_not_there_is_not_found(self, api: Api) -> None:
        payload = await mutate(api, "cancelJob", "job { state }", {"id": id_of("Job", 99)})

        assert refusals(payload) == [("NOT_FOUND", ["id"])]
