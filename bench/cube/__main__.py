"""The command: every figure in turn, or some of them (`--only ab`), on a star of any size (`--scale 0.01`)."""

import argparse
import sys
from collections.abc import Callable

from bench.cube import benchmark, compiling, rolled
from bench.cube.figures import told
from bench.cube.place import Place, place
from bench.star import Size

ON_THE_STAR: dict[str, Callable[[Place, int], bool]] = {
    "a": benchmark.measure,
    "b": compiling.measure,
    "c": rolled.measure,
    "d": rolled.measure_distinct,
}
"""Figures that share one star of 6 million lines."""


def main() -> int:
    """Print every figure that is asked for; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.cube", description=__doc__)
    known = "".join(ON_THE_STAR)
    parser.add_argument("--only", default=known, help=f"letters of figures, of {known}")
    parser.add_argument("--scale", type=float, default=1.0, help="of the star: 0.01 is 60,000 lines")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    unknown = set(asked.only) - set(known)
    if unknown:
        parser.error(f"unknown figures {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    told("figures of the cube")
    met = []
    shared = [name for name in asked.only if name in ON_THE_STAR]
    if shared:
        with place(Size().times(asked.scale)) as made:
            met += [ON_THE_STAR[name](made, asked.rounds) for name in shared]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
