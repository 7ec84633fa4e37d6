"""What became of each contact that was to be recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.info import Info

from api.graphql.fields import SelectedField, selected
from api.graphql.planning.readings import OfEachWritten, OfItself
from api.graphql.touchpoints.inputs import TouchpointInput
from api.graphql.touchpoints.types import Touchpoint
from api.graphql.writes import ALWAYS, ERRORS, Payload, carrying, error_type, user_error
from domain.errors import DomainError
from domain.touchpoints.commands import Recorded, RecordStatus
from domain.touchpoints.errors import TouchpointDiffers
from domain.touchpoints.queries import touchpoints

CODES: Mapping[str, type[DomainError]] = {"TOUCHPOINT_DIFFERS": TouchpointDiffers, **ALWAYS}
RecordTouchpointsError = error_type("RecordTouchpoints", CODES)

RESULTS = "__results__"
"""Where the payload holds what became of the items; no response key can be this."""

strawberry.enum(RecordStatus, description="What became of one item: REJECTED says why in its userErrors.")


@dataclass(frozen=True)
class Result:
    """What became of one item. `asked` is what is asked of its touchpoint, by response key."""

    index: int
    source_system: str
    source_id: str
    recorded: Recorded
    asked: Mapping[str, Any]

    @property
    def status(self) -> RecordStatus:
        return self.recorded.status

    @property
    def user_errors(self) -> list[Any]:
        error = self.recorded.error
        return [] if error is None else [told(error, "items", self.index)]

    def __getitem__(self, key: str) -> Any:
        return self.asked.get(key)


class ResultsField(SelectedField):
    """The results of all items, each with what the selection read of its touchpoint."""

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        read = iter(source[info.path.key] or ())
        return [
            Result(
                index,
                item.source_system,
                item.source_id,
                recorded,
                {} if recorded.key is None else next(read),
            )
            for index, (item, recorded) in enumerate(source[RESULTS])
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


def told(refused: DomainError, *place: str | int) -> Any:
    """The refusal as a user error whose path begins at this place of the input."""
    return user_error(refused, CODES, RecordTouchpointsError, *place)


def payload(
    read: Mapping[str, Any], results: Sequence[tuple[TouchpointInput, Recorded]], *refusals: DomainError
) -> Payload:
    """The payload: what became of the items, or why none was looked at. `read` is its statement's answer."""
    return Payload(read, **{ERRORS: [told(each) for each in refusals], RESULTS: results})
