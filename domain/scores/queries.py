"""What may be asked of scores and their schemes. Scores belong to a customer: who sees him sees them."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Text,
    case,
    exists,
    func,
    literal,
    select,
)

from domain.access import Actor
from domain.company.amounts import amount
from domain.company.model import Company
from domain.customers.queries import visible_customer
from domain.scores.model import RfmAnchor, RfmMethod, RfmScheme, RfmScore
from domain.selection.entities import ASC, DESC, Entity, Row, Term, computed, many, one

_NO_CELLS = literal([], ARRAY(Text()))


def _until(scheme: Row) -> ColumnElement[object]:
    later = RfmScheme.__table__.alias()
    found = select(func.min(later.c.valid_from)).where(
        later.c.name == scheme.c.name, later.c.valid_from > scheme.c.valid_from
    )
    return found.correlate(scheme).scalar_subquery()


def _shown(scheme: Row) -> ColumnElement[bool]:
    """Of the company's one row. The scheme's name is looked up rather than joined: nobody asks for many schemes."""
    return exists().where(Company.rfm_scheme == scheme.c.name).correlate(scheme)


def _empty_cells(scheme: Row) -> ColumnElement[list[str]]:
    """Who did not order within the months that are counted back from the day cannot have ordered often in them."""
    stay_empty = (
        (scheme.c.method == RfmMethod.THRESHOLDS)
        & (scheme.c.anchor == RfmAnchor.TAU)
        & (scheme.c.frequency_months <= scheme.c.recency_2_months)
    )
    return case((stay_empty, literal(["12*", "13*"], ARRAY(Text()))), else_=_NO_CELLS)


class Schemes(Entity):
    valid_to = computed(_until, Date())
    shown = computed(_shown, Boolean(), nullable=False)
    empty_cells = computed(_empty_cells, ARRAY(Text()), nullable=False)
    monetary_2_above = amount(
        lambda scheme: scheme.c.monetary_2_above, lambda scheme: scheme.c.currency, exact=True
    )
    monetary_3_from = amount(
        lambda scheme: scheme.c.monetary_3_from, lambda scheme: scheme.c.currency, exact=True
    )


rfm_schemes: Schemes = Schemes("RfmScheme", RfmScheme.__table__, order=(("name", ASC), ("valid_from", DESC)))


def visible_to(actor: Actor, score: FromClause = RfmScore.__table__) -> ColumnElement[bool]:
    """The scores of customers that the actor may see."""
    return visible_customer(actor, score.c.customer_id)


def _cell(score: Row) -> ColumnElement[str]:
    return func.concat(score.c.recency, score.c.frequency, score.c.monetary)


_score, _scheme = RfmScore.__table__, RfmScheme.__table__
_valued = (
    select(_score, _scheme.c.currency)
    .select_from(_score)
    .outerjoin(_scheme, _scheme.c.id == _score.c.scheme_id)
    .subquery("score")
)
"""Scores with the currency of their scheme. Postgres leaves an outer join out where nobody asks for it."""


class Scores(Entity):
    cell = computed(_cell, Text(), nullable=False)
    mean_order_value = amount(
        lambda score: score.c.mean_order_value, lambda score: score.c.currency, exact=True
    )
    scheme_used = one(lambda: rfm_schemes, on=lambda score, scheme: scheme.c.id == score.c.scheme_id)


rfm_scores: Scores = Scores(
    "RfmScore", _valued, visible_to=visible_to, order=(("scheme", ASC), ("valid_from", DESC))
)

rfm_of_customer = many(
    lambda: rfm_scores,
    on=lambda customer, score: (score.c.customer_id == customer.c.id) & score.c.valid_to.is_(None),
    order=(Term(rfm_scores.scheme),),
)
"""What holds now, by scheme."""

rfm_history_of_customer = many(
    lambda: rfm_scores, on=lambda customer, score: score.c.customer_id == customer.c.id
)
