"""Every table of the store in one place, for migrations and for tests that walk them all."""

from domain import feed
from domain.base import Base
from domain.branches import model as branches
from domain.company import model as company
from domain.customers import model as customers
from domain.intake import model as intake
from domain.offers import model as offers
from domain.orders import model as orders
from domain.products import model as products
from domain.touchpoints import model as touchpoints
from domain.users import model as users

metadata = Base.metadata

__all__ = [
    "branches",
    "company",
    "customers",
    "feed",
    "intake",
    "metadata",
    "offers",
    "orders",
    "products",
    "touchpoints",
    "users",
]
