"""Using the embedded server of a data directory."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from domain.postgres.binaries import usable_binaries
from domain.postgres.errors import NotReadyError, PostgresError
from domain.postgres.options import check_settings
from domain.postgres.places import place_for, prepare, sign_of
from domain.postgres.records import Record
from domain.postgres.servers import Server, ensure_server, forget_shared_memory, stop_server
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
    check_settings(settings or {})
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


def discard(data_dir: Path, *, binaries: Path | None = None) -> None:
    """The server of `data_dir` and all its data are gone. Raises PostgresError while somebody uses it."""
    place = place_for(data_dir)
    if not place.home.is_dir():
        return
    with using(place) as use, changing(place):
        if not use.is_last():
            raise PostgresError(
                f"the server in {place.home} is in use; end its programs before discarding it"
            )
        programs = usable_binaries(binaries, place.account)
        stop_server(place, programs)
        forget_shared_memory(place, programs)
        shutil.rmtree(place.home)
    sign = sign_of(data_dir)
    if sign.is_symlink():
        sign.unlink()
