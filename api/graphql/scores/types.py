"""Scores and schemes of RFM as the API shows them."""

from datetime import date

import strawberry

from api.graphql.enums import RfmAnchor, RfmAnchorFilter, RfmMethod, RfmMethodFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateFilter, DecimalFilter, IdFilter, IntFilter, TextFilter
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from domain.scores.queries import rfm_schemes, rfm_scores


@filters
class RfmSchemeFilter:
    id: IdFilter | None = where(rfm_schemes.id)
    name: TextFilter | None = where(rfm_schemes.name)
    method: RfmMethodFilter | None = where(rfm_schemes.method)
    anchor: RfmAnchorFilter | None = where(rfm_schemes.anchor)
    valid_from: DateFilter | None = where(rfm_schemes.valid_from)
    valid_to: DateFilter | None = where(rfm_schemes.valid_to)
    shown: BooleanFilter | None = where(rfm_schemes.shown)


@filters
class RfmScoreFilter:
    scheme: TextFilter | None = where(rfm_scores.scheme, description='The name of a scheme, e.g. "default".')
    cell: TextFilter | None = where(
        rfm_scores.cell, description='Recency, frequency and monetary together, e.g. "133".'
    )
    recency: IntFilter | None = where(rfm_scores.recency)
    frequency: IntFilter | None = where(rfm_scores.frequency)
    monetary: IntFilter | None = where(rfm_scores.monetary)
    last_ordered_on: DateFilter | None = where(rfm_scores.last_ordered_on)
    orders: IntFilter | None = where(rfm_scores.orders)
    mean_order_value: DecimalFilter | None = where(rfm_scores.mean_order_value)
    valid_from: DateFilter | None = where(rfm_scores.valid_from)
    valid_to: DateFilter | None = where(rfm_scores.valid_to)


@reads(
    rfm_schemes,
    filter=RfmSchemeFilter,
    order=ordering("RfmScheme", NAME=rfm_schemes.name, VALID_FROM=rfm_schemes.valid_from, ID=rfm_schemes.id),
)
@strawberry.type
class RfmScheme(Node):
    """How recency, frequency and monetary value are scored, from `validFrom` until the next row of the same name."""

    name: str
    valid_from: date
    valid_to: date | None = column(rfm_schemes.valid_to, description="The first day on which it is another.")
    currency: str
    method: RfmMethod
    anchor: RfmAnchor
    levels: int = column(rfm_schemes.levels, description="Scores are 1 to this; the highest is the best.")
    frequency_months: int = column(
        rfm_schemes.frequency_months, description="So many months of orders count, which end at the anchor."
    )
    recency_2_months: int | None
    recency_3_months: int | None
    frequency_2_orders: int | None
    frequency_3_orders: int | None
    monetary_2_above: Money | None = column(
        rfm_schemes.monetary_2_above,
        rfm_schemes.currency,
        description="A mean order value above this is 2, up to it 1.",
    )
    monetary_3_from: Money | None = column(rfm_schemes.monetary_3_from, rfm_schemes.currency)
    shown: bool = column(
        rfm_schemes.shown,
        description="Whether the cube tells customers by the scheme of this name: it is the company's.",
    )
    empty_cells: list[str] = column(
        rfm_schemes.empty_cells,
        description="Cells in which nobody can be: anchored at the day that is scored, who has not ordered lately has "
        "not ordered often.",
    )


@reads(
    rfm_scores,
    filter=RfmScoreFilter,
    order=ordering(
        "RfmScore",
        SCHEME=rfm_scores.scheme,
        VALID_FROM=rfm_scores.valid_from,
        RECENCY=rfm_scores.recency,
        FREQUENCY=rfm_scores.frequency,
        MONETARY=rfm_scores.monetary,
        ID=rfm_scores.id,
    ),
)
@strawberry.type
class RfmScore:
    """What a customer was found to be, on the days from `validFrom` on, before `validTo`."""

    id: strawberry.ID
    scheme: str
    cell: str
    recency: int
    frequency: int
    monetary: int
    last_ordered_on: date | None
    orders: int = column(rfm_scores.orders, description="The orders that frequency counts.")
    mean_order_value: Money | None = column(rfm_scores.mean_order_value, rfm_scores.currency)
    valid_from: date
    valid_to: date | None = column(rfm_scores.valid_to, description="Null while it holds.")
    model: int = column(rfm_scores.model, description="The version of the computation.")
    scheme_used: RfmScheme | None = relation(rfm_scores.scheme_used, description="The scheme as it stood.")
