"""What is refused about touchpoints."""

from collections.abc import Sequence

from domain.errors import Conflict, NotFound
from domain.messages import say


class TouchpointDiffers(Conflict):
    """What happened is never changed: the same id of the same system must say the same."""

    def __init__(self, system: str, source_id: str, differing: Sequence[str]) -> None:
        super().__init__(
            say(
                "the touchpoint {id!r} of {system!r} is recorded with another {differing}; "
                "touchpoints are append only",
                id=source_id,
                system=system,
                differing=", ".join(differing),
            ),
            "source_id",
        )


class VisitorNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no touchpoint of this visitor"), "visitor_id")


class VisitorIdentified(Conflict):
    """The visitor is known to be somebody else: his past was attached, and that is done once."""

    def __init__(self) -> None:
        super().__init__(
            say("this visitor was identified as another customer before; a past is attached once"),
            "visitor_id",
        )
