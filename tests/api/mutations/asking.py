"""What tests of mutations say often."""

from typing import Any

from domain.selection import ids
from tests.api.graphql.asking import Api


def id_of(type_name: str, key: int) -> str:
    """The opaque id of a row."""
    return ids.made(type_name, key)


async def mutate(
    api: Api, name: str, asked: str, input: dict[str, Any], *, as_: dict[str, Any] | None = None
) -> Any:
    """The payload of the mutation `name`, of which `asked` and the user errors are asked."""
    kind = name[0].upper() + name[1:]
    document = f"""
        mutation ($input: {kind}Input!) {{
            {name}(input: $input) {{ {asked} userErrors {{ message code path }} }}
        }}
    """
    return (await api.data(document, {"input": input}, as_=as_))[name]


def refusals(payload: Any) -> list[tuple[str, list[str]]]:
    """The code and the path of each user error."""
    return [(error["code"], error["path"]) for error in payload["userErrors"]]
