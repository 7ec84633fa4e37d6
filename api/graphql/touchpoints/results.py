"""What became of each contact that was to be recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.info import Info

from api.graphql.fields import SelectedField, selected
from api.graphql.payloads import ALWAYS, ERRORS, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import OfEachWritten, OfItself
from api.graphql.touchpoints.inputs import TouchpointInput
from api.graphql.touchpoints.types import Touchpoint
from domain.errors import DomainError
from domain.touchpoints.commands import Recorded, RecordStatus
from domain.touchpoints.errors import TouchpointDiffers
from domain.touchpoints.queries import touchpoints

CODES: Mapping[str, type[DomainError]] = {"TOUCHPOINT_DIFFERS": TouchpointDiffers, **ALWAYS}
RecordTouchpointsError = error_type("RecordTouchpoints", CODES)

RESULTS = "__results__"
"""Where the payload holds what became of the items; no response key can be this."""

strawberry.enum(RecordStatus, description="What became of one item: REJECTED says why in its userErrors.")


def result(index: int, item: TouchpointInput, recorded: Recorded, *, language: str) -> dict[str, Any]:
    """What became of one item, as JSON."""
    error = recorded.error
    return {
        "source_system": item.source_system,
        "source_id": item.source_id,
        "status": recorded.status.name,
        "error": None if error is None else refusal(error, CODES, "items", index, language=language),
    }


@dataclass(frozen=True)
class Result:
    """What became of one item. `asked` is what is asked of its touchpoint, by response key."""

    index: int
    made: Mapping[str, Any]
    asked: Mapping[str, Any]

    @property
    def source_system(self) -> str:
        return str(self.made["source_system"])

    @property
    def source_id(self) -> str:
        return str(self.made["source_id"])

    @property
    def status(self) -> RecordStatus:
        return RecordStatus[self.made["status"]]

    @property
    def user_errors(self) -> list[Any]:
        error = self.made["error"]
        return [] if error is None else [user_error(error, RecordTouchpointsError)]

    def __getitem__(self, key: str) -> Any:
        return self.asked.get(key)


class ResultsField(SelectedField):
    """The results of all items, each with what the selection read of its touchpoint."""

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        read = iter(source[info.path.key] or ())
        return [
            Result(index, made, {} if made["error"] is not None else next(read))
            for index, made in enumerate(source[RESULTS])
        ]


def _results() -> Any:
    field = ResultsField(description="One for each item, in their order.")
    field.reading = OfEachWritten(touchpoints)
    return field


@strawberry.type(description="What became of one item.")
class RecordTouchpointResult:
    index: int = strawberry.field(description="The item's place in the input, from 0.")
    source_system: str
    source_id: str
    status: RecordStatus
    touchpoint: Touchpoint | None = selected(
        OfItself(touchpoints), description="Null if the item was rejected."
    )
    user_errors: list[RecordTouchpointsError]  # type: ignore[valid-type]  # made by error_type


@strawberry.type
class RecordTouchpointsPayload:
    results: list[RecordTouchpointResult] = _results()
    user_errors: list[RecordTouchpointsError] = strawberry.field(  # type: ignore[valid-type]  # made by error_type
        resolver=lambda root: root[ERRORS],
        graphql_type=list[RecordTouchpointsError],  # type: ignore[valid-type]  # made by error_type
        description="Why nothing was recorded at all; empty where items were looked at.",
    )


carrying(RecordTouchpointResult)
carrying(RecordTouchpointsPayload)
