"""The command: every figure in turn, or some of them (`--only ab`), on a star of any size (`--scale 0.01`).

(a) the 13 shapes, (b) compile times, (c) answers from rollups, (d) distinct customers, (e) the original Slicer, (f) the
Postgres engine, (g) how soon a change shows, (h) rebuild, (i) growth.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench.cube import benchmark, compiling, fresh, growth, peers, rolled
from bench.cube.figures import told
from bench.cube.place import Place, place, store
from bench.star import Size

ON_THE_STAR: dict[str, Callable[[Place, int], bool]] = {
    "a": benchmark.measure,
    "b": compiling.measure,
    "c": rolled.measure,
    "d": rolled.measure_distinct,
}
"""Figures that share one generated star of 6 million lines."""

IN_POSTGRES: dict[str, Callable[[str, Path, int], bool]] = {
    "e": peers.measure_original,
    "f": peers.measure_postgres,
}
"""Figures that share one store of a million lines."""

KNOWN = "abcdefghi"


def main() -> int:
    """Print every figure that is asked for; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(
        prog="bench.cube", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=KNOWN, help=f"letters of figures, of {KNOWN}")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="of all sizes: 0.01 is a star of 60,000 lines"
    )
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    unknown = set(asked.only) - set(KNOWN)
    if unknown:
        parser.error(f"unknown figures {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    told("figures of the cube")
    return 0 if all(_measured(asked.only, asked.scale, asked.rounds)) else 1


def _measured(only: str, scale: float, rounds: int) -> list[bool]:
    """Which were met."""
    met = []
    if shared := [ON_THE_STAR[name] for name in ON_THE_STAR if name in only]:
        with place(Size().times(scale)) as made:
            met += [measure(made, rounds) for measure in shared]
    if shared_in_postgres := [IN_POSTGRES[name] for name in IN_POSTGRES if name in only]:
        with store() as (url, folder):
            cube = peers.filled(url, folder, scale)
            met += [measure(url, cube, rounds) for measure in shared_in_postgres]
    if "g" in only:
        with store() as (url, folder):
            met.append(fresh.measure_visible(url, folder, scale, rounds))
    if "h" in only:
        with store() as (url, folder):
            met.append(fresh.measure_rebuild(url, folder, scale))
    if "i" in only:
        met.append(growth.measure(scale))
    return met


if __name__ == "__main__":
    sys.exit(main())
