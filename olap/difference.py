"""What a verification found: the values that differ, or that none does."""

from dataclasses import dataclass

SHOWN = 20
"""A report names this many differences and counts the rest."""


@dataclass(frozen=True)
class Difference:
    """One value that is not the same in the cube and in Postgres; a null is shown as `null`."""

    table: str
    cell: str
    column: str
    cube: str
    postgres: str

    def text(self) -> str:
        """One line for a person."""
        return f"{self.table} {self.cell}: {self.column} is {self.cube} in the cube and {self.postgres} in Postgres"


@dataclass(frozen=True)
class VerifyReport:
    """The outcome: rows per table and cells of the grid that were compared, with all events up to `last_event`."""

    rows: dict[str, int]
    cells: int
    last_event: int
    seconds: float
    differences: tuple[Difference, ...]

    def text(self) -> str:
        """A few lines for a person."""
        return "\n".join([self._verdict(), *self._named()])

    def _verdict(self) -> str:
        compared = (
            f"{sum(self.rows.values()):,} rows of {len(self.rows)} tables, facts in {self.cells:,} cells"
        )
        found = f"{len(self.differences):,} differences" if self.differences else "no difference"
        return f"Cube and Postgres at {self.last_event}: {found} in {compared} ({self.seconds:.1f} s)."

    def _named(self) -> list[str]:
        named = [f"  {difference.text()}" for difference in self.differences[:SHOWN]]
        more = len(self.differences) - SHOWN
        return [*named, f"  and {more:,} more"] if more > 0 else named
