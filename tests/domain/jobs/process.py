"""A worker in a process of its own, to be killed: python -m tests.domain.jobs.process URL."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from domain.db import engine
from domain.jobs.duties import Work
from domain.jobs.worker import JOB_SETTINGS, work_until
from domain.tables import metadata
from tests.domain.jobs.duties import DUTIES


async def main(url: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    on = engine(url, settings=JOB_SETTINGS)
    work = Work(engine=on, exports=Path(), tables=metadata, now=lambda: datetime.now(UTC))
    await work_until(stop, url, DUTIES, work)
    await on.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
