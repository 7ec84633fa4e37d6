"""A person is exported and erased through the API, by administrators alone."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.backend import Backend
from domain.personal.exports import make_export, path_of
from domain.personal.journal import Journal
from domain.tables import metadata
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.domain.personal.person import MARK

Rows = Callable[..., Any]

WHY = {"customerId": id_of("Customer", 1), "reason": "asked by letter"}
EXPORT = "subjectExport { id state path reason askedBy customer { id } bytes }"


@pytest.fixture
async def ready(api: Api, backend: Backend) -> str:
    """The path of an export that is ready."""
    asked = await mutate(api, "exportSubject", EXPORT, WHY)
    await make_export(
        backend.engine,
        2,
        folder=backend.settings.exports_path,
        now=datetime.now(UTC),
        hours=1,
        tables=metadata,
    )
    await backend.reads.execute("SELECT 1")
    answer = await api.data(
        "query ($id: ID!) { subjectExport(id: $id) { state path } }", {"id": asked["subjectExport"]["id"]}
    )
    assert answer["subjectExport"]["state"] == "READY"
    path: str = answer["subjectExport"]["path"]
    return path


@pytest.fixture(autouse=True)
async def from_two(person: str, backend: Backend) -> None:
    """The next export has the key 2."""
    await backend.reads.execute("SELECT setval(pg_get_serial_sequence('subject_exports', 'id'), 1)")


async def get(client: httpx.AsyncClient, path: str, bearer: str) -> httpx.Response:
    return await client.get(path, headers={"authorization": f"Bearer {bearer}"})


class TestExport:
    async def test_it_is_asked_for_and_a_job_will_make_it(self, api: Api, rows: Rows) -> None:
        payload = await mutate(api, "exportSubject", EXPORT, WHY)

        assert payload == {
            "subjectExport": {
                "id": id_of("SubjectExport", 2),
                "state": "REQUESTED",
                "path": None,
                "reason": "asked by letter",
                "askedBy": "user:ann",
                "customer": {"id": id_of("Customer", 1)},
                "bytes": None,
            },
            "userErrors": [],
        }
        assert await rows("SELECT kind, ids FROM jobs.overview") == [("export_subject", '{"export_id": 2}')]

    async def test_it_is_fetched_once_and_gone(
        self, client: httpx.AsyncClient, token: Any, backend: Backend, ready: str, rows: Rows
    ) -> None:
        first = await get(client, ready, token())
        second = await get(client, ready, token())

        assert (first.status_code, first.headers["content-type"]) == (200, "application/zip")
        assert first.headers["cache-control"] == "no-store"
        archive = zipfile.ZipFile(io.BytesIO(first.content))
        assert json.loads(archive.read("subject.json"))["customer"] == 1
        assert not path_of(backend.settings.exports_path, 2).exists()
        assert (second.status_code, second.json()["errors"][0]["extensions"]["code"]) == (409, "CONFLICT")
        assert await rows("SELECT actor, kind FROM access_log WHERE kind = 'EXPORT'") == [
            ("user:ann", "EXPORT")
        ]

    @pytest.mark.parametrize(
        ("as_", "status"),
        [
            ({"role": "MARKETER"}, 403),
            ({"role": "INTEGRATION"}, 403),
            ({"scope": "BRANCH", "branches": ()}, 404),
        ],
    )
    async def test_others_do_not_fetch_it(
        self, client: httpx.AsyncClient, token: Any, ready: str, as_: dict[str, Any], status: int
    ) -> None:
        refused = await get(client, ready, token(**as_))
        good = await get(client, ready, token())

        assert refused.status_code == status
        assert good.status_code == 200

    async def test_without_a_token_nothing_is_told(self, client: httpx.AsyncClient, ready: str) -> None:
        assert (await client.get(ready)).status_code == 401

    @pytest.mark.parametrize("id", ["nonsense", id_of("Customer", 1), id_of("SubjectExport", 99)])
    async def test_an_id_that_names_no_export_is_refused(
        self, client: httpx.AsyncClient, token: Any, id: str
    ) -> None:
        response = await get(client, f"/exports/{id}", token())

        assert response.status_code in (400, 404)

    async def test_refusals_speak_korean(self, client: httpx.AsyncClient, token: Any) -> None:
        headers = {"authorization": f"Bearer {token()}", "accept-language": "ko"}

        response = await client.get(f"/exports/{id_of('SubjectExport', 99)}", headers=headers)

        assert response.json()["errors"][0]["message"] == "그런 내보내기가 없습니다"


class TestErase:
    async def test_the_customer_is_shown_as_erased(self, api: Api) -> None:
        payload = await mutate(
            api, "eraseSubject", "customer { id name erasedAt region contactPoints { value } }", WHY
        )

        assert payload["userErrors"] == []
        assert payload["customer"].pop("erasedAt") is not None
        assert payload["customer"] == {
            "id": id_of("Customer", 1),
            "name": "(erased)",
            "region": None,
            "contactPoints": [],
        }

    async def test_lists_can_leave_out_who_was_erased(self, api: Api) -> None:
        asked = "customers(first: 100, filter: {erasedAt: {isNull: %s}}) { nodes { id } }"
        document = f"{{ here: {asked % 'true'} gone: {asked % 'false'} }}"
        before = await api.data(document)

        await mutate(api, "eraseSubject", "customer { id }", WHY)
        after = await api.data(document)

        erased = {"id": id_of("Customer", 1)}
        assert (before["gone"]["nodes"], after["gone"]["nodes"]) == ([], [erased])
        assert [each for each in before["here"]["nodes"] if each != erased] == after["here"]["nodes"]

    async def test_nothing_is_left_in_the_database(self, api: Api, everything: Rows) -> None:
        await mutate(api, "eraseSubject", "customer { name }", WHY)

        assert [name for name, lines in (await everything()).items() if MARK in str(lines)] == []

    async def test_it_is_in_the_journal(self, api: Api, backend: Backend) -> None:
        await mutate(api, "eraseSubject", "customer { id }", WHY)

        (entry,) = Journal(backend.settings.journal_path).entries()
        assert entry.customer_id == 1

    async def test_an_erased_customer_is_not_updated(self, api: Api) -> None:
        erased = await mutate(api, "eraseSubject", "customer { version }", WHY)
        given = {
            "id": WHY["customerId"],
            "expectedVersion": erased["customer"]["version"],
            "name": "again",
        }

        payload = await mutate(api, "updateCustomer", "customer { name }", given)

        assert refusals(payload)[0][0] == "CONFLICT"
        assert payload["userErrors"][0]["message"].startswith("this customer was erased")

    async def test_a_new_customer_does_not_get_the_persons_external_id(self, api: Api) -> None:
        await mutate(api, "eraseSubject", "customer { id }", WHY)
        given = {"name": "new", "externalIds": [{"system": "erp", "id": "canary-C-1"}]}

        payload = await mutate(api, "createCustomer", "customer { id }", given)

        assert refusals(payload)[0][0] == "CONFLICT"
        assert payload["userErrors"][0]["message"].startswith("this external id belongs to a person who was")

    async def test_a_reason_is_needed(self, api: Api) -> None:
        payload = await mutate(api, "eraseSubject", "customer { id }", {**WHY, "reason": " "})

        assert refusals(payload) == [("REASON_MISSING", ["reason"])]

    @pytest.mark.parametrize("role", ["MARKETER", "ANALYST", "AGENT", "VIEWER"])
    async def test_others_may_not(self, api: Api, role: str) -> None:
        document = (
            """mutation ($input: EraseSubjectInput!) { eraseSubject(input: $input) { customer { id } } }"""
        )

        (error,) = await api.errors(document, {"input": WHY}, as_={"role": role})

        assert error["extensions"]["code"] == "FORBIDDEN"


class TestRetention:
    async def _rule(self, api: Api) -> Any:
        answer = await api.data(
            "{ retentionRules(first: 100) { totalCount nodes { id tag purpose version } } }"
        )
        assert answer["retentionRules"]["totalCount"] == 18
        wanted = {"tag": "SENSITIVE", "purpose": "SERVICE"}
        return next(rule for rule in answer["retentionRules"]["nodes"] if wanted.items() <= rule.items())

    async def test_a_period_is_shown_and_set(self, api: Api) -> None:
        rule = await self._rule(api)
        given = {"id": rule["id"], "expectedVersion": rule["version"], "days": 90}

        payload = await mutate(api, "updateRetentionRule", "retentionRule { tag days version }", given)
        again = await mutate(api, "updateRetentionRule", "retentionRule { days }", given)

        assert payload == {
            "retentionRule": {"tag": "SENSITIVE", "days": 90, "version": rule["version"] + 1},
            "userErrors": [],
        }
        assert refusals(again) == [("STALE_VERSION", ["expectedVersion"])]
        assert again["retentionRule"] == {"days": 90}

    async def test_an_administrator_of_a_branch_sets_none(self, api: Api) -> None:
        rule = await self._rule(api)
        given = {"id": rule["id"], "expectedVersion": rule["version"], "days": 90}

        payload = await mutate(
            api,
            "updateRetentionRule",
            "retentionRule { days }",
            given,
            as_={"scope": "BRANCH", "branches": ("GN",)},
        )

        assert refusals(payload) == [("NOT_FOUND", ["id"])]

    async def test_a_run_says_what_went(self, api: Api, backend: Backend) -> None:
        await backend.reads.execute("INSERT INTO retention_runs (id, listed_at) VALUES (1, now())")
        await backend.reads.execute("""
            INSERT INTO retention_run_items (run_id, tag, purpose, place, due, done)
            VALUES (1, 'SENSITIVE', 'SERVICE', 'touchpoints: note', 12345678901, 5)
        """)

        answer = await api.data(
            "{ retentionRuns(first: 1) { nodes { state items(first: 50) { nodes { tag place due done } } } } }"
        )

        item = {"tag": "SENSITIVE", "place": "touchpoints: note", "due": "12345678901", "done": "5"}
        assert answer["retentionRuns"]["nodes"] == [{"state": "LISTED", "items": {"nodes": [item]}}]

    async def test_a_period_out_of_bounds_is_refused(self, api: Api) -> None:
        rule = await self._rule(api)
        given = {"id": rule["id"], "expectedVersion": rule["version"], "days": 0}

        payload = await mutate(api, "updateRetentionRule", "retentionRule { days }", given)

        assert refusals(payload) == [("VALIDATION", ["days"])]
