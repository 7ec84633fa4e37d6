"""Who may do what: one table, (type, action, field group) -> roles. What is not in it, nobody may.

Read at start-up too: a schema with a field whose entry is missing does not start (api/graphql/schema.py).
"""

from enum import StrEnum

from domain.roles import Role


class Action(StrEnum):
    READ = "READ"
    CREATE = "CREATE"
    UPDATE = "UPDATE"


class Group(StrEnum):
    """Fields that are granted together. CONTACT: how to reach a person. SENSITIVE: what was said in confidence."""

    BASE = "BASE"
    CONTACT = "CONTACT"
    SENSITIVE = "SENSITIVE"


ALL = frozenset(Role)
KNOW_PEOPLE = frozenset({Role.ADMIN, Role.MARKETER, Role.AGENT, Role.INTEGRATION})
"""Analysts count people and viewers look at results: neither reaches a person."""

SELL = frozenset({Role.ADMIN, Role.MARKETER})

Key = tuple[str, Action, Group]

ADMINS = frozenset({Role.ADMIN})

READABLE = (
    "Branch",
    "Category",
    "Customer",
    "ExternalId",
    "Money",
    "Offer",
    "OfferGrant",
    "OfferGrantStateReached",
    "Order",
    "OrderLine",
    "Product",
    "Touchpoint",
    "User",
    "Viewer",
)

TABLE: dict[Key, frozenset[Role]] = {
    **{(name, Action.READ, Group.BASE): ALL for name in READABLE},
    ("AccessLogEntry", Action.READ, Group.BASE): ADMINS,
    **{("MachineKey", action, Group.BASE): ADMINS for action in Action},
    ("ContactPoint", Action.READ, Group.BASE): KNOW_PEOPLE,
    ("Customer", Action.READ, Group.CONTACT): KNOW_PEOPLE,
    ("Touchpoint", Action.READ, Group.SENSITIVE): KNOW_PEOPLE,
    ("User", Action.READ, Group.CONTACT): KNOW_PEOPLE,
    ("Customer", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    ("Customer", Action.UPDATE, Group.BASE): KNOW_PEOPLE,
    ("Touchpoint", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    ("Offer", Action.CREATE, Group.BASE): SELL,
    ("Offer", Action.UPDATE, Group.BASE): SELL,
    ("OfferGrant", Action.CREATE, Group.BASE): SELL | {Role.AGENT},
    ("OfferGrant", Action.UPDATE, Group.BASE): SELL | {Role.AGENT, Role.INTEGRATION},
}


def may(role: Role, type_name: str, action: Action, group: Group = Group.BASE) -> bool:
    """Whether the role may do this; what the table does not name, nobody may."""
    return role in TABLE.get((type_name, action, group), frozenset())


def known(type_name: str, action: Action, group: Group = Group.BASE) -> bool:
    """Whether the table has an entry for it."""
    return (type_name, action, group) in TABLE
