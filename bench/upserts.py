"""Batches of 1,000 customers or order lines over HTTP into a store of 100,000 customers, and where the time goes.

Goals: new rows at least 10,000 a second, the same batch again at least 20,000 a second with no event, and of 1,000 rows
with one bad one exactly one is rejected. One worker with all checks on (machine key, permissions, cost, rate,
idempotency key), an embedded server of its own with its ordinary settings (fsync on), CONNECTIONS clients at a time.
"""

import argparse
import asyncio
import http.client
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
from graphql import parse
from graphql.execution import get_variable_values

from api.graphql import coercion, texts
from api.graphql.once import fingerprint
from api.graphql.requests import parsed
from api.graphql.schema import schema
from api.tokens import signing_key
from bench.serving import memory_told, served
from domain.access import SYSTEM
from domain.db import engine, run
from domain.intake.upserts.batch import upsert
from domain.intake.upserts.customers import CUSTOMERS
from domain.intake.upserts.outcomes import Policy
from domain.keys.commands import KeyDetails, create_machine_key
from domain.postgres import discard, running
from domain.roles import ApiScope
from migrations.command import upgrade

NEW_GOAL, AGAIN_GOAL = 10_000, 20_000
SIZE = 1_000
CONNECTIONS = 2
STANDING = 100_000
SEED = f"""
    SET session_replication_role = replica;
    INSERT INTO branches (code, name, kind) SELECT 'B' || i, '지점 ' || i, 'SHOP' FROM generate_series(1, 20) i;
    INSERT INTO products (code, name) SELECT 'P' || i, '상품 ' || i FROM generate_series(1, 1000) i;
    INSERT INTO customers (name, region, country)
        SELECT '고객 ' || i, '지역 ' || i % 17, 'KR' FROM generate_series(1, {STANDING}) i;
    INSERT INTO customer_external_ids (system, external_id, customer_id)
        SELECT 'crm', i::text, i FROM generate_series(1, {STANDING}) i;
    SET session_replication_role = origin;
    VACUUM ANALYZE
"""

ASKED = "rows { index status userErrors { code path } } counts { created updated unchanged stale rejected }"
DOCUMENTS = {
    name: f"mutation ($input: Upsert{name}Input!) {{ upsert{name}(input: $input) {{ {ASKED} }} }}"
    for name in ("Customers", "Orders")
}

Row = dict[str, Any]


def erp(name: str) -> Row:
    return {"external": {"system": "erp", "id": name}}


def customers(batch: int, *, version: int = 1) -> list[Row]:
    """A thousand customers with a dozen fields each."""
    return [
        {
            "key": erp(f"C-{batch}-{number}"),
            "sourceVersion": version,
            "name": f"김단골 {number}",
            "latinName": "Kim Dangol",
            "birthOn": "1985-03-14",
            "gender": "FEMALE",
            "occupation": "교사",
            "country": "KR",
            "region": "서울",
            "district": "강남구",
            "joinedOn": "2024-01-02",
            "homeBranch": {"code": f"B{1 + number % 20}"},
            "contactPoints": [{"kind": "EMAIL", "value": f"c{batch}.{number}@example.com"}],
        }
        for number in range(SIZE)
    ]


def orders(batch: int) -> list[Row]:
    """A thousand order lines in 250 orders."""
    return [
        {
            "key": erp(f"O-{batch}-{number}"),
            "sourceVersion": 1,
            "orderedAt": "2026-03-01T09:30:00+09:00",
            "currency": "KRW",
            "channel": "STORE",
            "customer": {"external": {"system": "crm", "id": str(1 + (batch * 250 + number) % STANDING)}},
            "branch": {"code": f"B{1 + number % 20}"},
            "lines": [
                {
                    "product": {"code": f"P{1 + (number * 4 + line) % 1000}"},
                    "quantity": str(1 + line),
                    "unitPrice": "12500",
                }
                for line in range(4)
            ],
        }
        for number in range(SIZE // 4)
    ]


def body(name: str, rows: Sequence[Row]) -> bytes:
    told = {"input": {"policy": "REJECT_FAILED_ROWS", "rows": rows}}
    return json.dumps({"query": DOCUMENTS[name], "variables": told}, ensure_ascii=False).encode()


class Sender:
    """One client with a connection that stays open."""

    def __init__(self, port: int, key: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}

    def send(self, name: str, told: bytes) -> Row:
        """The counts of the answer. Raises RuntimeError for anything but a good one."""
        self._http.request(
            "POST", "/graphql/bulk", told, {**self._headers, "idempotency-key": str(uuid.uuid4())}
        )
        answer = json.loads(self._http.getresponse().read())
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        counts: Row = answer["data"][f"upsert{name}"]["counts"]
        return counts


def rate(port: int, key: str, name: str, bodies: Sequence[bytes], wanted: str) -> float:
    """Rows a second of these batches, sent by CONNECTIONS clients. RuntimeError if rows came to another status."""
    senders = [Sender(port, key) for _ in range(CONNECTIONS)]

    def work(place: int) -> int:
        return sum(senders[place].send(name, told)[wanted] for told in bodies[place::CONNECTIONS])

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        came = sum(pool.map(work, range(CONNECTIONS)))
    seconds = time.perf_counter() - began
    rows = len(json.loads(bodies[0])["variables"]["input"]["rows"]) * len(bodies)
    if came != rows:
        raise RuntimeError(f"{came} of {rows} rows are {wanted}")
    return SIZE * len(bodies) / seconds


def fetched(url: str, sql: str) -> int:
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchall()[0][0])


def told(what: str, rates: Sequence[float], goal: int) -> bool:
    median = statistics.median(rates)
    met = median >= goal
    spread = f"range {min(rates):,.0f} to {max(rates):,.0f}"
    print(
        f"  {what:<40} {median:9,.0f} rows/s ({spread}); goal {goal:,}: {'met' if met else 'MISSED'}",
        flush=True,
    )
    return met


def measure(url: str, port: int, key: str, *, rounds: int, batches: int) -> list[bool]:
    """Prints the figures; whether each is what it should be."""
    met = []
    made: dict[str, Callable[[int], list[Row]]] = {"Customers": customers, "Orders": orders}
    for name, rows in made.items():
        rate(port, key, name, [body(name, rows(10**6 + n)) for n in range(4)], "created")
        new, again, events = [], [], 0
        for each in range(rounds):
            bodies = [body(name, rows(each * batches + n)) for n in range(batches)]
            new.append(rate(port, key, name, bodies, "created"))
            before = fetched(url, "SELECT count(*) FROM change")
            again.append(rate(port, key, name, bodies, "unchanged"))
            events += fetched(url, "SELECT count(*) FROM change") - before
        what = "customers" if name == "Customers" else "order lines"
        met += [
            told(f"new {what}", new, NEW_GOAL),
            told(f"the same {what} again", again, AGAIN_GOAL),
            events == 0,
        ]
        print(f"  events of the same again: {events}")
    changed = [body("Customers", customers(n, version=2)) for n in range(batches)]
    bad = customers(10**7)
    bad[500]["homeBranch"] = {"code": "NOWHERE"}
    counts = Sender(port, key).send("Customers", body("Customers", bad))
    print(f"  one bad row in 1,000: {counts}")
    rate(port, key, "Customers", changed, "unchanged")
    return [*met, counts["rejected"] == 1 and counts["created"] == SIZE - 1, memory_told(port)]


def parts(url: str) -> None:
    """Prints where the time of one batch goes, measured in this process: milliseconds, the best of ten."""
    found = schema()
    sent = body("Customers", customers(10**8))
    operation: Any = parse(DOCUMENTS["Customers"]).definitions[0]
    definitions = operation.variable_definitions
    given = parsed(sent, "the body")["variables"]
    cleaned, said = texts.written(given)
    coerce = coercion.compiled(found, definitions)
    _part("read the JSON", lambda: parsed(sent, "the body"))
    _part("clean its text, and write it canonically", lambda: texts.written(given))
    _part("coerce the rows", lambda: coerce(cleaned))
    _part("  by graphql-core, for comparison", lambda: get_variable_values(found, definitions, cleaned))
    _part("fingerprint of the idempotency key", lambda: fingerprint("", said))
    asyncio.run(_transactions(url))


def _part(what: str, work: Callable[[], object]) -> None:
    best = min(_seconds(work) for _ in range(10))
    print(f"  {what:<40} {best * 1000:6.1f} ms")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _transactions(url: str) -> None:
    on = engine(url, pool_size=1)
    rows = [
        {
            **{
                name: each[name] for name in ("name", "gender", "occupation", "country", "region", "district")
            },
            "key": ("erp", each["key"]["external"]["id"]),
            "source_version": 1,
            "home_branch": each["homeBranch"]["code"],
            "contact_points": each["contactPoints"],
        }
        for each in customers(10**8)
    ]

    said = [json.dumps(each, default=str).encode() for each in rows]

    async def send(said: Sequence[bytes] | None) -> float:
        began = time.perf_counter()
        await run(
            on,
            lambda session: upsert(
                session,
                CUSTOMERS,
                rows,
                actor=SYSTEM,
                policy=Policy.REJECT_ALL,
                now=datetime.now(UTC),
                said=said,
            ),
            origin="bench",
        )
        return time.perf_counter() - began

    first = await send(said)
    known = min([await send(said) for _ in range(10)])
    again = min([await send(None) for _ in range(10)])
    print(f"  {'check, stage and merge: new (the first)':<40} {first * 1000:6.1f} ms")
    print(f"  {'the same again, as it is known':<40} {known * 1000:6.1f} ms")
    print(f"  {'the same again, staged and compared':<40} {again * 1000:6.1f} ms")
    await on.dispose()


async def machine_key(url: str) -> str:
    """The text of a machine key that may send bulk requests."""
    on = engine(url, pool_size=1)
    details = KeyDetails("bench", api_scopes=frozenset(ApiScope))
    issued = await run(
        on,
        lambda session: create_machine_key(session, details, actor=SYSTEM, now=datetime.now(UTC)),
        origin="bench",
    )
    await on.dispose()
    return issued.text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=10)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        with running(folder / "pg") as server:
            url = server.url("dangol")
            upgrade(url)
            with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
                for statement in SEED.split(";\n"):
                    cursor.execute(statement)
            signing_key(folder / "token.key")
            environment = {"BENCH_URL": url, "BENCH_KEY": str(folder / "token.key")}
            key = asyncio.run(machine_key(url))
            with served("bench.nested_apps:dangol", {**environment, "DANGOL_BULK_RATE": "10000000"}) as port:
                met = measure(url, port, key, rounds=asked.rounds, batches=asked.batches)
            parts(url)
    finally:
        discard(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(met) else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
