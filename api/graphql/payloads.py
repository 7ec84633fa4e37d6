"""What a mutation answers: the rows it has written, and what the caller may have expected to go wrong."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.messages import ENGLISH, told

ALWAYS: Mapping[str, type[DomainError]] = {"NOT_FOUND": NotFound, "CONFLICT": Conflict, "VALIDATION": Invalid}
"""What every mutation may tell."""

ERRORS = "__errors__"
"""Where a payload holds its user errors; no response key can be this."""


@strawberry.interface(description="Something the caller may expect to go wrong.")
class UserError:
    message: str = strawberry.field(description="One sentence: what was given and what is allowed.")
    path: list[str] = strawberry.field(description="The place in the input, outermost first.")


class Payload(dict[str, Any]):
    """What a mutation answers, by response key. What was not read is null."""

    def __missing__(self, _: str) -> None:
        return None


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


def refusal(
    refused: DomainError,
    codes: Mapping[str, type[DomainError]],
    *place: str | int,
    language: str = ENGLISH,
) -> dict[str, Any]:
    """The refusal as JSON, under the first of the codes whose class it is of; its path begins at `place`."""
    return {
        "message": told(refused.message, language),
        "code": next(code for code, kind in codes.items() if isinstance(refused, kind)),
        "path": [to_camel_case(str(step)) for step in (*place, *refused.path)],
    }


def user_error(refusal: Mapping[str, Any], error: Any) -> Any:
    """What `refusal` gave, as an object of the type that `error_type` made."""
    enum = error.__strawberry_definition__.get_field("code").type.wrapped_cls
    return error(message=refusal["message"], code=enum[refusal["code"]], path=refusal["path"])
