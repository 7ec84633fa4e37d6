"""What may be asked of consents, and who sees which: whoever sees the customer."""

from sqlalchemy import ColumnElement, DateTime, FromClause, func, literal_column, or_, select, true

from domain.access import Actor
from domain.consents.model import Consent
from domain.customers.queries import customers, visible_customer
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, Row, Term, computed, many, one
from domain.users.queries import users


def visible_to(actor: Actor, consent: FromClause = Consent.__table__) -> ColumnElement[bool]:
    """The consents that the actor may see, as a condition on the table or on an alias of it."""
    return true() if actor.scope is Scope.ALL else visible_customer(actor, consent.c.customer_id)


def _confirm_by(consent: Row) -> ColumnElement[object]:
    return consent.c.at + literal_column("interval '2 years'")


def holds(consent: FromClause) -> ColumnElement[bool]:
    """The line holds: no later one of its customer and purpose is for its channel or for all channels.

    `consent` is an alias of the table. What was agreed to for a channel ends when the purpose is taken back for all.
    """
    later = Consent.__table__.alias()
    return ~(
        select(1)
        .select_from(later)
        .where(
            later.c.customer_id == consent.c.customer_id,
            later.c.purpose == consent.c.purpose,
            or_(later.c.channel.is_(None), later.c.channel == consent.c.channel),
            func.row(later.c.at, later.c.id) > func.row(consent.c.at, consent.c.id),
        )
        .correlate(consent)
        .exists()
    )


class Consents(Entity):
    customer = one(lambda: customers, on=lambda consent, customer: customer.c.id == consent.c.customer_id)
    recorded_by = one(lambda: users, on=lambda consent, user: user.c.id == consent.c.recorded_by_id)
    confirm_by = computed(_confirm_by, DateTime(timezone=True), nullable=False, name="confirm_by")


consents: Consents = Consents("Consent", Consent.__table__, visible_to=visible_to, order=(("at", DESC),))

consents_of_customer = many(
    lambda: consents, on=lambda customer, consent: consent.c.customer_id == customer.c.id
)
current_consents_of_customer = many(
    lambda: consents,
    on=lambda customer, consent: (consent.c.customer_id == customer.c.id) & holds(consent),
    order=(Term(consents.purpose), Term(consents.at, descending=True)),
)
