"""Every field that a mapping may fill: its table and key in the mapping, its type, and the staged column it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from api.importing.values import Choice, Currency, Date, Id, Number, Prose, Text, Time, Type, Whole
from domain.channels import Channel
from domain.customers.model import CustomerKind, Gender
from domain.touchpoints.model import Direction, TouchpointKind


class Entity(StrEnum):
    """What one row of the files is."""

    ORDERS = "orders"
    CUSTOMERS = "customers"
    PRODUCTS = "products"
    TOUCHPOINTS = "touchpoints"


ATTRIBUTES = "attributes"
"""The table of a mapping whose keys are the names of custom attributes."""

QUANTITY = Number(15, 3)
FINE = Number(19, 4)
CURRENCY = Currency()

CHANNEL = Choice([channel.value for channel in Channel])


@dataclass(frozen=True)
class Slot:
    """A field: `[table] key` in a mapping. `many` may be given several columns that form a path."""

    type: Type
    required: bool = False
    many: bool = False


CUSTOMER = {
    "name": Slot(Text()),
    "latin_name": Slot(Text()),
    "kind": Slot(Choice([kind.value for kind in CustomerKind])),
    "birth_on": Slot(Date()),
    "gender": Slot(Choice([gender.value for gender in Gender])),
    "occupation": Slot(Text()),
    "wealth_band": Slot(Text()),
    "country": Slot(Text()),
    "region": Slot(Text()),
    "district": Slot(Text()),
    "joined_on": Slot(Date()),
    "acquired_channel": Slot(CHANNEL),
    "home_branch": Slot(Id()),
    "email": Slot(Text()),
    "phone": Slot(Text()),
    "address": Slot(Text()),
}

PRODUCT = {
    "name": Slot(Text()),
    "category": Slot(Text(limit=200), many=True),
    "list_price": Slot(FINE),
    "unit_cost": Slot(FINE),
    "currency": Slot(CURRENCY),
}

ORDER = {
    "id": Slot(Id(), required=True),
    "number": Slot(Id()),
    "ordered_at": Slot(Time(), required=True),
    "currency": Slot(CURRENCY),
    "channel": Slot(CHANNEL),
    "branch": Slot(Id()),
}

LINE = {
    "quantity": Slot(QUANTITY, required=True),
    "unit_price": Slot(FINE),
    "amount": Slot(FINE),
    "discount": Slot(FINE),
    "unit_cost": Slot(FINE),
}

TOUCHPOINT = {
    "id": Slot(Id(), required=True),
    "occurred_at": Slot(Time(), required=True),
    "channel": Slot(CHANNEL, required=True),
    "direction": Slot(Choice([direction.value for direction in Direction]), required=True),
    "kind": Slot(Choice([kind.value for kind in TouchpointKind])),
    "visitor": Slot(Id()),
    "branch": Slot(Id()),
    "subject": Slot(Text()),
    "note": Slot(Prose()),
    "outcome": Slot(Text()),
    "duration_seconds": Slot(Whole(0, 2**31 - 1)),
    "rating": Slot(Whole(1, 5)),
}

ATTRIBUTE = Slot(Prose())
"""Any custom attribute: its type is known once the store is asked."""

_MAY_HAVE_ID = {"id": Slot(Id())}
_MUST_HAVE_ID = {"id": Slot(Id(), required=True)}

TABLES: Mapping[Entity, Mapping[str, Mapping[str, Slot]]] = {
    Entity.ORDERS: {
        "order": ORDER,
        "line": LINE,
        "customer": _MAY_HAVE_ID | CUSTOMER,
        "product": _MAY_HAVE_ID | PRODUCT,
    },
    Entity.CUSTOMERS: {"customer": _MUST_HAVE_ID | CUSTOMER},
    Entity.PRODUCTS: {"product": _MUST_HAVE_ID | PRODUCT},
    Entity.TOUCHPOINTS: {"touchpoint": TOUCHPOINT, "customer": _MAY_HAVE_ID | CUSTOMER},
}
"""The tables of each entity's mapping, and their keys."""
