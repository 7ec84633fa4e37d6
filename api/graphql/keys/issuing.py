"""A mutation whose payload shows a machine key's secret, once: a replay shows null in its place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry

from api.context import Context
from api.graphql.fields import selected
from api.graphql.keys.types import MachineKey
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import OfWritten
from api.graphql.writes import Told, Write, WriteField, Written, current
from api.permissions import Action, Group
from domain.errors import DomainError
from domain.keys.commands import Issued
from domain.keys.queries import machine_keys
from domain.selection import ids

if TYPE_CHECKING:
    from domain.selection.statement import Statement

I = TypeVar("I")  # noqa: E741  # the input

SECRET = "__secret__"  # noqa: S105  # a key of a dict
"""Where the payload holds the key's text; no response key can be this."""


def issues(
    action: Action, *, errors: Mapping[str, type[DomainError]]
) -> Callable[[Callable[[Write, I], Awaitable[Issued]]], Any]:
    """The function becomes a mutation that answers with the key it issued and, this once, with its text."""

    def declare(work: Callable[[Write, I], Awaitable[Issued]]) -> Any:
        codes = {**errors, **ALWAYS}
        name = "".join(word.capitalize() for word in work.__name__.split("_"))
        error = error_type(name, codes)

        async def written(write: Write, input: I) -> Written:
            issued = await work(write, input)
            return Written(ids.made("MachineKey", issued.key_id), shown_once={SECRET: issued.text})

        async def refused(context: Context, raised: DomainError, reading: "Statement | None") -> Payload:
            found = await current(raised, context, reading, machine_keys)
            told = user_error(refusal(raised, codes, language=context.call.language), error)
            return Payload(found, **{ERRORS: [told]})

        return WriteField(
            work.__name__,
            written,
            input=work.__annotations__["input"],
            returns=_payload_type(name, error),
            payload=_payload,
            refused=refused,
            rights=(("MachineKey", action, Group.BASE),),
            description=work.__doc__,
        )

    return declare


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], **told.shown_once})


def _payload_type(name: str, error: Any) -> Any:
    namespace = {
        "__annotations__": {
            "machine_key": MachineKey | None,
            "secret": str | None,
            "user_errors": list[error],
        },
        "machine_key": selected(
            OfWritten(machine_keys), description="As it stands now; null if nothing was written."
        ),
        "secret": strawberry.field(
            resolver=_secret,
            graphql_type=str | None,
            description="dgl_<publicId>_<secret>, to be kept now: it is not stored here and never shown again.",
        ),
        "user_errors": strawberry.field(
            resolver=_errors, graphql_type=list[error], description="Empty when all went well."
        ),
    }
    return carrying(strawberry.type(type(f"{name}Payload", (), namespace)))


def _secret(root: Any) -> Any:
    return root[SECRET]


def _errors(root: Any) -> Any:
    return root[ERRORS]
