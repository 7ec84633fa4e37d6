"""Who may be given an offer: rules as they are told, checked, kept and shown in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.customers.attribute_model import CustomerAttribute
from domain.customers.model import CustomerKind, LifecycleStage
from domain.errors import Invalid
from domain.messages import Message, say
from domain.offers.rule_model import OfferRule, RuleKind
from domain.products.model import Category, Product

MOST_RULES = 20
MOST_VALUES = 50
OLDEST = 150

_CHOICES: Mapping[RuleKind, type[CustomerKind] | type[LifecycleStage]] = {
    RuleKind.CUSTOMER_KIND: CustomerKind,
    RuleKind.LIFECYCLE_STAGE: LifecycleStage,
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that can be said of a customer; its kind says which of the others it has.

    An age is one of whole years, both ends included; a value of an attribute is text, as it was given to the
    customer. What was bought counts unless all of it went back.
    """

    kind: RuleKind
    among: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    attribute: str | None = None
    product_id: int | None = None
    category_id: int | None = None

    @property
    def words(self) -> Message:
        """The rule as words that end a sentence."""
        values = ", ".join(self.among)
        match self.kind:
            case RuleKind.CUSTOMER_KIND:
                return say("the kind of customer is one of {values}", values=values)
            case RuleKind.LIFECYCLE_STAGE:
                return say("the lifecycle stage is one of {values}", values=values)
            case RuleKind.REGION:
                return say("the region is one of {values}", values=values)
            case RuleKind.AGE:
                return self._age
            case RuleKind.ATTRIBUTE:
                return say("{attribute} is one of {values}", attribute=self.attribute, values=values)
            case RuleKind.BOUGHT_PRODUCT:
                return say("a certain product was bought")
            case RuleKind.BOUGHT_CATEGORY:
                return say("a product of a certain category was bought")

    @property
    def _age(self) -> Message:
        if self.max_age is None:
            return say("the age is {least} or more", least=self.min_age)
        if self.min_age is None:
            return say("the age is {most} or less", most=self.max_age)
        return say("the age is {least} to {most}", least=self.min_age, most=self.max_age)


async def replace_rules(
    session: AsyncSession, offer_id: int, given: Sequence[Rule], *, excludes: bool
) -> None:
    """The offer has these rules that exclude, or that must hold, and no others of that sort.

    Raises Invalid, whose path names the rule. At most five statements; none that writes where nothing changes.
    """
    place = "exclusions" if excludes else "eligibility"
    checked = await _checked(session, given, place)
    if list(await rules_of(session, offer_id, excludes=excludes)) == checked:
        return
    table = OfferRule
    await session.execute(delete(table).where(table.offer_id == offer_id, table.excludes.is_(excludes)))
    if checked:
        await session.execute(
            insert(table).values(
                [
                    {**asdict(rule), "offer_id": offer_id, "excludes": excludes, "position": position}
                    for position, rule in enumerate(checked)
                ]
            )
        )


async def rules_of(session: AsyncSession, offer_id: int, *, excludes: bool) -> tuple[Rule, ...]:
    """The rules of the offer that exclude, or that must hold, in their order. One statement."""
    found = await session.execute(
        select(OfferRule.__table__)
        .where(OfferRule.offer_id == offer_id, OfferRule.excludes.is_(excludes))
        .order_by(OfferRule.position)
    )
    return tuple(
        Rule(
            kind=RuleKind(row.kind),
            among=tuple(row.among),
            min_age=row.min_age,
            max_age=row.max_age,
            attribute=row.attribute,
            product_id=row.product_id,
            category_id=row.category_id,
        )
        for row in found
    )


async def _checked(session: AsyncSession, given: Sequence[Rule], place: str) -> list[Rule]:
    if len(given) > MOST_RULES:
        raise Invalid(
            say("{count} rules are given; at most {most} are allowed", count=len(given), most=MOST_RULES),
            place,
        )
    found = [_whole(rule, (place, at)) for at, rule in enumerate(given)]
    for column, key, message in (
        (CustomerAttribute.name, "attribute", say("there is no such attribute")),
        (Product.id, "product_id", say("there is no such product")),
        (Category.id, "category_id", say("there is no such category")),
    ):
        wanted = {getattr(rule, key) for rule in found} - {None}
        known = await rows.known(session, column, wanted)  # type: ignore[arg-type]  # keys of either type
        for at, rule in enumerate(found):
            if getattr(rule, key) in wanted - known:
                raise Invalid(message, place, at, key)
    return found


def _whole(rule: Rule, path: tuple[str | int, ...]) -> Rule:
    """The rule with its values as the store keeps them. Raises Invalid."""
    if rule.kind is RuleKind.AGE:
        _check_ages(rule, path)
    if rule.kind in (RuleKind.CUSTOMER_KIND, RuleKind.LIFECYCLE_STAGE, RuleKind.REGION, RuleKind.ATTRIBUTE):
        if not 1 <= len(rule.among) <= MOST_VALUES:
            raise Invalid(
                say(
                    "{count} values are given; allowed: 1 to {most}", count=len(rule.among), most=MOST_VALUES
                ),
                *path,
            )
        rule = replace(rule, among=tuple(dict.fromkeys(_value(rule.kind, each, path) for each in rule.among)))
    return rule


def _value(kind: RuleKind, given: str, path: tuple[str | int, ...]) -> str:
    if kind in _CHOICES:
        return _CHOICES[kind](given).value
    return text.prose(given, *path, limit=500)


def _check_ages(rule: Rule, path: tuple[str | int, ...]) -> None:
    least, most = rule.min_age, rule.max_age
    for age in (least, most):
        if age is not None and not 0 <= age <= OLDEST:
            raise Invalid(
                say("the age {age} is out of range; allowed: 0 to {most}", age=age, most=OLDEST), *path
            )
    if least is None and most is None:
        raise Invalid(say("an age needs a least, a most, or both"), *path)
    if least is not None and most is not None and least > most:
        raise Invalid(say("the least age {least} is above the most, {most}", least=least, most=most), *path)
