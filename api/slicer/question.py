"""A request to the cube as far as every endpoint needs it: who asks, in which language, which cube, which page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import anyio.to_thread
from starlette.requests import Request

from api.slicer.access import row_filter_of
from api.slicer.errors import BadParameter
from olap.ask import OpenCube
from olap.plan import RowFilter
from olap.request import Paging, Texts
from olap.vocabulary import CubeModel, language_of, model_of

T = TypeVar("T")

NUMBER = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True)
class Question:
    """Who asks what of which cube. `now` is in the business zone: relative times are its days."""

    request: Request
    model: CubeModel
    language: str
    row_filter: RowFilter
    store: OpenCube
    now: datetime

    @property
    def cube(self) -> Any:
        """The cube's words in the asked language."""
        return self.model.cube(self.language)

    def one(self, name: str) -> str | None:
        """A parameter's text, None where it is absent or empty."""
        return self.request.query_params.get(name) or None

    def paging(self, *, ceiling: int) -> Paging:
        """`page` and `pagesize` (or `page_size`). Raises BadParameter."""
        size = _number(self, "pagesize")
        return Paging(
            number=_number(self, "page"),
            size=_number(self, "page_size") if size is None else size,
            ceiling=ceiling,
        )

    def texts(self) -> Texts:
        """Every parameter that names parts of the cube. Raises BadParameter."""
        given = self.request.query_params.getlist
        return Texts(
            cut=given("cut"),
            drilldown=given("drilldown"),
            split=given("split"),
            aggregates=given("aggregates"),
            order=given("order"),
            fields=given("fields"),
            nulls=_nulls(self.one("nulls")),
        )

    async def ask(self, work: Callable[[], T]) -> T:
        """What the work gives; it runs in a thread, for engines have no async."""
        return await anyio.to_thread.run_sync(work)


async def row_filter(request: Request) -> RowFilter:
    """What the caller may see. Raises Unauthenticated and Forbidden."""
    return row_filter_of(await request.app.state.backend.auth.actor(request))


async def question(request: Request) -> Question:
    """The question a request asks. Raises Unauthenticated, Forbidden, RequestError, UnknownObject."""
    visible = await row_filter(request)
    store: OpenCube = request.app.state.backend.cube
    return Question(
        request=request,
        model=model_of(request.path_params["cube"]),
        language=language_of(request.query_params.get("lang")),
        row_filter=visible,
        store=store,
        now=datetime.now(ZoneInfo(store.time_zone)),
    )


def _number(asked: Question, name: str) -> int | None:
    text = asked.one(name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        raise BadParameter(f"{name} should be a whole number: {text[:40]!r}")
    return int(text)


def _nulls(text: str | None) -> bool:
    if text not in {None, "include", "exclude"}:
        raise BadParameter(f"unknown nulls {text[:40] if text else text!r}; known: include, exclude")
    return text == "include"
