"""(g, h) How soon a committed change shows while others are written, and what a rebuild costs."""

import subprocess
import sys
from pathlib import Path

from bench.cube.figures import Figure, quantile, show, told
from bench.cube_build import WRITES_A_SECOND, fill, latencies
from olap.store import open_store

VISIBLE_GOAL, BUILD_GOAL, MEMORY_GOAL = 1.0, 60.0, 4096.0
LINES = 10_000_000
SECONDS = 3
"""Of writing, for each round."""

REBUILD = """
import sys
from pathlib import Path
from bench.cube.figures import peak
from olap.owner.deeds import rebuild
built = rebuild(sys.argv[1], Path(sys.argv[2]))
print(built.rows["sales"], built.seconds, peak())
"""


def measure_visible(url: str, cube: Path, rounds: int) -> bool:
    """Whether a change shows soon enough; the cube is compared with Postgres afterwards."""
    with open_store(url, cube) as store:
        took = latencies(url, store, SECONDS * rounds)
        report = store.verify()
    told(f"(g) {len(took)} orders, {WRITES_A_SECOND} a second; {report.text()}")
    figures = [
        Figure("(g) from commit to answer, p50", [quantile(took, 0.5)], "s"),
        Figure("(g) from commit to answer, p99", [quantile(took, 0.99)], "s", VISIBLE_GOAL),
    ]
    return show(figures) and not report.differences


def measure_rebuild(url: str, folder: Path, scale: float) -> bool:
    """Whether ten million lines (goals go with the scale) are soon rebuilt, in a process of its own."""
    lines = max(20_000, int(LINES * scale))
    fill(url, lines)
    told(f"(h) {lines:,} lines in Postgres")
    command = [sys.executable, "-c", REBUILD, url, str(folder / "rebuilt.duckdb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, seconds, megabytes = map(float, done.stdout.split()[-3:])
    return show(
        [
            Figure(f"(h) rebuild of {int(rows):,} lines", [seconds], "s", BUILD_GOAL * lines / LINES),
            Figure("(h) its memory", [megabytes], "MB", MEMORY_GOAL),
        ]
    )
