"""The past of a customer as the API shows it: changes, merges and the stages of its lifecycle."""

from datetime import datetime

import strawberry

from api.graphql.enums import LifecycleStage
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.users.types import User
from domain.customers.history_queries import changes, lifecycle_rules, merges, stages


@filters
class CustomerHistoryFilter:
    field: TextFilter | None = where(changes.field)
    changed_at: DateTimeFilter | None = where(changes.changed_at)
    origin: TextFilter | None = where(changes.origin)


@reads(
    changes,
    filter=CustomerHistoryFilter,
    order=ordering("CustomerHistoryEntry", CHANGED_AT=changes.changed_at, ID=changes.id),
)
@strawberry.type
class CustomerHistoryEntry:
    """One change of one field of a customer, whoever made it."""

    id: strawberry.ID
    field: str = column(
        changes.field,
        description="The field's name; of a part with what tells it apart: contactPoints.EMAIL, attributes.pets.",
    )
    old_value: str | None
    new_value: str | None
    changed_at: datetime
    origin: str = column(changes.origin, description='Who, as the feed says it: "user:kim", "import:erp".')
    by: User | None = relation(changes.by, description="The user, where it was one.")
    merged_id: strawberry.ID | None = column(
        changes.merged, description="The id it was made under, where that customer was merged into this one."
    )


@reads(merges)
@strawberry.type
class CustomerMerge:
    """Another customer that was merged into this one; its id leads here."""

    merged_id: strawberry.ID = column(merges.merged)
    merged_at: datetime
    origin: str
    by: User | None = relation(merges.by, description="The user, where it was one.")


@reads(stages)
@strawberry.type
class CustomerStage:
    """A stage of the lifecycle that the customer was found in."""

    stage: LifecycleStage
    since: datetime
    until: datetime | None = column(stages.until, description="Null while it lasts.")


@reads(
    lifecycle_rules,
    order=ordering("LifecycleRules", VALID_FROM=lifecycle_rules.valid_from, ID=lifecycle_rules.id),
)
@strawberry.type
class LifecycleRules:
    """By which numbers of orders and days the stages are told, from `validFrom` until the next rules."""

    id: strawberry.ID
    valid_from: datetime
    growing_orders: int = column(
        lifecycle_rules.growing_orders, description="So many orders in all make a customer GROWING."
    )
    loyal_orders: int = column(
        lifecycle_rules.loyal_orders, description="So many orders within loyalWithinDays make it LOYAL."
    )
    loyal_within_days: int
    at_risk_days: int = column(
        lifecycle_rules.at_risk_days, description="After so many days without an order it is AT_RISK."
    )
    lapsed_days: int = column(
        lifecycle_rules.lapsed_days, description="After so many days without an order it is LAPSED."
    )
    won_back_days: int = column(
        lifecycle_rules.won_back_days,
        description="For so many days after the order that ended such a silence it is WON_BACK.",
    )
