"""An import in a process of its own, for tests that kill it or weigh it. Prints its peak memory in MiB at the end.

python -m tests.api.importing.importer URL MAPPING FILE...   (RANGE in the environment: rows a transaction)
"""

import asyncio
import os
import resource
import sys
from pathlib import Path

from api.importing import merge
from api.importing.progress import Step
from api.importing.run import run_import


def tell(step: Step) -> None:
    sys.stdout.write(f"{step.phase.value} {step.what} {step.rows}\n")
    sys.stdout.flush()


def main(url: str, mapping: str, *paths: str) -> None:
    merge.ROWS = int(os.environ.get("RANGE", merge.ROWS))
    asyncio.run(run_import(url, Path(mapping), [Path(path) for path in paths], progress=tell))
    sys.stdout.write(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
