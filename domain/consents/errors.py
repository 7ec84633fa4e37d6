"""What is refused about consents."""

from domain.errors import Conflict
from domain.messages import say


class ConsentDiffers(Conflict):
    """The source has told something else under the same id."""

    def __init__(self, source: str, key: str) -> None:
        super().__init__(
            say("the consent {id!r} of {source!r} is here already, and differs", id=key, source=source),
            "source_id",
        )
