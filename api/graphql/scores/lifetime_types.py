"""What customers will bring, as the API shows it."""

from datetime import date

import strawberry

from api.graphql.fields import column, reads
from api.graphql.money import Money
from api.graphql.scalars import PreciseDecimal
from domain.scores.lifetime_queries import lifetime_scores


@reads(lifetime_scores)
@strawberry.type
class LifetimeScore:
    """What a customer will bring, as a model of his orders told it at the end of a day."""

    id: strawberry.ID
    scored_on: date
    currency: str = column(lifetime_scores.currency, description="Orders in it count.")
    model: str = column(lifetime_scores.model, description="BG/NBD or Pareto/NBD.")
    version: int = column(lifetime_scores.version, description="The version of the computation.")
    weeks: int = column(lifetime_scores.weeks, description="So many weeks to come are told.")
    margin: PreciseDecimal = column(lifetime_scores.margin, description="What part of the revenue counts.")
    discount: PreciseDecimal = column(lifetime_scores.discount, description="Of a year.")
    repeat_days: int = column(
        lifetime_scores.repeat_days, description="Days with an order after the first one."
    )
    p_alive: PreciseDecimal = column(
        lifetime_scores.p_alive, description="The chance that the customer has not stopped."
    )
    churn_risk: PreciseDecimal = column(lifetime_scores.churn_risk, description="1 less pAlive.")
    expected_orders: PreciseDecimal = column(
        lifetime_scores.expected_orders, description="Days with an order in the weeks to come."
    )
    mean_amount: Money | None = column(
        lifetime_scores.mean_amount,
        lifetime_scores.currency,
        description="What he pays on such a day in the long run; null if the orders tell no mean.",
    )
    value: Money | None = column(
        lifetime_scores.value,
        lifetime_scores.currency,
        description="The margin's part of what is expected to come, discounted.",
    )
