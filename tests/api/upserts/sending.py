"""Sending rows, as tests do it."""

from collections.abc import Sequence
from typing import Any

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import mutate

ASKED = """
    rows { index status key { id external { system id } } userErrors { message code path } }
    counts { created updated unchanged stale rejected }
"""


def erp(name: str) -> dict[str, Any]:
    """The key of what the ERP calls so."""
    return {"external": {"system": "erp", "id": name}}


async def send(
    api: Api,
    name: str,
    rows: Sequence[dict[str, Any]],
    *,
    policy: str = "REJECT_FAILED_ROWS",
    asked: str = ASKED,
    as_: dict[str, Any] | None = None,
    **input: Any,
) -> Any:
    """The payload of the upsert `name` of these rows."""
    return await mutate(api, name, asked, {"policy": policy, "rows": list(rows), **input}, as_=as_)


def statuses(payload: Any) -> list[str]:
    """The status of each row."""
    return [row["status"] for row in payload["rows"]]


def errors(payload: Any) -> list[tuple[int, str, list[str]]]:
    """The place, the code and the path of each row's error."""
    return [
        (row["index"], error["code"], error["path"]) for row in payload["rows"] for error in row["userErrors"]
    ]
