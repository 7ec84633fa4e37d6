"""What is refused about segments."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class SegmentNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such segment"), *path)


class SegmentNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("there is a segment {name!r} already", name=name), "name")


class SegmentRetired(Conflict):
    """A retired segment is not changed any more. `current` is its key."""

    def __init__(self, key: int) -> None:
        super().__init__(say("the segment is retired"), "id")
        self.current = key


class WrongKind(Conflict):
    """A list is not refreshed, a rule's members are not put in by hand."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            say("this segment is of the kind {kind}: RULE is refreshed, FIXED is filled by hand", kind=kind),
            "id",
        )
