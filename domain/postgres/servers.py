"""A running server, and making sure that there is one."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from domain.postgres.binaries import Binaries
from domain.postgres.clusters import ROLE, check_cluster, make_cluster, remove_unfinished, was_shut_down
from domain.postgres.control import start, stop, wait_until_ready
from domain.postgres.errors import PostgresError
from domain.postgres.liveness import born, clear_remains, postmaster
from domain.postgres.logs import remove_old_logs
from domain.postgres.options import SOCKET_PORT
from domain.postgres.places import Place
from domain.postgres.programs import run
from domain.postgres.records import Record, read_record, write_record
from domain.postgres.sockets import choose_socket_dir, make_socket_dir, remove_socket_dir

DATABASE = "dangol"


@dataclass(frozen=True)
class Server:
    """A server that accepts connections; `data` is its data directory, `pid` its postmaster."""

    version: tuple[int, int]
    pid: int
    data: Path
    socket_dir: Path
    port: int
    password: str = field(repr=False)

    def url(self, database: str = DATABASE) -> str:
        """The address of a database, with the password: for libpq, asyncpg and, with +asyncpg, SQLAlchemy."""
        where = urlencode({"host": self.socket_dir, "port": self.port}, safe="/")
        return f"postgresql://{ROLE}:{quote(self.password, safe='')}@/{quote(database, safe='')}?{where}"


def ensure_server(place: Place, binaries: Binaries, wanted: Record, *, alone: bool) -> Server:
    """The server runs as `wanted` and has the database `dangol`. Call it while nobody else changes it.

    One that runs otherwise is restarted if we are `alone`, else PostgresError says what differs.
    """
    known = read_record(place)
    running = postmaster(place, known)
    if place.has_cluster():
        check_cluster(place, binaries)
    if known is not None and not alone:
        _check_shared(place, known, wanted, running)
    if running is not None and (known is None or known.differences(wanted) or not _has_socket(known)):
        stop(place, binaries, running)
        running = None
    if running is None or known is None:
        known, running = _start(place, binaries, wanted.of_same_server(known or wanted))
    server = Server(
        version=binaries.version,
        pid=running.pid,
        data=place.data,
        socket_dir=Path(known.socket_dir),
        port=known.port or SOCKET_PORT,
        password=place.password_file.read_text(encoding="ascii"),
    )
    wait_until_ready(place, binaries, socket_dir=server.socket_dir, port=server.port)
    _ensure_database(server, binaries)
    return server


def stop_server(place: Place, binaries: Binaries) -> None:
    """No server runs here and its socket is gone. Call it while nobody else changes it."""
    known = read_record(place)
    running = postmaster(place, known)
    if running is not None:
        stop(place, binaries, running)
    clear_remains(place)
    remove_unfinished(place)
    if known is not None:
        remove_socket_dir(Path(known.socket_dir), place.account)


def forget_shared_memory(place: Place, binaries: Binaries) -> None:
    """What a killed server left in shared memory is gone, if it can still start: only Postgres itself knows what that
    is, and clears it away when it starts on the same data."""
    if place.has_cluster() and not was_shut_down(place):
        postgres = binaries.bin / "postgres"
        with suppress(PostgresError):
            run(postgres, "--single", "-D", str(place.data), "template1", account=place.account, stdin="")


def _has_socket(known: Record) -> bool:
    return Path(known.socket_dir).is_dir()


def _check_shared(place: Place, known: Record, wanted: Record, running: psutil.Process | None) -> None:
    differences = known.differences(wanted)
    if differences:
        raise PostgresError(
            f"the server in {place.home} is in use with other settings (theirs / yours: {differences}); "
            "use the same settings or another data directory (DANGOL_DATA_DIR)"
        )
    if running is not None and not _has_socket(known):
        raise PostgresError(
            f"{known.socket_dir}, the socket of the server in {place.home}, was deleted; "
            "end all programs that use this server, then start them again"
        )
    if running is None and known.host != wanted.host:
        raise PostgresError(
            f"the server in {place.home} is in use by a program on host {known.host}, whose processes "
            "cannot be seen from here; use another data directory (DANGOL_DATA_DIR) or DANGOL_DATABASE_URL"
        )


def _start(place: Place, binaries: Binaries, record: Record) -> tuple[Record, psutil.Process]:
    clear_remains(place)
    remove_unfinished(place)
    socket_dir = choose_socket_dir(record.socket_dir, place.account)
    record = replace(record, socket_dir=str(socket_dir))
    write_record(place, record)
    make_socket_dir(socket_dir, place.account)
    if not place.has_cluster():
        make_cluster(place, binaries, scratch=socket_dir, durable=record.settings.get("fsync") != "off")
    remove_old_logs(place.data / "log")
    start(place, binaries, settings=record.settings, socket_dir=socket_dir, port=record.port)
    running = postmaster(place, record)
    if running is None:
        raise PostgresError(
            f"PostgreSQL in {place.data} ended as soon as it had started; look into {place.start_log}"
        )
    record = replace(record, pid=running.pid, born=born(running))
    write_record(place, record)
    return record, running


def _ensure_database(server: Server, binaries: Binaries) -> None:
    create = (
        f"SELECT 'CREATE DATABASE {DATABASE}' WHERE NOT EXISTS "  # noqa: S608 - a constant
        f"(SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec"
    )
    arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(server.socket_dir), "-p", str(server.port)]
    outcome = run(
        binaries.bin / "psql",
        *arguments,
        *("-U", ROLE, "-d", "postgres"),
        environment={"PGPASSWORD": server.password},
        stdin=create,
    )
    if outcome.code != 0:
        raise PostgresError(f"cannot use the server in {server.data}: {outcome.last_lines()}")
