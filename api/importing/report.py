"""What an import did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.counting import counted
from domain.intake.counts import Counts

EXIT_COMPLETE = 0
EXIT_WITH_REJECTS = 3


@dataclass(frozen=True)
class ImportReport:
    """The end of an import. In a dry run the counts say what would have happened, and `run_id` is null.

    Every row read was taken, filtered by the mapping, or rejected: `rows_read` is the sum of the three.
    """

    run_id: int | None
    dry_run: bool
    files: int
    rows_read: int
    rows_taken: int
    rows_filtered: int
    rows_rejected: int
    rejects: Path | None
    orders: Counts
    customers: Counts
    products: Counts
    touchpoints: Counts
    branches: int
    events: int
    seconds: float
    warnings: Sequence[str]

    @property
    def exit_code(self) -> int:
        """0 when every row was taken or filtered, 3 when some were rejected (the others are in)."""
        return EXIT_WITH_REJECTS if self.rows_rejected else EXIT_COMPLETE

    def counts(self) -> Mapping[str, Any]:
        """What the record of the run keeps."""
        kinds = {
            "orders": self.orders,
            "customers": self.customers,
            "products": self.products,
            "touchpoints": self.touchpoints,
        }
        rows = {
            "read": self.rows_read,
            "taken": self.rows_taken,
            "filtered": self.rows_filtered,
            "rejected": self.rows_rejected,
        }
        return {
            "rows": rows,
            **{name: vars(counts) for name, counts in kinds.items() if counts.total},
            "branches": self.branches,
            "events": self.events,
        }

    def lines(self) -> list[str]:
        """The report for people, one fact a line."""
        would = "would be " if self.dry_run else ""
        rows = f"{self.rows_taken:,} taken, {self.rows_filtered:,} filtered, {self.rows_rejected:,} rejected"
        found = [f"{counted(self.files, 'file')}, {counted(self.rows_read, 'row')} read: {rows}"]
        for name in ("orders", "customers", "products", "touchpoints"):
            counts: Counts = getattr(self, name)
            if counts.total:
                found.append(
                    f"{name}: {counts.created:,} {would}created, {counts.updated:,} {would}updated, "
                    f"{counts.unchanged:,} unchanged"
                )
        if self.rows_rejected and self.rejects:
            found.append(f"rejected rows and their reasons: {self.rejects}")
        found += [f"warning: {warning}" for warning in self.warnings]
        ended = "nothing was changed" if self.dry_run else counted(self.events, "event")
        return [*found, f"{ended}; {self.seconds:.1f} s"]
