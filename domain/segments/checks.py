"""What a rule names must be there: attributes, branches, products, categories, currencies, schemes."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain import rows
from domain.branches.model import Branch
from domain.company.model import Currency
from domain.customers.attribute_model import CustomerAttribute
from domain.errors import Invalid
from domain.messages import Message, say
from domain.products.model import Category, Product
from domain.rules import tree
from domain.scores.model import RfmScheme

_KEYS: tuple[tuple[InstrumentedAttribute[Any], str, Message], ...] = (
    (Branch.id, "branch", say("the rule names a branch that is not there")),
    (Product.id, "product", say("the rule names a product that is not there")),
    (Category.id, "category", say("the rule names a category that is not there")),
)

_NAMES: tuple[tuple[InstrumentedAttribute[Any], str], ...] = (
    (CustomerAttribute.name, "attribute"),
    (RfmScheme.name, "scheme"),
    (Currency.code, "currency"),
)


async def check_references(session: AsyncSession, rule: tree.Rule, *path: str | int) -> None:
    """All that the rule names is there. Raises Invalid, which names what is known instead where names are given.

    At most one statement for each sort of thing.
    """
    named = list(_named(rule))
    for column, sort, told in _KEYS:
        wanted = {value for kind, value in named if kind == sort}
        if wanted - await rows.known(session, column, wanted):
            raise Invalid(told, *path)
    for column, sort in _NAMES:
        wanted = {value for kind, value in named if kind == sort}
        if wanted:
            await _check_names(session, column, sort, wanted, path)


async def _check_names(
    session: AsyncSession,
    column: InstrumentedAttribute[Any],
    sort: str,
    wanted: set[Any],
    path: tuple[str | int, ...],
) -> None:
    known = set(await session.scalars(select(column).distinct()))
    missing = sorted(wanted - known)
    if missing:
        told = say(
            "there is no {sort} {name!r}; known: {known}",
            sort=sort,
            name=missing[0],
            known=", ".join(sorted(known)[:50]) or "-",
        )
        raise Invalid(told, *path)


def _named(rule: tree.Rule) -> Iterator[tuple[str, Any]]:
    match rule:
        case tree.All(rules) | tree.Any(rules):
            for each in rules:
                yield from _named(each)
        case tree.Not(inner):
            yield from _named(inner)
        case tree.Branches(keys):
            yield from (("branch", key) for key in keys)
        case tree.Bought(product_id=int(key)):
            yield "product", key
        case tree.Bought(category_id=int(key)):
            yield "category", key
        case tree.Attribute(name=name):
            yield "attribute", name
        case tree.Scored(scheme=name):
            yield "scheme", name
        case tree.Revenue(currency=code):
            yield "currency", code
