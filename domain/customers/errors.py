"""What is refused about customers."""

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class CustomerNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such customer, or you may not see it"), *path)


class ExternalIdTaken(Conflict):
    """Another customer has this external id: perhaps the two are one."""

    def __init__(self, system: str, external_id: str, *path: str | int) -> None:
        super().__init__(
            say("another customer has the id {id!r} in the system {system!r}", id=external_id, system=system),
            *path,
        )


class ExternalIdNotFound(NotFound):
    """The customer has no such external id."""

    def __init__(self, system: str, external_id: str, *path: str | int) -> None:
        super().__init__(
            say("the customer has no id {id!r} in the system {system!r}", id=external_id, system=system),
            *path,
        )


class ContactPointNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("the customer has no such contact point"), *path)


class OutOfSight(Invalid):
    """The write would hide the customer from whoever writes it."""


class MergedWithItself(Invalid):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("a customer cannot be merged with itself: give two ids"), *path)


class AlreadyMerged(Conflict):
    """The customer was merged into another before. `current` is the key of the one that was kept."""

    def __init__(self, kept: int, *path: str | int) -> None:
        super().__init__(
            say("this customer was merged already; its id leads to the one that was kept"), *path
        )
        self.current = kept


class DifferentKinds(Invalid):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("a person and an organisation are not one customer"), *path)


class AttributeNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such attribute"), *path)


class AttributeNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("the attribute {name!r} is declared already", name=name), "name")


class AttributeRetired(Conflict):
    def __init__(self, name: str, *path: str | int) -> None:
        super().__init__(say("the attribute {name!r} is retired: it takes no new values", name=name), *path)


class ChoiceInUse(Conflict):
    def __init__(self, choice: str, customers: int) -> None:
        super().__init__(
            say(
                "{count:,} customers have the value {choice!r}: change theirs before you take it away",
                count=customers,
                choice=choice,
            ),
            "choices",
        )
