"""How much memory the questions to an engine may hold, and how much disk what does not fit into it."""

from dataclasses import dataclass

KILOBYTE = 2**10
GIGABYTE = 2**30

DISK = 20 * GIGABYTE


@dataclass(frozen=True)
class Ceilings:
    """In bytes. Without a ceiling for memory, DuckDB's is half of the machine's."""

    memory: int | None = None
    disk: int = DISK


USUAL = Ceilings()
