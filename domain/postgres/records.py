"""What is remembered about a server from one start to the next, whoever starts it."""

import json
import socket
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from domain.postgres.errors import PostgresError
from domain.postgres.files import write_private
from domain.postgres.places import Place


@dataclass(frozen=True)
class Record:
    """How the server was last started; `born` is the postmaster's start in seconds after boot."""

    settings: dict[str, str]
    port: int | None
    socket_dir: str = ""
    pid: int = 0
    born: float = 0.0
    host: str = field(default_factory=socket.gethostname)

    def differences(self, other: "Record") -> str:
        """What `other` has set otherwise, to be read by a person; empty if nothing."""
        mine = {**self.settings, "port": str(self.port)}
        others = {**other.settings, "port": str(other.port)}
        names = sorted(name for name in mine.keys() | others.keys() if mine.get(name) != others.get(name))
        return ", ".join(f"{name}: {mine.get(name, 'unset')} / {others.get(name, 'unset')}" for name in names)

    def of_same_server(self, other: "Record") -> "Record":
        """This wish, keeping the other's socket directory: its address must survive a restart."""
        return replace(self, socket_dir=other.socket_dir)


def read_record(place: Place) -> Record | None:
    """The record of the last start; None before the first."""
    try:
        return Record(**json.loads(_path(place).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise PostgresError(f"{_path(place)} cannot be read: {error}; delete it") from error


def write_record(place: Place, record: Record) -> None:
    """Remember how the server is started."""
    write_private(_path(place), json.dumps(asdict(record)))


def _path(place: Place) -> Path:
    return place.home / "server.json"
