"""The nested read of 50 customers x 10 touchpoints against a bare application with the same SQL. Goal: 0.4.

Both are served by one granian worker each on the same embedded Postgres, in alternating rounds; the figure is the
median of the rounds' ratios. Ours proves the token, reads the body, finds the plan and checks the permissions.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc

from api.graphql.documents import NO_VALUES, Documents
from api.graphql.schema import schema
from api.tokens import issue, signing_key
from bench.load import ask, client, requests_per_second
from domain.access import SYSTEM
from domain.postgres import discard, running
from migrations.command import upgrade

GOAL = 0.4
COUNTED = 500
DOCUMENT = """
    query Nested { customers(first: 50) { nodes { id name
        touchpoints(first: 10) { nodes { id channel occurredAt subject } } } } }
"""
SEED = """
    INSERT INTO customers (name, region, country)
        SELECT '고객 ' || md5(i::text), 'Region ' || i % 17, 'KR' FROM generate_series(1, {customers}) i;
    INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at, subject)
        SELECT 'bench', c || '-' || n, c, (ARRAY['STORE', 'WEB', 'EMAIL'])[1 + n % 3], 'INBOUND',
               timestamptz '2024-01-01' + (c * 50 + n) * interval '17 minutes', '문의 ' || n
        FROM generate_series(1, {customers}) c, generate_series(1, 50) n;
"""


def seeded(url: str, customers: int) -> None:
    """The store holds this many customers with 50 touchpoints each, and Postgres knows it."""
    upgrade(url)
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in SEED.format(customers=customers).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


def statement() -> str:
    """The SQL that answers DOCUMENT."""
    held = Documents(schema())
    plan = held.plan(held.operation(DOCUMENT, None), NO_VALUES, SYSTEM)
    assert plan.statement is not None
    assert not plan.statement.parameters
    return plan.statement.sql


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[int]:
    """The port of a granian with one worker that serves the target; stopped in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--factory", target]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def committed(url: str) -> int:
    """Transactions of the database so far. An idle session reports its last ones after ten seconds."""
    time.sleep(11)
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchall()[0][0])


def measure(url: str, folder: Path, *, rounds: int, seconds: float) -> list[float]:
    """Prints each round; the ratios of ours to the bare application's requests a second."""
    (folder / "nested.sql").write_text(statement())
    key = signing_key(folder / "token.key")
    token = issue(key, subject="bench", role="MARKETER", scope="ALL", branches=(), hours=1)
    environment = {
        "BENCH_URL": url,
        "BENCH_KEY": str(folder / "token.key"),
        "BENCH_SQL": str(folder / "nested.sql"),
    }
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    body = json.dumps({"query": DOCUMENT}).encode()
    ratios = []
    with (
        served("bench.nested_apps:dangol", environment) as ours,
        served("bench.nested_apps:bare", environment) as limit,
    ):
        for port in (ours, limit):
            requests_per_second(port, "/graphql", body, headers, 1)
        for _ in range(rounds):
            mine, least = (
                requests_per_second(port, "/graphql", body, headers, seconds) for port in (ours, limit)
            )
            ratios.append(mine / least)
            print(f"  Dangol {mine:7.0f}/s   bare {least:7.0f}/s   ratio {mine / least:.2f}", flush=True)
        before = committed(url)
        ask(ours, "/graphql", body, headers, COUNTED)
        print(f"  statements per request: {(committed(url) - before) / COUNTED:.2f}")
    return ratios


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        with running(folder / "pg") as server:
            url = server.url("dangol")
            seeded(url, asked.customers)
            print(f"  load: {client()}, 8 connections; {asked.customers:,} customers x 50 touchpoints")
            ratios = measure(url, folder, rounds=asked.rounds, seconds=asked.seconds)
    finally:
        discard(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)
    median = statistics.median(ratios)
    verdict = "met" if median >= GOAL else "MISSED"
    print(
        f"  median ratio {median:.2f} (range {min(ratios):.2f} to {max(ratios):.2f}); goal {GOAL}: {verdict}"
    )
    return 0 if median >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
