"""Marked people go through the whole house, with every fault there is; no output shows a mark.

What is looked at: standard output and error of every process, messages of errors and refusals, headers, health, jobs,
the records of imports. Not looked at: data that was asked for, and the rejects file of an import, which is the
operator's own data and holds the rows he gave. What a caller gives where an id, a number, a date or a name of the
schema belongs is named to him ("typo" here), as the API promises; whole objects are not.
"""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.api.forked import SERVING, Command, starter
from tests.api.test_cli import ROOT, environment, forked, free_port, wait_until_ready

MARK = "canary"
OUTER = "outer-mark"
"""An external id: the caller who gave it is told of it, nobody else."""

PERSON = {
    "name": "canary-김단골",
    "latinName": "canary-Kim",
    "occupation": "canary-job",
    "region": "canary-서울",
    "contactPoints": [{"kind": "EMAIL", "value": "canary@example.com"}],
    "externalIds": [{"system": "erp", "id": "outer-mark"}],
}

CREATE = (
    "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id version } %s } }"
)
ERRORS = "userErrors { message path }"

DOCUMENTS: list[tuple[str, dict[str, Any] | None]] = [
    ('{ customers(first: 1, filter: {name: {contains: "canary-김"}}) { nodes { name } } }', None),
    ('{ customers(first: 1, filter: {nome: "typo", name: {contains: "canary"}}) { nodes { name } } }', None),
    ('{ customers(first: "typo") { nodes { name } } }', None),
    ("{ typo }", None),
    ('{ customer(id: "typo") { name } }', None),
    ('{ customers(first: 1, after: "typo") { nodes { name } } }', None),
    ("query ($id: ID!) { customer(id: $id) { name } }", {"id": {"canary": 1}}),
    ('{ customers(first: 1, filter: {name: {contains: "canary"}} "typo" ', None),
    (CREATE % ERRORS, {"input": {**PERSON, "birthOn": "typo"}}),
    (CREATE % ERRORS, {"input": {**PERSON, "name": "canary\u202e"}}),
    (CREATE % ERRORS, {"input": {**PERSON, "name": "canary" * 100}}),
    (CREATE % ERRORS, {"input": {**PERSON, "name": "canary 900101-1234567"}}),
    (CREATE % ERRORS, {"input": {**PERSON, "contactPoints": [{"kind": "EMAIL", "value": "canary"}]}}),
    (CREATE % ERRORS, {"input": {**PERSON, "contactPoints": [{"kind": "PHONE", "value": "canary"}]}}),
    (CREATE % ERRORS, {"input": {**PERSON, "homeBranchId": "typo"}}),
]

FAULTS = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'canary of %', NEW USING DETAIL = 'canary', HINT = 'canary'; END $$;
    CREATE TRIGGER fail_touchpoints BEFORE INSERT ON touchpoints FOR EACH ROW EXECUTE FUNCTION fail();
    CREATE TRIGGER fail_exports BEFORE UPDATE ON subject_exports FOR EACH ROW EXECUTE FUNCTION fail();
"""

MAPPING = """
entity = "customers"
system = "shop"

[customer]
id = "id"
name = "name"
birth_on = "born"
email = "email"
"""

ROWS = "id,name,born,email\n1,canary-Good,1970-01-01,canary@example.com\n2,canary-Bad,canary,canary\n3,,1970-13-45,\n"


class House:
    """A served house, what it said, and what it told its callers."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url, self.data_dir, self.port = url, data_dir, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        token = self.run("token", "--role", "admin").stdout.strip()
        self.headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command; what it said is kept, but a token."""
        done = forked(*arguments, data_dir=self.data_dir, DANGOL_DATABASE_URL=self.url)
        self.said += [] if arguments[0] == "token" else [done.stdout, done.stderr]
        return done

    def start(self) -> Command:
        return starter(*SERVING).start(
            "serve",
            "--port",
            str(self.port),
            environment=environment(self.data_dir, DANGOL_DATABASE_URL=self.url, DANGOL_LOG_LEVEL="debug"),
            folder=ROOT / "examples",
        )

    async def ask(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        """The answer; its errors and headers are kept, and what is no data."""
        body = {"query": document, **({} if variables is None else {"variables": variables})}
        return await self.send("POST", "/graphql", content=json.dumps(body))

    async def send(self, method: str, path: str, **options: Any) -> Any:
        async with httpx.AsyncClient(timeout=30) as client:
            options["headers"] = {**self.headers, **options.get("headers", {})}
            response = await client.request(method, self.base + path, **options)
        self.said.append(str(response.headers))
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            self.said += [
                json.dumps(answer.get("errors", []), ensure_ascii=False),
                *_refusals(answer.get("data")),
            ]
        return answer


def _refusals(data: Any) -> Iterator[str]:
    for payload in (data or {}).values():
        if isinstance(payload, dict):
            yield json.dumps(payload.get("userErrors", []), ensure_ascii=False)


@pytest.mark.slow
class TestCanary:
    async def test_no_output_shows_a_mark(self, database: str, tmp_path: Path) -> None:
        house = await asyncio.to_thread(House, database, tmp_path / "data")
        served = await asyncio.to_thread(house.start)
        try:
            await asyncio.to_thread(wait_until_ready, served, house.port)
            await _live(house)
            await _fail(house)
            await asyncio.to_thread(_import, house, tmp_path)
            stored = await _stored(database)
        finally:
            served.terminate()
            output, _ = await asyncio.to_thread(served.communicate, timeout=40)

        for event in ('"job_fault"', '"fault"'):
            assert event in output, f"{event} was not logged: the test shows nothing\n{output}"
        assert MARK not in output
        assert OUTER not in output + stored
        shown = "\n".join(told for told in house.said if MARK in told)
        assert shown == "", shown
        assert MARK not in stored


async def _live(house: House) -> None:
    """A person comes, is looked at, changed wrongly and sought."""
    made = await house.ask(CREATE % ERRORS, {"input": PERSON})
    person = made["data"]["createCustomer"]["customer"]["id"]
    await house.ask(CREATE % ERRORS, {"input": PERSON})
    for document, variables in DOCUMENTS:
        await house.ask(document, variables)
    change = f"mutation ($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ {ERRORS} }} }}"
    await house.ask(change, {"input": {"id": person, "expectedVersion": 9, "name": "canary-new"}})
    touch = f"mutation ($input: RecordTouchpointInput!) {{ recordTouchpoint(input: $input) {{ {ERRORS} }} }}"
    await house.ask(touch, {"input": {"customer": {"id": person}, "note": "canary", "channel": "typo"}})
    for path in (
        "/graphql?query=%7Btypo%7D",
        "/slicer/cube/sales/aggregate?cut=customer:typo",
        "/slicer/cube/sales/aggregate?drilldown=typo",
        "/slicer/cube/sales/facts?cut=product:typo",
        "/slicer/cube/typo/model",
        "/exports/typo",
        "/readyz",
        "/metrics",
        "/",
    ):
        await house.send("GET", path)
    await house.send("POST", "/graphql", content=b'{"query": "canary')
    await house.send("GET", "/", headers={"authorization": "Bearer canary.canary.canary"})


async def _fail(house: House) -> None:
    """Postgres fails with texts that quote people, in a request and in a job."""
    connection = await asyncpg.connect(house.url)
    await connection.execute(FAULTS)
    key = await connection.fetchval("SELECT id FROM customers LIMIT 1")
    await connection.execute(
        """
        INSERT INTO subject_exports (customer_id, asked_by, reason, requested_at) VALUES ($1, 'ann', 'letter', now())
    """,
        key,
    )
    await connection.execute("""
        SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'export_subject', 0, NULL, NULL,
            jsonb_build_object('export_id', (SELECT max(id) FROM subject_exports)), NULL
        )::jobs.procrastinate_job_to_defer_v1])
    """)
    await house.ask(
        "mutation ($input: RecordTouchpointsInput!) { recordTouchpoints(input: $input) { __typename } }",
        {
            "input": {
                "items": [
                    {
                        "sourceSystem": "app",
                        "sourceId": "1",
                        "channel": "WEB",
                        "direction": "INBOUND",
                        "occurredAt": "2026-01-01T00:00:00Z",
                        "note": "canary-note",
                    }
                ]
            }
        },
    )
    for _ in range(200):
        if await connection.fetchval("SELECT count(*) FROM jobs.faults"):
            break
        await asyncio.sleep(0.1)
    await connection.close()


def _import(house: House, folder: Path) -> None:
    (folder / "people.csv").write_text(ROWS, encoding="utf-8")
    (folder / "people.toml").write_text(MAPPING, encoding="utf-8")
    rejects = folder / "rejects.csv"
    arguments = (
        "--mapping",
        str(folder / "people.toml"),
        "--rejects",
        str(rejects),
        str(folder / "people.csv"),
    )
    house.run("import", *arguments)
    assert MARK in rejects.read_text(encoding="utf-8"), "nothing was rejected: the test shows nothing"
    house.run("jobs", "list")
    house.run("retention", "list")


async def _stored(url: str) -> str:
    """What the queue and the records of imports hold."""
    connection = await asyncpg.connect(url)
    tables = ("jobs.procrastinate_jobs", "jobs.faults", "jobs.procrastinate_events", "import_runs", "change")
    found = [str(await connection.fetch(f"SELECT row_to_json(t)::text FROM {table} t")) for table in tables]
    await connection.close()
    return "\n".join(found)
