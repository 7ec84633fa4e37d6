"""(g, h) How soon a committed change shows while others are written, and what a rebuild costs."""

import subprocess
import sys
from pathlib import Path

from bench.cube.figures import Figure, quantile, show, told
from bench.cube_build import WRITES_A_SECOND, latencies, retailer
from olap.store import open_store

VISIBLE_GOAL, BUILD_GOAL, MEMORY_GOAL = 1.0, 60.0, 4096.0
FOLLOWED, LINES = 6_000_000, 10_000_000
SECONDS = 3
"""Of writing, for each round."""

REBUILD = """
import sys
from pathlib import Path
from bench.cube.figures import peak
from olap.owner.deeds import rebuild
built = rebuild(sys.argv[1], Path(sys.argv[2]))
print(built.rows["sales"], built.rows["customer_month"], built.seconds, peak())
"""


def measure_visible(url: str, folder: Path, scale: float, rounds: int) -> bool:
    """Whether a change shows soon enough in the cube of six million lines; it is compared with Postgres afterwards."""
    company = retailer(max(20_000, int(FOLLOWED * scale)))
    company.fill(url)
    cube = folder / "followed.duckdb"
    _rebuilt(url, cube)
    with open_store(url, cube) as store:
        took = latencies(url, store, SECONDS * rounds, company.customers)
        report = store.verify()
    told(
        f"(g) {len(took)} orders, {WRITES_A_SECOND} a second, of {company.customers:,} customers; {report.text()}"
    )
    figures = [
        Figure("(g) from commit to answer, p50", [quantile(took, 0.5)], "s"),
        Figure("(g) from commit to answer, p99", [quantile(took, 0.99)], "s", VISIBLE_GOAL),
    ]
    return show(figures) and not report.differences


def measure_rebuild(url: str, folder: Path, scale: float) -> bool:
    """Whether ten million lines (goals go with the scale) are soon rebuilt, in a process of its own."""
    company = retailer(max(20_000, int(LINES * scale)))
    company.fill(url)
    told(f"(h) {company.lines:,} lines of {company.customers:,} customers in Postgres")
    lines, months, seconds, megabytes = _rebuilt(url, folder / "rebuilt.duckdb")
    goal = BUILD_GOAL * company.lines / LINES
    return show(
        [
            Figure(f"(h) rebuild of {lines:,.0f} lines, {months:,.0f} months", [seconds], "s", goal),
            Figure("(h) its memory", [megabytes], "MB", MEMORY_GOAL),
        ]
    )


def _rebuilt(url: str, cube: Path) -> list[float]:
    """Lines, months of customers, seconds and megabytes."""
    command = [sys.executable, "-c", REBUILD, url, str(cube)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()[-4:]]
