"""Online Retail II, both files, from an empty store to the cube: seconds, memory, and the same figures two ways.

Goals: import 40 s and 500 MB, again 12 s and no event, first build of the cube 5 s, a committed change visible in 1 s,
and `/slicer` equal to hand-written SQL. Uses an embedded server of its own with its ordinary settings (fsync on),
which is gone afterwards.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import asyncpg

from api.tokens import issue, signing_key
from bench.startup import free_port, serving
from domain.postgres import discard, running
from migrations.command import upgrade
from olap.owner import deeds

HERE = Path(__file__).resolve().parents[1]
FOLDER = HERE.parent / "shared" / "data" / "online_retail_ii"
FILES = [FOLDER / "year_2009_2010.parquet", FOLDER / "year_2010_2011.parquet"]
FIRST_GOAL, AGAIN_GOAL, MEMORY_GOAL, BUILD_GOAL, VISIBLE_GOAL = 40.0, 12.0, 500, 5.0, 1.0
REQUEST = "/slicer/cube/sales/aggregate?cut=line_kind:sale|known:yes"
CHANGES = 20

FIGURES = """
    SELECT count(*), count(DISTINCT order_id), count(DISTINCT customer_id), round(sum(net_revenue), 2)::text
    FROM mart.sales JOIN mart.line_kind USING (line_kind_key) JOIN mart.known USING (known_key)
    WHERE kind = 'sale' AND known = 'yes'
"""
WANTED = (791_044, 36_969, 5_878, "17431533.18")


def measure(url: str) -> dict[str, float]:
    """One import in a process of its own: its seconds, events and peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.online_retail", url], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def run(url: str) -> None:
    """The measured process."""
    from api.importing.run import run_import

    report = asyncio.run(run_import(url, HERE / "examples" / "online_retail.toml", FILES))
    status = Path(
        "/proc/self/status"
    ).read_text()  # getrusage's peak is no less than that of whoever started us
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1000
    print(json.dumps({"seconds": report.seconds, "events": report.events, "peak": peak}))


async def figures(url: str) -> tuple[object, ...]:
    connection = await asyncpg.connect(url)
    try:
        return tuple(*await connection.fetch(FIGURES))
    finally:
        await connection.close()


class Slicer:
    """Asks a server's cube, as an analyst."""

    def __init__(self, port: int, data_dir: Path) -> None:
        key = signing_key(data_dir / "token.key")
        token = issue(key, subject="bench", role="ANALYST", scope="ALL", branches=(), hours=1)
        self._request = urllib.request.Request(f"http://127.0.0.1:{port}{REQUEST}")
        self._request.add_header("Authorization", f"Bearer {token}")

    def summary(self) -> dict[str, Any]:
        with urllib.request.urlopen(self._request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer, parse_float=Decimal)["summary"]
        return found

    def figures(self) -> tuple[object, ...]:
        found = self.summary()
        revenue = Decimal(found["net_revenue"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return (found["lines"], found["orders"], found["customers"], str(revenue))


async def visible(url: str, slicer: Slicer) -> list[float]:
    """For each of some changes of one line's price: seconds from its commit until the cube answers with it."""
    connection = await asyncpg.connect(url)
    seconds = []
    for _ in range(CHANGES):
        before = slicer.summary()["net_revenue"]
        await connection.execute(
            "UPDATE order_lines SET unit_price = unit_price + 1 WHERE id = ("
            "SELECT min(l.id) FROM order_lines l JOIN orders o ON o.id = l.order_id"
            " WHERE l.kind = 'SALE' AND o.customer_id IS NOT NULL)"
        )
        committed = time.monotonic()
        while slicer.summary()["net_revenue"] == before and time.monotonic() - committed < 30:
            await asyncio.sleep(0.005)
        seconds.append(time.monotonic() - committed)
    await connection.close()
    return seconds


def line(what: str, value: float, goal: float, unit: str) -> bool:
    met = value <= goal
    print(f"{what:<48} {value:7.2f} {unit:<3} (at most {goal:g})  {'ok' if met else 'MISSED'}", flush=True)
    return met


def equal(what: str, found: object, wanted: object) -> bool:
    print(f"{what:<48} {found}  {'ok' if found == wanted else f'WRONG, not {wanted}'}", flush=True)
    return found == wanted


def importing(url: str) -> list[bool]:
    first, again = measure(url), measure(url)
    return [
        line("import of 1,044,847 lines into an empty store", first["seconds"], FIRST_GOAL, "s"),
        line("the same files again", again["seconds"], AGAIN_GOAL, "s"),
        line("events of the same files again", again["events"], 0, ""),
        line("peak memory of the process", max(first["peak"], again["peak"]), MEMORY_GOAL, "MB"),
        equal("lines, orders, customers, revenue: SQL", asyncio.run(figures(url)), WANTED),
    ]


def cube(url: str, folder: Path) -> list[bool]:
    built = deeds.rebuild(url, folder / "cube.duckdb")
    met = [line("first build of the cube", built.seconds, BUILD_GOAL, "s")]
    os.environ |= {"DANGOL_DATABASE_URL": url, "DANGOL_DATA_DIR": str(folder)}
    port = free_port()
    with serving([str(Path(sys.executable).with_name("dangol")), "serve"], HERE, port, limit=60):
        slicer = Slicer(port, folder)
        met.append(equal("lines, orders, customers, revenue: /slicer", slicer.figures(), WANTED))
        compared = deeds.verify(url, folder / "cube.duckdb")
        met.append(
            equal(f"differences in {compared.cells} cells of cube verify", len(compared.differences), 0)
        )
        seconds = asyncio.run(visible(url, slicer))
        print(
            f"a change in the cube after: median {statistics.median(seconds):.2f} s, min {min(seconds):.2f}"
        )
        met.append(line("a committed change in the cube, slowest of 20", max(seconds), VISIBLE_GOAL, "s"))
        compared = deeds.verify(url, folder / "cube.duckdb")
        met.append(equal("differences after the changes", len(compared.differences), 0))
    return met


def main() -> int:
    if not FOLDER.is_dir():
        print(f"skipped: no real data at {FOLDER}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="dangol-retail-"))
    try:
        with running(folder) as server:
            upgrade(server.url())
            met = [*importing(server.url()), *cube(server.url(), folder)]
    finally:
        discard(folder)
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(met) else 1


if __name__ == "__main__":
    if sys.argv[1:]:
        run(*sys.argv[1:])
    else:
        sys.exit(main())
