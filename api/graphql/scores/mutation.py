"""Mutations of the schemes by which customers are scored."""

from datetime import date
from decimal import Decimal

import strawberry

from api.graphql.enums import RfmAnchor
from api.graphql.scores.types import RfmScheme
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.scores.errors import SchemeNotFound, SchemeTaken, UnknownCurrency
from domain.scores.queries import rfm_schemes
from domain.scores.schemes import Bounds, NewScheme, add_scheme
from domain.scores.shown import choose_scheme


@strawberry.input(description="Thresholds for scores of 1 to 3; amounts are in the scheme's currency.")
class RfmBoundsInput:
    recency_2_months: int = strawberry.field(
        default=3, description="Recency is 2 or more from so many months before the day on, 1 before that."
    )
    recency_3_months: int = 2
    frequency_2_orders: int = 2
    frequency_3_orders: int = 3
    monetary_2_above: Decimal = strawberry.field(
        description="A mean order value above this is 2, up to it 1."
    )
    monetary_3_from: Decimal = strawberry.field(description="A mean order value from this on is 3.")


@strawberry.input(description="A scheme of RFM: give `bounds`, or `quantiles`.")
class AddRfmSchemeInput:
    name: str = strawberry.field(description="A name that stands is changed from the day on; another is new.")
    valid_from: date = strawberry.field(description="Of a scheme that stands: today or later.")
    currency: str = strawberry.field(description="What is ordered in others has no monetary value.")
    frequency_months: int = 3
    anchor: RfmAnchor = RfmAnchor.LAST_ORDER
    bounds: RfmBoundsInput | None = None
    quantiles: int | None = strawberry.field(
        default=None, description="2 to 5: scores by the share of the customers with orders that are below."
    )


@strawberry.input(description="The company's scheme of RFM.")
class ChooseRfmSchemeInput:
    name: str = strawberry.field(description="Of a scheme that stands today.")


@strawberry.type
class ScoreMutation:
    @writes(
        RfmScheme,
        rfm_schemes,
        Action.CREATE,
        errors={"SCHEME_TAKEN": SchemeTaken, "UNKNOWN_CURRENCY": UnknownCurrency},
    )
    async def add_rfm_scheme(write: Write, input: AddRfmSchemeInput) -> int:
        """Score customers by another scheme besides, or by other numbers from some day on."""
        scheme = NewScheme(
            name=input.name,
            valid_from=input.valid_from,
            currency=input.currency,
            frequency_months=input.frequency_months,
            anchor=input.anchor,
            bounds=None if input.bounds is None else _bounds(input.bounds),
            quantiles=input.quantiles,
        )
        return await add_scheme(write.session, scheme, now=write.now)

    @writes(RfmScheme, rfm_schemes, Action.UPDATE, errors={"SCHEME_NOT_FOUND": SchemeNotFound})
    async def choose_rfm_scheme(write: Write, input: ChooseRfmSchemeInput) -> int:
        """Have the cube tell customers by another scheme: their cells of all months, and today's. If nobody was scored
        by it yet, a job does that now."""
        return await choose_scheme(write.session, input.name, now=write.now)


def _bounds(given: RfmBoundsInput) -> Bounds:
    return Bounds(
        recency_2_months=given.recency_2_months,
        recency_3_months=given.recency_3_months,
        frequency_2_orders=given.frequency_2_orders,
        frequency_3_orders=given.frequency_3_orders,
        monetary_2_above=given.monetary_2_above,
        monetary_3_from=given.monetary_3_from,
    )
