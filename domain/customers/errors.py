"""What is refused about customers."""

from domain.errors import Conflict, Invalid, NotFound


class CustomerNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__("there is no such customer, or you may not see it", *path)


class ExternalIdTaken(Conflict):
    """Another customer has this external id: perhaps the two are one."""

    def __init__(self, system: str, external_id: str, *path: str | int) -> None:
        super().__init__(f"another customer has the id {external_id!r} in the system {system!r}", *path)


class OutOfSight(Invalid):
    """The write would hide the customer from whoever writes it."""
