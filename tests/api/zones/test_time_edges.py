"""The zone of the process changes nothing: the same questions in three of them, at the edges of days and years."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from domain.postgres import Server

ZONES = {"UTC": "UTC", "Asia/Seoul": "KST", "America/St_Johns": "NST"}

EDGES = {
    "1987-05-31T13:59:59+00:00": (
        1,
        "summer time: the last second of May in Seoul, which was ten hours ahead",
    ),
    "1987-05-31T14:00:00+00:00": (2, "the first of June"),
    "1988-10-08T16:30:00+00:00": (
        4,
        "half past two in the night in which summer time ends, said for the first time",
    ),
    "1988-10-08T17:30:00+00:00": (8, "half past two, said for the second time"),
    "2011-12-31T14:59:59.999999+00:00": (16, "the last moment of the year"),
    "2011-12-31T15:00:00+00:00": (32, "the first of the next"),
    "2012-02-28T15:00:00+00:00": (64, "the first moment of 29 February"),
    "2012-02-29T14:59:59.999999+00:00": (128, "its last"),
    "2012-02-29T15:00:00+00:00": (256, "the first of March"),
    "2012-03-11T05:30:00+00:00": (512, "an hour that Newfoundland leaves out"),
    "2012-11-04T04:30:00+00:00": (1024, "an hour that Newfoundland has twice"),
}
"""When orders were placed, each of an amount of its own."""

MONTHS = {
    (1987, 5): 1,
    (1987, 6): 2,
    (1988, 10): 4 + 8,
    (2011, 12): 16,
    (2012, 1): 32,
    (2012, 2): 64 + 128,
    (2012, 3): 256 + 512,
    (2012, 11): 1024,
}
"""Worked out by hand, in the company's zone."""

COMPANY = """
    INSERT INTO customers (id, name, birth_on, joined_on) VALUES
        (1, 'a', '1988-02-29', '0001-01-01'), (2, 'b', '1987-05-10', '9999-12-31');
    INSERT INTO offers (id, code, name, kind, valid_from) VALUES
        (1, 'FIRST', 'f', 'CORE', '0001-01-01 00:00:00+00'), (2, 'LAST', 'l', 'CORE', '9999-12-31 23:59:59.999999+00');
"""

ASKING = """
import runpy
from api import garbage
garbage.postpone()  # as in our own processes that start
runpy.run_module("tests.api.zones.asking", run_name="__main__")
"""


@pytest.fixture(scope="session")
def edges(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of a database with an order at each edge."""
    admin(f"CREATE DATABASE time_edges TEMPLATE {template} STRATEGY file_copy")
    url = server.url("time_edges")

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(COMPANY)
        for key, (at, (amount, _)) in enumerate(EDGES.items(), 1):
            await connection.execute(
                f"INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency)"
                f" VALUES ({key}, 'erp', '{key}', '{key}', '{at}', 'KRW');"
                f"INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
                f" VALUES ({key}, 1, 'SALE', 1, {amount})"
            )
        await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture(scope="session")
def answers(edges: str) -> dict[str, Any]:
    """What a process of each zone answers."""
    command = [sys.executable, "-c", ASKING, edges, *ZONES]
    loaded_in = {
        **os.environ,
        "TZ": "America/St_Johns",
    }  # what is kept of it differs from what the others say
    said = subprocess.run(command, env=loaded_in, stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    return dict(zip(ZONES, map(json.loads, said.stdout.splitlines()), strict=True))


class TestZones:
    def test_the_processes_are_in_different_zones(self, answers: dict[str, Any]) -> None:
        assert {zone: answers[zone]["zone"][0] for zone in ZONES} == ZONES

    @pytest.mark.parametrize("part", ["api", "cube"])
    def test_they_answer_alike(self, answers: dict[str, Any], part: str) -> None:
        first, *others = (answers[zone][part] for zone in ZONES)

        assert others == [first, first]


class TestEdges:
    def test_months_end_at_midnight_in_seoul(self, answers: dict[str, Any]) -> None:
        found = answers["America/St_Johns"]["cube"]["date:month"]

        sums = {
            (int(line["date.year"]), int(line["date.month"])): Decimal(line["net_revenue"]) for line in found
        }
        assert sums == MONTHS

    def test_the_leap_day_is_one_day(self, answers: dict[str, Any]) -> None:
        found = answers["America/St_Johns"]

        assert Decimal(found["cube"]["leap day"]) == 64 + 128
        assert found["api"]["read"]["leapDay"] == {
            "totalCount": 2,
            "nodes": [{"number": "7"}, {"number": "8"}],
        }

    def test_moments_are_shown_as_they_were_told(self, answers: dict[str, Any]) -> None:
        shown = answers["Asia/Seoul"]["api"]["read"]["all"]["nodes"]

        expected = [at.replace("+00:00", "") for at in EDGES]
        expected = [at + ("Z" if "." in at else ".000000Z") for at in expected]
        assert [node["orderedAt"] for node in shown] == expected

    def test_days_and_the_first_and_the_last_year_are_as_they_are(self, answers: dict[str, Any]) -> None:
        read = answers["America/St_Johns"]["api"]["read"]

        assert read["days"]["nodes"] == [
            {"birthOn": "1988-02-29", "joinedOn": "0001-01-01"},
            {"birthOn": "1987-05-10", "joinedOn": "9999-12-31"},
        ]
        assert read["first"]["nodes"] == [{"code": "FIRST", "validFrom": "0001-01-01T00:00:00.000000Z"}]
        assert read["last"]["nodes"] == [{"code": "LAST", "validFrom": "9999-12-31T23:59:59.999999Z"}]

    def test_what_never_was_is_refused(self, answers: dict[str, Any]) -> None:
        refused = answers["UTC"]["api"]["refused"]

        assert "taken" not in refused.values()
