"""What is refused about touchpoints."""

from collections.abc import Sequence

from domain.errors import Conflict


class TouchpointDiffers(Conflict):
    """What happened is never changed: the same id of the same system must say the same."""

    def __init__(self, system: str, source_id: str, differing: Sequence[str]) -> None:
        super().__init__(
            f"the touchpoint {source_id!r} of {system!r} is recorded with another {', '.join(differing)}; "
            "touchpoints are append only",
            "source_id",
        )
