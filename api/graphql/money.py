"""Amounts of money."""

from decimal import Decimal

import strawberry

from api.graphql.fields import part


@strawberry.type(description="An amount of money, at the scale of its currency.")
class Money:
    amount: Decimal = part(0)
    currency: str = part(1, description="A code of ISO 4217.")


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: Decimal
    currency: str = strawberry.field(description="A code of ISO 4217.")
