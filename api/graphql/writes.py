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
the function runs in one transaction with the actor's origin, and again from its start when Postgres asks for a retry,
so it must not touch anything but the session; the node whose key it returns is read by selection inside the same
transaction, so that SQL alone formats values; the transaction is committed. A DomainError of the function rolls back
and is told in `userErrors` under the first code of `errors` whose class it is of, else under NOT_FOUND, CONFLICT or
VALIDATION, with its `path` inside the input. An error with an attribute `current` (the key of the
row as it stands, e.g. a stale version) brings that row in the payload, read after the roll-back.

Input types are Strawberry inputs. Absent = leave, null = clear: give such fields the type `strawberry.Maybe[X | None]`.
`api.graphql.inputs` translates them: `said` gives what the caller gave, `key` reads an opaque id of one type.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.utils.str_converters import to_camel_case

from api.context import Context
from api.graphql.fields import selected
from api.graphql.planning.readings import WRITTEN, OfWritten
from api.permissions import Action, Group, Key
from domain.access import Actor
from domain.db import run
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.selection import ids
from domain.selection.entities import Entity
from domain.selection.run import read, read_in

if TYPE_CHECKING:
    from domain.db import Session
    from domain.selection.statement import Statement

ALWAYS: Mapping[str, type[DomainError]] = {"NOT_FOUND": NotFound, "CONFLICT": Conflict, "VALIDATION": Invalid}
"""What every mutation may tell."""

ERRORS = "__errors__"
"""Where a payload holds its user errors; no response key can be this."""

I = TypeVar("I")  # noqa: E741  # the input
T = TypeVar("T")
Work = Callable[["Write", I], Awaitable[int]]


@dataclass(frozen=True)
class Write:
    """What a mutation's function works with: the open transaction, who asks, and the time."""

    session: "Session"
    actor: Actor
    now: datetime


@strawberry.interface(description="Something the caller may expect to go wrong.")
class UserError:
    message: str = strawberry.field(description="One sentence: what was given and what is allowed.")
    path: list[str] = strawberry.field(description="The place in the input, outermost first.")


class WriteField(StrawberryField):
    """A mutation: `rights` are what it needs of the permission table."""

    writes = True
    rights: tuple[Key, ...] = ()


class Payload(dict[str, Any]):
    """What a mutation answers, by response key. What was not read is null."""

    def __missing__(self, _: str) -> None:
        return None


def writes(
    node: type, entity: Entity, action: Action, *, errors: Mapping[str, type[DomainError]] | None = None
) -> Callable[[Work[I]], Any]:
    """The function becomes a mutation that answers with the row whose key it returns (see the module's text)."""

    def declare(work: Work[I]) -> Any:
        codes = {**(errors or {}), **ALWAYS}
        name = "".join(word.capitalize() for word in work.__name__.split("_"))
        error = error_type(name, codes)
        field = WriteField(
            python_name=work.__name__,
            base_resolver=StrawberryResolver(_resolver(work, codes, error, entity)),
            type_annotation=StrawberryAnnotation(_payload_type(name, node, entity, error) | None),
            description=work.__doc__,
        )
        field.rights = ((entity.type_name, action, Group.BASE),)
        return field

    return declare


def error_type(name: str, codes: Mapping[str, type[DomainError]]) -> Any:
    """The type of the user errors of the mutation `name`, with an enum of its codes."""
    members: Any = Enum(f"{name}ErrorCode", [(code, code) for code in codes])  # type: ignore[misc]  # made by name
    enum = strawberry.enum(members, description=f"What may go wrong in {name}.")
    made = type(f"{name}Error", (UserError,), {"__annotations__": {"code": enum}})
    return carrying(strawberry.type(made, description=f"Why {name} changed nothing."))


def carrying(type_: Any) -> Any:
    """The type only leads to others or says what the caller did: it needs no entry of its own among the permissions."""
    type_.__strawberry_definition__.carries = True
    return type_


def _payload_type(name: str, node: type, entity: Entity, error: Any) -> Any:
    field = entity.type_name[0].lower() + entity.type_name[1:]
    namespace = {
        "__annotations__": {field: node | None, "user_errors": list[error]},
        field: selected(OfWritten(entity), description="As it stands now; null if nothing was written."),
        "user_errors": strawberry.field(
            resolver=_told_errors, graphql_type=list[error], description="Empty when all went well."
        ),
    }
    return carrying(strawberry.type(type(f"{name}Payload", (), namespace)))


def _told_errors(root: Any) -> Any:
    return root[ERRORS]


def _resolver(work: Work[I], codes: Mapping[str, type[DomainError]], error: Any, entity: Entity) -> Any:
    async def resolver(info: Any, input: Any) -> Payload:
        context: Context = info.context
        statement = context.payloads.get(info.path.key)

        async def transaction(write: Write) -> dict[str, Any]:
            written = await work(write, input)
            return await written_in(write, context, statement, ids.made(entity.type_name, written))

        try:
            answer = await transact(context, transaction)
        except (NotFound, Conflict, Invalid) as refused:
            answer = await _current(refused, context, statement, entity)
            return Payload(answer, **{ERRORS: [user_error(refused, codes, error)]})
        return Payload(answer, **{ERRORS: []})

    resolver.__annotations__ = {
        "info": strawberry.Info,
        "input": work.__annotations__["input"],
        "return": None,
    }
    return resolver


async def transact(context: Context, work: Callable[[Write], Awaitable[T]]) -> T:
    """`work` has run in one transaction in the caller's name, committed; maybe several times until it was."""
    return await run(
        context.backend.engine,
        lambda session: work(Write(session, context.actor, context.now())),
        origin=context.actor.origin,
    )


async def written_in(
    write: Write, context: Context, statement: "Statement | None", written: str | list[str]
) -> dict[str, Any]:
    """What is asked of the rows with these opaque ids, read inside the transaction that wrote them."""
    if statement is None:
        return {}
    told = {**context.variables, WRITTEN: written}
    found: dict[str, Any] = json.loads(await read_in(write.session, statement, told, context.actor))
    return found


async def _current(
    refused: DomainError, context: Context, statement: "Statement | None", entity: Entity
) -> dict[str, Any]:
    key = getattr(refused, "current", None)
    if statement is None or key is None:
        return {}
    told = {**context.variables, WRITTEN: ids.made(entity.type_name, key)}
    found: dict[str, Any] = json.loads(await read(context.backend.reads, statement, told, context.actor))
    return found


def user_error(
    refused: DomainError, codes: Mapping[str, type[DomainError]], error: Any, *place: str | int
) -> Any:
    """The refusal as an object of the type that `error_type` made, under the first code whose class it is of.

    Its path begins at `place` in the input.
    """
    code = next(code for code, kind in codes.items() if isinstance(refused, kind))
    path = [to_camel_case(str(step)) for step in (*place, *refused.path)]
    enum = error.__strawberry_definition__.get_field("code").type.wrapped_cls
    return error(message=str(refused), code=enum[code], path=path)
