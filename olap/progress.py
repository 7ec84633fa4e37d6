"""How far a build of the cube is, and what it came to."""

from collections.abc import Callable
from dataclasses import dataclass

from olap.watermark import Watermark


@dataclass(frozen=True)
class Step:
    """How far a build is in one table; `expected` rows is the planner's guess."""

    table: str
    rows: int
    expected: int


Progress = Callable[[Step], None]
"""Told after every batch; what it raises ends the build, and the cube stays as it was."""


@dataclass(frozen=True)
class BuildReport:
    """What a build put into the cube."""

    rows: dict[str, int]
    seconds: float
    watermark: Watermark

    def text(self) -> str:
        """One line for a person."""
        others = sum(self.rows.values()) - self.rows["sales"]
        return (
            f"Cube at {self.watermark.last_event}: {self.rows['sales']:,} sales lines and {others:,} other rows"
            f" in {self.seconds:.1f} s."
        )


def silent(_: Step) -> None:
    """No progress is shown."""
