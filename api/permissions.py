"""Who may do what: one table, (type, action, field group) -> roles. What is not in it, nobody may.

Read at start-up too: a schema with a field whose entry is missing does not start (api/graphql/schema.py).
"""

from enum import StrEnum

from api.errors import Forbidden
from domain.access import Actor
from domain.messages import say
from domain.roles import ApiScope, Role


class Action(StrEnum):
    READ = "READ"
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ERASE = "ERASE"


class Group(StrEnum):
    """Fields that are granted together. CONTACT: how to reach a person. SENSITIVE: what was said in confidence."""

    BASE = "BASE"
    CONTACT = "CONTACT"
    SENSITIVE = "SENSITIVE"


ALL = frozenset(Role)
BOOK = frozenset({Role.ADMIN, Role.INTEGRATION})
"""Those who keep what the ERP and SCM book: products, stock, payments, shipments."""

KNOW_PEOPLE = frozenset({Role.ADMIN, Role.MARKETER, Role.AGENT, Role.INTEGRATION})
"""Analysts count people and viewers look at results: neither reaches a person."""

SELL = frozenset({Role.ADMIN, Role.MARKETER})
SERVE = frozenset({Role.ADMIN, Role.AGENT})
"""Those who work on cases, opportunities and tasks; marketers read them."""

ANALYSE = frozenset(Role) - {Role.INTEGRATION}
"""Whoever asks the cube: a machine that pushes rows in has no business there."""

Key = tuple[str, Action, Group]

ADMINS = frozenset({Role.ADMIN})

READABLE = (
    "Branch",
    "Case",
    "CaseMove",
    "Category",
    "CategoryVersion",
    "Customer",
    "CustomerAttribute",
    "CustomerAttributeValue",
    "CustomerMerge",
    "CustomerStage",
    "ExternalId",
    "Household",
    "HouseholdMember",
    "LifecycleRules",
    "LifetimeScore",
    "Money",
    "Offer",
    "OfferGrant",
    "OfferGrantStateReached",
    "Opportunity",
    "OpportunityMove",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentStateReached",
    "PointsEntry",
    "PointsScheme",
    "Consent",
    "Content",
    "ExchangeRate",
    "Objective",
    "OfferRule",
    "Product",
    "RfmScheme",
    "RfmScore",
    "Segment",
    "SegmentMember",
    "SegmentPreview",
    "ProductAttribute",
    "ProductCategoryPeriod",
    "ProductChange",
    "ProductPricePeriod",
    "Shipment",
    "ShipmentLine",
    "ShipmentStateReached",
    "StockLevel",
    "Target",
    "Task",
    "Touchpoint",
    "User",
    "Viewer",
    "Warehouse",
)

TABLE: dict[Key, frozenset[Role]] = {
    **{(name, Action.READ, Group.BASE): ALL for name in READABLE},
    **{
        (name, Action.READ, Group.BASE): ANALYSE
        for name in (
            "Cube",
            "CubeAggregate",
            "CubeAggregation",
            "CubeExplanation",
            "CubeRefusal",
            "CubeColumn",
            "CubeDimension",
            "CubeHierarchy",
            "CubeLevel",
            "CubeSummary",
            "CubeTable",
            "CustomersOfCell",
        )
    },
    ("AccessLogEntry", Action.READ, Group.BASE): ADMINS,
    **{("MachineKey", action, Group.BASE): ADMINS for action in (Action.READ, Action.CREATE, Action.UPDATE)},
    ("Customer", Action.ERASE, Group.BASE): ADMINS,
    **{
        (name, Action.READ, Group.BASE): ADMINS
        for name in ("Job", "Metrics", "RetentionRule", "RetentionRun", "RetentionRunItem", "SubjectExport")
    },
    ("Job", Action.UPDATE, Group.BASE): ADMINS,
    ("RetentionRule", Action.UPDATE, Group.BASE): ADMINS,
    ("SubjectExport", Action.CREATE, Group.BASE): ADMINS,
    ("ContactPoint", Action.READ, Group.BASE): KNOW_PEOPLE,
    ("Customer", Action.READ, Group.CONTACT): KNOW_PEOPLE,
    ("Customer", Action.READ, Group.SENSITIVE): KNOW_PEOPLE,
    ("CustomerHistoryEntry", Action.READ, Group.BASE): KNOW_PEOPLE,
    ("CustomerMergePreview", Action.READ, Group.BASE): KNOW_PEOPLE,
    ("CustomerAttribute", Action.CREATE, Group.BASE): SELL,
    ("CustomerAttribute", Action.UPDATE, Group.BASE): SELL,
    ("LifecycleRules", Action.CREATE, Group.BASE): SELL,
    ("Segment", Action.CREATE, Group.BASE): SELL | {Role.ANALYST},
    ("Segment", Action.UPDATE, Group.BASE): SELL | {Role.ANALYST},
    ("RfmScheme", Action.CREATE, Group.BASE): SELL | {Role.ANALYST},
    ("RfmScheme", Action.UPDATE, Group.BASE): SELL,
    ("Household", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    ("Household", Action.UPDATE, Group.BASE): KNOW_PEOPLE,
    ("Branch", Action.CREATE, Group.BASE): ADMINS,
    ("Branch", Action.UPDATE, Group.BASE): ADMINS,
    ("User", Action.CREATE, Group.BASE): ADMINS,
    ("Touchpoint", Action.READ, Group.SENSITIVE): KNOW_PEOPLE,
    ("User", Action.READ, Group.CONTACT): KNOW_PEOPLE,
    ("User", Action.UPDATE, Group.BASE): ADMINS,
    ("Customer", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    ("Customer", Action.UPDATE, Group.BASE): KNOW_PEOPLE,
    ("Touchpoint", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    **{
        (name, Action.READ, Group.SENSITIVE): KNOW_PEOPLE
        for name in ("Case", "CaseMove", "Opportunity", "OpportunityMove", "Task")
    },
    ("Case", Action.CREATE, Group.BASE): SERVE | {Role.INTEGRATION},
    ("Case", Action.UPDATE, Group.BASE): SERVE | {Role.INTEGRATION},
    ("Opportunity", Action.CREATE, Group.BASE): SERVE,
    ("Opportunity", Action.UPDATE, Group.BASE): SERVE,
    ("Consent", Action.READ, Group.SENSITIVE): KNOW_PEOPLE,
    ("Consent", Action.CREATE, Group.BASE): KNOW_PEOPLE,
    ("PointsEntry", Action.READ, Group.SENSITIVE): KNOW_PEOPLE,
    ("PointsEntry", Action.CREATE, Group.BASE): BOOK | {Role.AGENT},
    ("PointsScheme", Action.UPDATE, Group.BASE): ADMINS,
    ("Task", Action.CREATE, Group.BASE): SERVE,
    ("Task", Action.UPDATE, Group.BASE): SERVE,
    **{
        (name, action, Group.BASE): BOOK
        for name in ("Category", "ExchangeRate", "Payment", "Product", "Shipment", "StockLevel", "Warehouse")
        for action in (Action.CREATE, Action.UPDATE)
    },
    ("Payment", Action.CREATE, Group.BASE): BOOK | {Role.AGENT},
    ("Order", Action.CREATE, Group.BASE): BOOK | {Role.AGENT},
    ("Order", Action.UPDATE, Group.BASE): BOOK | {Role.AGENT},
    ("Shipment", Action.READ, Group.CONTACT): KNOW_PEOPLE,
    **{
        (name, action, Group.BASE): SELL
        for name in ("Content", "Objective", "Target")
        for action in (Action.CREATE, Action.UPDATE)
    },
    ("Touchpoint", Action.UPDATE, Group.BASE): KNOW_PEOPLE,
    ("Offer", Action.CREATE, Group.BASE): SELL,
    ("Offer", Action.UPDATE, Group.BASE): SELL,
    ("OfferEligibility", Action.READ, Group.BASE): SELL | {Role.AGENT},
    ("OfferGrant", Action.CREATE, Group.BASE): SELL | {Role.AGENT},
    ("OfferGrant", Action.UPDATE, Group.BASE): SELL | {Role.AGENT, Role.INTEGRATION},
}


def may(role: Role, type_name: str, action: Action, group: Group = Group.BASE) -> bool:
    """Whether the role may do this."""
    return role in allowed((type_name, action, group))


def allowed(key: Key) -> frozenset[Role]:
    """The roles that may do this; what the table does not name, nobody may."""
    return TABLE.get(key, frozenset())


def require(actor: Actor, scope: ApiScope) -> None:
    """Raises Forbidden where the credential is not for this, whatever its role."""
    if scope not in actor.scopes:
        raise Forbidden(say("this key is not good for {scope}", scope=scope.lower()))


def known(type_name: str, action: Action, group: Group = Group.BASE) -> bool:
    """Whether the table has an entry for it."""
    return (type_name, action, group) in TABLE
