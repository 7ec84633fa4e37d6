"""The journal of erasures: a file outside the database, so that a restored backup cannot bring an erased person back.

One line an erasure: which store, which customer's id, when. Nothing personal. A line is on the disk (fsync) before the
erasure is committed; so a line may stand for an erasure that was asked for and not committed, never the other way
round, and carrying it out again does what was asked.
"""

import fcntl
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import DomainError
from domain.messages import say


class JournalUnreadable(DomainError):
    """The journal is damaged, or may not be read or written."""


@dataclass(frozen=True)
class Entry:
    """One erasure: of the customer with this id, in this store."""

    store: uuid.UUID
    customer_id: int
    at: datetime


@dataclass(frozen=True)
class Journal:
    """The journal in the file `path`, which need not be there yet."""

    path: Path

    def append(self, entries: Sequence[Entry]) -> None:
        """The entries are on the disk. Blocks. Raises JournalUnreadable."""
        lines = "".join(
            json.dumps({"store": str(each.store), "customer": each.customer_id, "at": each.at.isoformat()})
            + "\n"
            for each in entries
        )
        try:
            self._write(lines.encode())
        except OSError as error:
            raise JournalUnreadable(
                say("the journal of erasures cannot be written: {reason}", reason=error.strerror)
            ) from None

    def _write(self, lines: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _cut_unfinished(file)
            if os.write(file, lines) != len(lines):
                raise OSError(None, "no space left")
            os.fsync(file)
        finally:
            os.close(file)
        self._sync_folder()

    def _sync_folder(self) -> None:
        """The name of a new file is on the disk too."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def entries(self) -> Sequence[Entry]:
        """All entries, in the order they were written. A last line without its end was never confirmed: left out.

        Raises JournalUnreadable for anything else that is not an entry.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise JournalUnreadable(
                say("the journal of erasures cannot be read: {reason}", reason=type(error).__name__)
            ) from None
        lines = text.split("\n")[:-1]
        return [_read(line, number) for number, line in enumerate(lines, start=1)]


def _cut_unfinished(file: int) -> None:
    """A last line without its end, of a process that died while it wrote, was never confirmed: it goes."""
    size = os.fstat(file).st_size
    tail = os.pread(file, 4096, max(0, size - 4096))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)


def _read(line: str, number: int) -> Entry:
    try:
        found = json.loads(line)
        return Entry(uuid.UUID(found["store"]), int(found["customer"]), datetime.fromisoformat(found["at"]))
    except (ValueError, KeyError, TypeError):
        raise JournalUnreadable(
            say(
                "line {number} of the journal of erasures is damaged; mend the file before anything is served",
                number=number,
            )
        ) from None
