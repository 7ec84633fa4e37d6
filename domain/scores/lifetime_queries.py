"""What may be asked of what customers will bring. It belongs to a customer: who sees him sees it."""

from sqlalchemy import ColumnElement, FromClause, func, select

from domain.access import Actor
from domain.company.amounts import amount
from domain.company.model import Company
from domain.customers.queries import visible_customer
from domain.scores.lifetime_model import CHANCE, LifetimeScore
from domain.selection.entities import DESC, Entity, Row, computed, one


def visible_to(actor: Actor, score: FromClause = LifetimeScore.__table__) -> ColumnElement[bool]:
    """The scores of customers that the actor may see."""
    return visible_customer(actor, score.c.customer_id)


class Lifetimes(Entity):
    churn_risk = computed(lambda score: 1 - score.c.p_alive, CHANCE, nullable=False)
    mean_amount = amount(lambda score: score.c.mean_amount, lambda score: score.c.currency)
    value = amount(lambda score: score.c.value, lambda score: score.c.currency)


lifetime_scores: Lifetimes = Lifetimes(
    "LifetimeScore", LifetimeScore.__table__, visible_to=visible_to, order=(("scored_on", DESC),)
)


_others = LifetimeScore.__table__.alias()


def _last(customer: Row, score: Row) -> ColumnElement[bool]:
    """The last one in the company's currency, of which there is one a day."""
    currency = select(Company.__table__.c.currency).scalar_subquery()
    last = (
        select(func.max(_others.c.scored_on))
        .where(_others.c.customer_id == customer.c.id, _others.c.currency == currency)
        .correlate(customer)
        .scalar_subquery()
    )
    return (
        (score.c.customer_id == customer.c.id) & (score.c.currency == currency) & (score.c.scored_on == last)
    )


lifetime_of_customer = one(lambda: lifetime_scores, on=_last)
