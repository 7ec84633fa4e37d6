"""The name a payment or shipment has: given by the system it comes from, or made here."""

from dataclasses import dataclass
from uuid import uuid4

from domain import text


@dataclass(frozen=True)
class SourceId:
    """The id that a system has for it."""

    system: str
    id: str


def checked_name(given: SourceId | None, made_in: str) -> SourceId:
    """The name as the store keeps it; one that nobody else has where none is given. Raises Invalid."""
    if given is None:
        return SourceId(made_in, str(uuid4()))
    return SourceId(
        system=text.name(given.system, "external_id", "system", limit=60),
        id=text.key(given.id, "external_id", "id"),
    )
