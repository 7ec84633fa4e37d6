"""Using the embedded server of a data directory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from domain.postgres.binaries import usable_binaries
from domain.postgres.errors import NotReadyError
from domain.postgres.places import place_for, prepare
from domain.postgres.records import Record
from domain.postgres.servers import Server, ensure_server, stop_server
from domain.postgres.sharing import changing, using


@contextmanager
def running(
    data_dir: Path,
    *,
    settings: Mapping[str, str] | None = None,
    binaries: Path | None = None,
    port: int | None = None,
) -> Iterator[Server]:
    """A server on `data_dir`/postgres, or for root on /var/lib/dangol; made and started if need be.

    Programs and threads share it; the last to leave stops it, whether it leaves by success or by exception.
    Entering again while it is in use brings it back to life if it was killed. `settings` go over our
    defaults, `binaries` is a directory of PostgreSQL >= 15's programs, `port` opens 127.0.0.1 besides the
    socket. Blocks the thread: 0.15 s for a start, 0.8 s for a first one.
    SIGTERM is the caller's: turn it into an exception. Raises PostgresError.
    """
    place = place_for(data_dir)
    prepare(place, data_dir)
    programs = usable_binaries(binaries, place.account)
    wanted = Record(settings=dict(settings or {}), port=port)
    recovering = False
    with using(place) as use:
        try:
            with changing(place):
                server = ensure_server(place, programs, wanted, alone=use.join())
            yield server
        except NotReadyError:
            recovering = True  # stopping it now would begin its recovery again and again
            raise
        finally:
            if use.is_mine() and not recovering:
                with changing(place):
                    if use.is_last():
                        stop_server(place, programs)
