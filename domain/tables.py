"""Every table of the store in one place, for migrations and for tests that walk them all."""

from domain import feed
from domain.access_log import model as access_log
from domain.base import Base
from domain.branches import model as branches
from domain.cases import model as cases
from domain.company import model as company
from domain.consents import model as consents
from domain.contents import model as contents
from domain.customers import attribute_model as customer_attributes
from domain.customers import history_model as customer_history
from domain.customers import model as customers
from domain.documents import model as documents
from domain.households import model as households
from domain.idempotency import model as idempotency
from domain.intake import model as intake
from domain.keys import model as keys
from domain.objectives import model as objectives
from domain.offers import model as offers
from domain.offers import rule_model as offer_rules
from domain.opportunities import model as opportunities
from domain.orders import model as orders
from domain.orders import payment_model as payments
from domain.orders import shipment_model as shipments
from domain.personal import model as personal
from domain.points import model as points
from domain.products import model as products
from domain.products import stock_model as stock
from domain.scores import lifetime_model as lifetime_scores
from domain.scores import model as scores
from domain.segments import model as segments
from domain.tasks import model as tasks
from domain.touchpoints import model as touchpoints
from domain.usage import model as usage
from domain.users import model as users

metadata = Base.metadata

__all__ = [
    "access_log",
    "branches",
    "cases",
    "company",
    "consents",
    "contents",
    "customer_attributes",
    "customer_history",
    "customers",
    "documents",
    "feed",
    "households",
    "idempotency",
    "intake",
    "keys",
    "lifetime_scores",
    "metadata",
    "objectives",
    "offer_rules",
    "offers",
    "opportunities",
    "orders",
    "payments",
    "personal",
    "points",
    "products",
    "scores",
    "segments",
    "shipments",
    "stock",
    "tasks",
    "touchpoints",
    "usage",
    "users",
]
