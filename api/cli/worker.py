"""`dangol worker`: do the jobs, apart from the API."""

import asyncio
import signal

import typer

from api.cli.place import Config, settings_of, store


def worker(config: Config = None) -> None:
    """Do the queue's jobs until Ctrl-C or SIGTERM; as many workers as wanted share one store.

    Told to stop, it takes no more jobs and gives those that run ten seconds; what has not ended then is done by
    another worker, or the next time.
    """
    from api import garbage, logs
    from api.jobs import do_jobs

    settings = settings_of(config)
    logs.configure(settings.log_level)
    with store(settings) as url:
        garbage.settle()
        typer.echo("Doing jobs. Ctrl-C stops.")

        async def work() -> None:
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
            await do_jobs(settings, url, stop)

        asyncio.run(work())
