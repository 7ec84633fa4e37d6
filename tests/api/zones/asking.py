"""Asks what has to do with time, in a process for each zone: python -m ... URL ZONE ..., an answer a line.

All libraries are loaded once, in the zone of the environment; the processes are forked from that one.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

from api.errors import Refused
from api.graphql.documents import Documents
from api.graphql.schema import schema
from domain.access import SYSTEM
from domain.db import read_pool
from domain.selection.run import read
from domain.selection.subjects import Seen
from olap import source
from olap.client import Cube
from olap.client.in_process import FileCube
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.load import build

READ = """query ($from: DateTime!, $to: DateTime!, $last: DateTime!) {
    all: orders(first: 100, orderBy: {field: ORDERED_AT}) { nodes { number orderedAt } }
    leapDay: orders(
        first: 100, filter: {orderedAt: {gte: $from, lt: $to}}, orderBy: {field: ORDERED_AT}
    ) { totalCount nodes { number } }
    days: customers(first: 9, orderBy: {field: ID}) { nodes { birthOn joinedOn } }
    first: offers(first: 9, filter: {validFrom: {lt: "0002-01-01T00:00:00+09:00"}}) { nodes { code validFrom } }
    last: offers(first: 9, filter: {validFrom: {eq: $last}}) { nodes { code validFrom } }
}"""
GIVEN = {
    "from": "2012-02-29T00:00:00+09:00",
    "to": "2012-03-01T00:00:00+09:00",
    "last": "9999-12-31T23:59:59.999999Z",
}
REFUSED = ("2012-06-30T23:59:60Z", "2012-02-29T00:00:00", "2011-02-29T00:00:00Z", "0000-12-31T23:59:59Z")
"""A leap second, a time without a zone, a day and a year that never were."""

LEVELS = ("date:month", "date:day", "date@iso:iso_week")


def refusal(held: Documents, moment: str) -> str:
    """What is said to a moment that is none."""
    operation = held.operation(READ, None)
    try:
        held.values(operation, {**GIVEN, "from": moment})
    except Refused as refused:
        return str(refused)
    return "taken"


async def api(url: str) -> dict[str, Any]:
    """The answers of planned reads, and what is refused."""
    held = Documents(schema())
    operation = held.operation(READ, None)
    values = held.values(operation, GIVEN)
    statement = held.plan(operation, values, SYSTEM).statement
    assert statement is not None
    pool = await read_pool(url, size=1)
    try:
        said = json.loads(await read(pool, statement, values.coerced, SYSTEM, Seen()))
    finally:
        await pool.close()
    return {"read": said, "refused": {each: refusal(held, each) for each in REFUSED}}


def cube(url: str) -> dict[str, Any]:
    """What the cube sums by month, by day, and in one day and one month."""
    with DuckDB(threads=1, memory_limit="512MB") as engine, source.connect(url) as connection:
        build(engine, connection)
        sales = Cube("sales", store=FileCube(engine, "Asia/Seoul", ledger.stored(engine))).where(
            currency="KRW"
        )
        leap_day = sales.where(date=(2012, 1, 2, 29)).aggregate("net_revenue")
        return {level: _lines(sales, level) for level in LEVELS} | {"leap day": str(leap_day["net_revenue"])}


def _lines(sales: Cube, level: str) -> list[dict[str, str]]:
    frame = sales.by(level).frame("net_revenue", "orders", labels=False)
    return [
        {str(name): str(value) for name, value in line.items()} for line in frame.to_dict(orient="records")
    ]


def ask_in(zone: str, url: str) -> None:
    """The answer of a new process of this zone is written. Raises ChildProcessError where there is none."""
    child = os.fork()
    if child:
        if code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            raise ChildProcessError(f"{zone}: {code}")
        return
    os.environ["TZ"] = zone
    time.tzset()
    said = {"zone": list(time.tzname), "api": asyncio.run(api(url)), "cube": cube(url)}
    print(json.dumps(said, sort_keys=True), flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        ask_in(each, sys.argv[1])
