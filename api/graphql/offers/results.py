"""An offer granted to many customers: the mutation, and what became of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.types.info import Info

from api.context import Context
from api.graphql.enums import GrantStatus
from api.graphql.fields import SelectedField, selected
from api.graphql.inputs import key, said
from api.graphql.offers import eligibility
from api.graphql.offers.inputs import GrantOffersInput
from api.graphql.offers.types import OfferGrant
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import OfEachWritten, OfItself
from api.graphql.writes import Told, Write, WriteField, Written
from api.permissions import Action, Group
from domain.errors import DomainError, Invalid
from domain.messages import say
from domain.offers import grants
from domain.offers.errors import GivenTwice
from domain.offers.grants import Granted
from domain.offers.queries import offer_grants
from domain.selection import ids

if TYPE_CHECKING:
    from domain.selection.statement import Statement

MOST_CUSTOMERS = 1_000

CODES: Mapping[str, type[DomainError]] = {
    **eligibility.CODES,
    "DUPLICATE_IN_BATCH": GivenTwice,
    **ALWAYS,
}
GrantOffersError = error_type("GrantOffers", CODES)

_RESULTS = "__results__"
"""Where the payload holds what became of the customers; no response key can be this."""


@dataclass(frozen=True)
class _Result:
    """What became of one customer. `asked` is what is asked of his grant, by response key."""

    index: int
    made: Mapping[str, Any]
    asked: Mapping[str, Any]

    @property
    def customer_id(self) -> str:
        return str(self.made["customer_id"])

    @property
    def status(self) -> GrantStatus:
        return GrantStatus[self.made["status"]]

    @property
    def user_errors(self) -> list[Any]:
        error = self.made["error"]
        return [] if error is None else [user_error(error, GrantOffersError)]

    def __getitem__(self, key: str) -> Any:
        return self.asked.get(key)


class _ResultsField(SelectedField):
    """The results of all customers, each with what the selection read of the grant."""

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        read = iter(source[info.path.key] or ())
        return [
            _Result(index, made, {} if made["error"] is not None else next(read))
            for index, made in enumerate(source[_RESULTS])
        ]


def _results() -> Any:
    field = _ResultsField(description="One for each customer, in their order.")
    field.reading = OfEachWritten(offer_grants)
    return field


@strawberry.type(description="What became of the offer to one customer.")
class GrantOfferResult:
    index: int = strawberry.field(description="The customer's place in the input, from 0.")
    customer_id: strawberry.ID
    status: GrantStatus
    offer_grant: OfferGrant | None = selected(
        OfItself(offer_grants), description="Null if the customer was rejected."
    )
    user_errors: list[GrantOffersError]  # type: ignore[valid-type]  # made by error_type


@strawberry.type
class GrantOffersPayload:
    results: list[GrantOfferResult] = _results()
    user_errors: list[GrantOffersError] = strawberry.field(  # type: ignore[valid-type]  # made by error_type
        resolver=lambda root: root[ERRORS],
        graphql_type=list[GrantOffersError],  # type: ignore[valid-type]  # made by error_type
        description="Why nothing was granted at all; empty where customers were looked at.",
    )


carrying(GrantOfferResult)
carrying(GrantOffersPayload)


async def _grant(write: Write, input: GrantOffersInput) -> Written:
    given = input.customer_ids
    if not 1 <= len(given) <= MOST_CUSTOMERS:
        raise Invalid(
            say("{count} customers are given; allowed: 1 to {most}", count=len(given), most=MOST_CUSTOMERS),
            "customer_ids",
        )
    granted = await _each(write, input)
    return Written(
        [ids.made("OfferGrant", each.key) for each in granted if each.key is not None],
        [
            _result(index, opaque, each, write.language)
            for index, (opaque, each) in enumerate(zip(given, granted, strict=True))
        ],
    )


async def _each(write: Write, input: GrantOffersInput) -> Sequence[Granted]:
    """What became of each; an id of another type is rejected like any other."""
    read = [_read(each) for each in input.customer_ids]
    granted = iter(
        await grants.grant_offers(
            write.session,
            key(input.offer_id, "Offer", "offer_id"),
            [each for each in read if isinstance(each, int)],
            actor=write.actor,
            now=write.now,
            **said(input),
        )
    )
    return [
        Granted(GrantStatus.REJECTED, error=each) if isinstance(each, Invalid) else next(granted)
        for each in read
    ]


def _read(opaque: str) -> int | Invalid:
    try:
        return key(opaque, "Customer")
    except Invalid as error:
        return error


def _result(index: int, opaque: str, granted: Granted, language: str) -> dict[str, Any]:
    """What became of one customer, as JSON. The place of an error is that of the customer, whatever is wrong."""
    told = None
    if granted.error is not None:
        told = {
            **refusal(granted.error, CODES, language=language),
            "path": ["customerIds", str(index)],
        }
    return {"customer_id": opaque, "status": granted.status.name, "error": told}


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], _RESULTS: told.results})


async def _refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
    told = user_error(refusal(raised, CODES, language=context.call.language), GrantOffersError)
    return Payload({}, **{ERRORS: [told], _RESULTS: []})


def grant_offers() -> Any:
    """The field of the type Mutation."""
    return WriteField(
        "grant_offers",
        _grant,
        input=GrantOffersInput,
        returns=GrantOffersPayload,
        payload=_payload,
        refused=_refused,
        rights=(("OfferGrant", Action.CREATE, Group.BASE),),
        description="Grant an offer to many customers: who may not be given it is rejected with the reason and stops "
        "no other; where it is used up on the way, the rest is.",
    )
