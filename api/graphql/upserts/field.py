"""How an upsert is declared.

    @strawberry.type
    class CustomerUpserts:
        upsert_customers: Any = upserts("upsert_customers", Customer, customers, UpsertCustomersInput,
                                        translate, upsert, errors={...}, description=...)

It is a WriteField as every mutation: rights, transaction, idempotency and its replay are its business.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type, get_nullable_type, is_list_type
from strawberry.types.base import get_object_definition

from api.context import Context
from api.graphql.fields import selected
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning import rights
from api.graphql.planning.readings import OfItself
from api.graphql.upserts.keys import GivenKey, GivenPlace, GivenProduct, GivenRate, GivenWarehouse
from api.graphql.upserts.rows import ROWS, OfEachRow, RowsField
from api.graphql.writes import Write, WriteField, Written
from api.permissions import Action, Group
from domain.errors import Conflict, DomainError, Invalid
from domain.intake.upserts.batch import MOST_ROWS, upsert
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.outcomes import (
    DuplicateInBatch,
    NotWritten,
    Outcome,
    Policy,
    RowStatus,
    UnknownReference,
)
from domain.messages import say
from domain.selection import ids
from domain.selection.entities import Entity

if TYPE_CHECKING:
    from domain.selection.statement import Statement

Row = Mapping[str, Any]
Translate = Callable[[Row], dict[str, Any]]
"""A row for the domain, which knows no opaque ids."""

Upsert = Callable[[Write, Row, Sequence[Any]], Awaitable[list[Outcome]]]
"""The domain's work on the translated rows, given the whole input besides."""

strawberry.enum(
    Policy, name="UpsertPolicy", description="What a refused row costs: all of its call, or itself alone."
)
strawberry.enum(
    RowStatus, name="UpsertStatus", description="STALE is older than what its source said before."
)

CODES: Mapping[str, type[DomainError]] = {
    "DUPLICATE_IN_BATCH": DuplicateInBatch,
    "UNKNOWN_REFERENCE": UnknownReference,
    "NOT_WRITTEN": NotWritten,
}


def through(kind: Kind) -> Upsert:
    """The upsert of this kind."""

    async def work(write: Write, given: Row, rows: Sequence[Any]) -> list[Outcome]:
        policy = given["policy"]
        return await upsert(
            write.session, kind, rows, actor=write.actor, policy=policy, now=write.now, said=write.said
        )

    return work


@strawberry.type(description="How many rows came to what.")
class UpsertCounts:
    created: int
    updated: int
    unchanged: int
    stale: int
    rejected: int


for shown in (UpsertCounts, GivenKey, GivenPlace, GivenProduct, GivenRate, GivenWarehouse):
    carrying(shown)


def _key(row: Row) -> Any:
    return row["key"]


class BatchRefused(Conflict):
    """Nothing was written: `results` say which rows were refused."""

    def __init__(self, results: Any) -> None:
        super().__init__(
            say("nothing was written: rows of the call are refused, and its policy is REJECT_ALL")
        )
        self.results = results


def upserts(
    name: str,
    node: type,
    entity: Entity,
    input: type,
    translate: Translate,
    does: Upsert,
    *,
    description: str,
    errors: Mapping[str, type[DomainError]] | None = None,
    actions: Sequence[Action] = (Action.CREATE, Action.UPDATE),
    key: type = GivenKey,
    echo: Callable[[Row], Any] = _key,
) -> Any:
    """A mutation that takes rows about the entity. `echo` is the key of a row as it was given, of the type `key`."""
    codes = {**(errors or {}), **CODES, **ALWAYS}
    title = "".join(word.capitalize() for word in name.split("_"))
    error = error_type(title, codes)
    _as_it_comes(input)

    async def work(write: Write, given: Row) -> Written:
        rows, policy = given["rows"], given["policy"]
        _check_number(rows)
        keys = _keys(rows, echo)
        outcomes = await does(write, given, [translate(row) for row in rows])
        told = [
            (each.status.value, key, _error(each.error, codes, index, write.language))
            for index, (key, each) in enumerate(zip(keys, outcomes, strict=True))
        ]
        if policy is Policy.REJECT_ALL and any(each.status is RowStatus.REJECTED for each in outcomes):
            raise BatchRefused(told)
        return Written(
            [ids.made(entity.type_name, each.key) for each in outcomes if each.key is not None], told
        )

    async def refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
        if isinstance(raised, BatchRefused):
            return Payload({}, **{ERRORS: [], ROWS: raised.results})
        told = user_error(refusal(raised, codes, language=context.call.language), error)
        return Payload({}, **{ERRORS: [told], ROWS: []})

    return WriteField(
        name,
        work,
        input=input,
        returns=_payload_type(title, node, entity, error, key),
        payload=lambda _, told: Payload(told.read, **{ERRORS: [], ROWS: told.results}),
        refused=refused,
        rights=tuple((entity.type_name, action, Group.BASE) for action in actions),
        description=description,
    )


def _as_it_comes(input: type) -> None:
    """The input is given as the dict that graphql-core makes of it."""
    get_object_definition(input, strict=True).from_input = lambda _, value, __: value


def _check_number(rows: Sequence[Any]) -> None:
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Invalid(
            say("{count} rows are given; allowed: 1 to {most}", count=len(rows), most=MOST_ROWS), "rows"
        )


def _keys(rows: Sequence[Row], echo: Callable[[Row], Any]) -> list[Any]:
    """The keys as they were given. Raises Invalid for one that cannot be shown: no answer could name its row."""
    found = []
    for index, row in enumerate(rows):
        try:
            found.append(echo(row))
        except Invalid as error:
            raise Invalid(error.message, "rows", index, *error.path) from None
    return found


def _error(
    error: DomainError | None, codes: Mapping[str, type[DomainError]], index: int, language: str
) -> dict[str, Any] | None:
    return None if error is None else refusal(error, codes, "rows", index, language=language)


def _payload_type(title: str, node: type, entity: Entity, error: Any, key: type) -> Any:
    shown = entity.type_name[0].lower() + entity.type_name[1:]
    row: Any = carrying(
        strawberry.type(
            type(
                f"{title}Row",
                (),
                {
                    "__annotations__": {
                        "index": int,
                        "key": key,
                        "status": RowStatus,
                        shown: node | None,
                        "user_errors": list[error],
                    },
                    "index": strawberry.field(description="The row's place in the input, from 0."),
                    "key": strawberry.field(description="As it was given."),
                    shown: selected(
                        OfItself(entity), description="As it stands now; null if the row was rejected."
                    ),
                    "user_errors": strawberry.field(description="Why the row was rejected."),
                },
            ),
            description="What became of one row.",
        )
    )
    rows = RowsField(description="One for each row of the input, in their order.")
    rows.reading = OfEachRow(entity)
    namespace = {
        "__annotations__": {"rows": list[row], "counts": UpsertCounts, "user_errors": list[error]},
        "rows": rows,
        "counts": strawberry.field(resolver=_counts, graphql_type=UpsertCounts),
        "user_errors": strawberry.field(
            resolver=_told_errors,
            graphql_type=list[error],
            description="Why no row was looked at; empty where rows tell what became of them.",
        ),
    }
    return carrying(strawberry.type(type(f"{title}Payload", (), namespace)))


def _told_errors(root: Any) -> Any:
    return root[ERRORS]


def _counts(root: Any) -> UpsertCounts:
    found = dict.fromkeys(RowStatus, 0)
    for told in root[ROWS]:
        found[RowStatus(told[0])] += 1
    return UpsertCounts(**{status.value.lower(): count for status, count in found.items()})


def keep_large(schema: GraphQLSchema) -> None:
    """The inputs of upserts are known as such, and their fields come under the domain's names for them; so are the
    inputs of other mutations that hold a list of objects."""
    mutation = schema.mutation_type
    assert mutation is not None, "the schema has mutations"
    for name, field in mutation.fields.items():
        if name.startswith("upsert"):
            _mark(field.args["input"].type)
        elif "input" in field.args and _holds_rows(of := get_named_type(field.args["input"].type)):
            of.extensions["rows"] = True


def _holds_rows(of: Any) -> bool:
    return any(
        isinstance(get_named_type(field.type), GraphQLInputObjectType)
        and is_list_type(get_nullable_type(field.type))
        for field in of.fields.values()
    )


def _mark(type_: Any) -> None:
    of = get_named_type(type_)
    if not isinstance(of, GraphQLInputObjectType) or of.extensions.get("large"):
        return
    of.extensions["large"] = True
    for field in of.fields.values():
        said: Any = field.extensions[rights.BACKREF]
        field.out_name = said.python_name
        _mark(field.type)
