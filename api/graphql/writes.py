"""How a mutation is declared: one input, one transaction, one payload with the node and the user errors.

    @strawberry.type
    class CustomerMutation:
        @writes(Customer, customers, Action.CREATE, errors={"EXTERNAL_ID_TAKEN": ExternalIdTaken})
        async def create_customer(write: Write, input: CreateCustomerInput) -> int:
            \"\"\"Add a customer.\"\"\"                      # the description in the schema
            return await commands.create_customer(write.session, name=input.name, ..., now=write.now)

That declares in the schema

    createCustomer(input: CreateCustomerInput!): CreateCustomerPayload
    type CreateCustomerPayload { customer: Customer  userErrors: [CreateCustomerError!]! }
    type CreateCustomerError implements UserError { message: String!  code: CreateCustomerErrorCode!  path: [String!]! }
    enum CreateCustomerErrorCode { EXTERNAL_ID_TAKEN  NOT_FOUND  CONFLICT  VALIDATION }

and at each call: the role is checked before anything runs (api/permissions.py needs the entry (type, action, BASE));
a request that was made before under the same idempotency key is answered from its record (api/graphql/once.py);
the function runs in one transaction with the actor's origin, and again from its start when Postgres asks for a retry,
so it must not touch anything but the session; the node whose key it returns is read by selection inside the same
transaction, so that SQL alone formats values; the transaction is committed. A DomainError of the function rolls back
and is told in `userErrors` under the first code of `errors` whose class it is of, else under NOT_FOUND, CONFLICT or
VALIDATION, with its `path` inside the input. An error with an attribute `current` (the key of the
row as it stands, e.g. a stale version) brings that row in the payload, read after the roll-back.

There is no other way: a field of the type Mutation that is no WriteField stops the start (api/graphql/checks.py). A
mutation whose payload is of another shape makes a WriteField of its own, as `recordTouchpoints` does.

Input types are Strawberry inputs. Absent = leave, null = clear: give such fields the type `strawberry.Maybe[X | None]`.
`api.graphql.inputs` translates them: `said` gives what the caller gave, `key` reads an opaque id of one type.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from graphql import VariableNode
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.graphql import once
from api.graphql.canonical import in_writing
from api.graphql.fields import selected
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import WRITTEN, OfWritten
from api.permissions import Action, Group, Key
from api.positions import Position
from api.settings import Settings
from domain.access import Actor
from domain.db import WRITTEN_AT, run
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.selection import ids
from domain.selection.entities import Entity
from domain.selection.run import read, read_in

if TYPE_CHECKING:
    from domain.db import Session
    from domain.selection.statement import Statement

I = TypeVar("I")  # noqa: E741  # the input
Work = Callable[["Write", I], Awaitable[int]]


@dataclass(frozen=True)
class Write:
    """What a mutation's function works with: the open transaction, who asks, the time, his language, the settings.

    `context` is the call's, for what is asked elsewhere, such as the cube. `said` are the rows of the input in
    canonical JSON, where a variable gave them.
    """

    session: "Session"
    actor: Actor
    now: datetime
    language: str
    settings: Settings
    context: Context
    said: Sequence[bytes] | None = None


@dataclass(frozen=True)
class Written:
    """What a write has done. `ids` are the opaque ids of the rows to be read for the payload: one, or a list.

    `results` is JSON that the payload is made of besides, kept for a replay. `shown_once` is not kept: a secret.
    """

    ids: str | Sequence[str]
    results: Any = None
    shown_once: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a payload is made of: what was read of the rows, by response key, and what `Written` says besides."""

    read: Mapping[str, Any]
    results: Any = None
    shown_once: Mapping[str, Any] = field(default_factory=dict)


class WriteField(StrawberryField):
    """A mutation. It cannot be made without its rights, nor run without a transaction and its idempotency."""

    writes = True
    rereads = True
    """What its resolver names is read by a selection that is planned beforehand."""

    def __init__(
        self,
        name: str,
        work: Callable[[Write, Any], Awaitable[Written]],
        *,
        input: type,
        returns: Any,
        payload: Callable[[Context, Told], Payload],
        refused: "Callable[[Context, DomainError, Statement | None], Awaitable[Payload]]",
        rights: tuple[Key, ...],
        description: str | None,
    ) -> None:
        """`returns` is the payload's type, `payload` and `refused` make one. `rights` are what the mutation needs of
        the permission table."""

        async def resolver(info: Any, input: Any) -> Payload:
            context: Context = info.context
            reading = context.payloads.get(info.path.key)
            wanted = once.wanted(context, info)
            try:
                told = await _transaction(context, work, input, reading, wanted, _said(context, info))
            except (NotFound, Conflict, Invalid) as error:
                return await refused(context, error, reading)
            return payload(context, told)

        resolver.__annotations__ = {"info": strawberry.Info, "input": input, "return": None}
        super().__init__(
            python_name=name,
            base_resolver=StrawberryResolver(resolver),
            type_annotation=StrawberryAnnotation(returns | None),
            description=description,
        )
        self.rights = rights


async def _transaction(
    context: Context,
    work: Callable[[Write, Any], Awaitable[Written]],
    input: Any,
    reading: "Statement | None",
    wanted: once.Key | None,
    said: Sequence[bytes] | None,
) -> Told:
    """The work has been done in one transaction in the caller's name, committed; or was, under the same key, before."""

    begun: list[Position] = []

    async def transaction(session: "Session") -> Told:
        begun[:] = [Position(*session.info[WRITTEN_AT])]
        if wanted is not None and (before := await once.before(session, wanted)) is not None:
            context.replayed.append(wanted.place)
            return Told(**json.loads(before))
        written = await work(
            Write(
                session=session,
                actor=context.actor,
                now=context.now(),
                language=context.call.language,
                settings=context.backend.settings,
                context=context,
                said=said,
            ),
            input,
        )
        told = Told(await _read(session, context, reading, written.ids), written.results)
        if wanted is not None:
            record = in_writing({"read": told.read, "results": told.results}, sort=False).decode()
            await once.keep(session, wanted, record, personal=reading is not None or told.results is not None)
        return Told(told.read, told.results, written.shown_once)

    told = await run(context.backend.engine, transaction, origin=context.actor.origin)
    context.positions.extend(begun)
    return told


def _said(context: Context, info: Any) -> Sequence[bytes] | None:
    """The rows of the input in writing; None where the document itself writes some of it."""
    if not context.said:
        return None
    [argument] = info._raw_info.field_nodes[0].arguments  # noqa: SLF001  # as once.wanted
    return context.said.get(argument.value.name.value) if isinstance(argument.value, VariableNode) else None


async def _read(
    session: "Session", context: Context, reading: "Statement | None", written: str | Sequence[str]
) -> dict[str, Any]:
    """What is asked of the rows with these opaque ids, read inside the transaction that wrote them."""
    if reading is None:
        return {}
    told = {**context.variables, WRITTEN: written}
    found: dict[str, Any] = json.loads(
        await read_in(session, reading, told, context.actor, context.call.seen)
    )
    return found


def writes(
    node: type, entity: Entity, action: Action, *, errors: Mapping[str, type[DomainError]] | None = None
) -> Callable[[Work[I]], Any]:
    """The function becomes a mutation that answers with the row whose key it returns (see the module's text)."""

    def declare(work: Work[I]) -> Any:
        codes = {**(errors or {}), **ALWAYS}
        name = "".join(word.capitalize() for word in work.__name__.split("_"))
        error = error_type(name, codes)

        async def written(write: Write, input: I) -> Written:
            return Written(ids.made(entity.type_name, await work(write, input)))

        async def refused(context: Context, raised: DomainError, reading: "Statement | None") -> Payload:
            found = await current(raised, context, reading, entity)
            told = user_error(refusal(raised, codes, language=context.call.language), error)
            return Payload(found, **{ERRORS: [told]})

        return WriteField(
            work.__name__,
            written,
            input=work.__annotations__["input"],
            returns=_payload_type(name, node, entity, error),
            payload=lambda _, told: Payload(told.read, **{ERRORS: []}),
            refused=refused,
            rights=((entity.type_name, action, Group.BASE),),
            description=work.__doc__,
        )

    return declare


def _payload_type(name: str, node: type, entity: Entity, error: Any) -> Any:
    shown = entity.type_name[0].lower() + entity.type_name[1:]
    namespace = {
        "__annotations__": {shown: node | None, "user_errors": list[error]},
        shown: selected(OfWritten(entity), description="As it stands now; null if nothing was written."),
        "user_errors": strawberry.field(
            resolver=_told_errors, graphql_type=list[error], description="Empty when all went well."
        ),
    }
    return carrying(strawberry.type(type(f"{name}Payload", (), namespace)))


def _told_errors(root: Any) -> Any:
    return root[ERRORS]


async def current(
    refused: DomainError, context: Context, reading: "Statement | None", entity: Entity
) -> dict[str, Any]:
    """The row as it stands, where the refusal says its key and it is asked for."""
    key = getattr(refused, "current", None)
    if reading is None or key is None:
        return {}
    told = {**context.variables, WRITTEN: ids.made(entity.type_name, key)}
    found: dict[str, Any] = json.loads(
        await read(context.backend.reads, reading, told, context.actor, context.call.seen)
    )
    return found
