"""What is refused about exports, erasures and retention."""

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class ExportNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such export"), *path)


class ExportNotReady(Conflict):
    """The export is not there yet, was fetched already, or is past its time."""


class NoRetentionRule(NotFound):
    """No column of this tag is held for this purpose."""


class AlreadyErased(Conflict):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("this customer was erased: there is nothing left of the person"), *path)


class ReasonMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(say("a reason is needed: it is kept with the record of who did this"), "reason")


class NotReplayed(Conflict):
    """The store is older than its journal of erasures: persons who were erased stand in it again."""
