"""Online Retail II, both files, into an empty store: seconds, memory, and again. Goals: 40 s, 500 MB, 12 s, no event.

Uses an embedded server of its own with its ordinary settings (fsync on), which is gone afterwards.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg

from domain.postgres import discard, running
from migrations.command import upgrade

HERE = Path(__file__).resolve().parents[1]
FOLDER = HERE.parent / "shared" / "data" / "online_retail_ii"
FILES = [FOLDER / "year_2009_2010.parquet", FOLDER / "year_2010_2011.parquet"]
FIRST_GOAL, AGAIN_GOAL, MEMORY_GOAL = 40.0, 12.0, 500

FIGURES = """
    SELECT count(*), count(DISTINCT order_id), count(DISTINCT customer_id), round(sum(net_revenue), 2)::text
    FROM mart.sales JOIN mart.line_kind USING (line_kind_key) JOIN mart.known USING (known_key)
    WHERE kind = 'sale' AND known = 'yes'
"""
WANTED = (791_044, 36_969, 5_878, "17431533.18")


def measure(url: str) -> dict[str, float]:
    """One import in a process of its own: its seconds, events and peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_online_retail", url], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def run(url: str) -> None:
    """The measured process."""
    from api.importing.run import run_import

    report = asyncio.run(run_import(url, HERE / "examples" / "online_retail.toml", FILES))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": report.seconds, "events": report.events, "peak": peak}))


async def figures(url: str) -> tuple[object, ...]:
    connection = await asyncpg.connect(url)
    try:
        return tuple(*await connection.fetch(FIGURES))
    finally:
        await connection.close()


def line(what: str, value: float, goal: float, unit: str) -> bool:
    met = value <= goal
    print(f"{what:<48} {value:7.1f} {unit:<3} (at most {goal:.0f})  {'ok' if met else 'MISSED'}", flush=True)
    return met


def main() -> int:
    if not FOLDER.is_dir():
        print(f"skipped: no real data at {FOLDER}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="dangol-import-"))
    try:
        with running(folder) as server:
            upgrade(server.url())
            first, again = measure(server.url()), measure(server.url())
            found = asyncio.run(figures(server.url()))
    finally:
        discard(folder)
        folder.rmdir()
    met = [
        line("import of 1,044,847 lines into an empty store", first["seconds"], FIRST_GOAL, "s"),
        line("the same files again", again["seconds"], AGAIN_GOAL, "s"),
        line("events of the same files again", again["events"], 0, ""),
        line("peak memory of the process", max(first["peak"], again["peak"]), MEMORY_GOAL, "MB"),
    ]
    print(f"{'lines, orders, customers, net revenue':<48} {found}  {'ok' if found == WANTED else 'WRONG'}")
    return 0 if all(met) and found == WANTED else 1


if __name__ == "__main__":
    if sys.argv[1:]:
        run(*sys.argv[1:])
    else:
        sys.exit(main())
