"""An import in a process of its own, for tests that kill it or weigh it. Prints its peak memory in MiB at the end.

python -m tests.api.importing.importer URL MAPPING FILE...
"""

import asyncio
import os
import re
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from api.importing import merge
from api.importing.progress import Step
from api.importing.run import run_import


def tell(step: Step) -> None:
    sys.stdout.write(f"{step.phase.value} {step.what} {step.rows}\n")
    sys.stdout.flush()


def peak_mib() -> int:
    """The most memory that this process has held. getrusage's figure is no less than that of whoever started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None, "Linux says how much memory a process has held"
    return int(found.group(1)) // 1024


def main(url: str, mapping: str, *paths: str) -> None:
    asyncio.run(run_import(url, Path(mapping), [Path(path) for path in paths], progress=tell))
    sys.stdout.write(f"peak {peak_mib()}\n")


def told_to(pipe: Connection, rows: int, url: str, mapping: str, *paths: str) -> None:
    """As `main`, with so many rows a transaction; what it tells goes into the pipe."""
    merge.ROWS = rows
    with os.fdopen(os.dup(pipe.fileno()), "w", encoding="utf-8") as sys.stdout:
        main(url, mapping, *paths)


if __name__ == "__main__":
    main(*sys.argv[1:])
