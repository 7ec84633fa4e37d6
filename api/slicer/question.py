"""A request to the cube as far as every endpoint needs it: who asks, in which language, which cube, which page."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.requests import Request

from api.asking import left
from api.at_least import HEADER, holding
from api.auth import from_here
from api.slicer.access import row_filter_of
from api.slicer.credentials import authorization
from api.slicer.errors import BadParameter
from api.slicer.known import LISTS, said
from domain.messages import say
from olap.ask import Engine
from olap.freshness import Freshness
from olap.plan import RowFilter
from olap.request import ONCE, Paging, Texts
from olap.serving.interruptible import StoppableCube
from olap.vocabulary import Cell, CubeModel, cell_text, language_of, model_of

T = TypeVar("T")

NUMBER = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True)
class Question:
    """Who asks what of which cube. `now` is in the business zone: relative times are its days."""

    request: Request
    model: CubeModel
    language: str
    row_filter: RowFilter
    store: StoppableCube
    now: datetime

    @property
    def cube(self) -> Any:
        """The cube's words in the asked language."""
        return self.model.cube(self.language)

    def one(self, name: str) -> str | None:
        """A parameter's text, None where it is absent or empty."""
        return said(self.request, name)

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
        given: dict[str, list[str]] = {}
        for name, text in self.request.query_params.multi_items():
            given.setdefault(name, []).append(text)
        told: dict[str, Any] = {name: given[name] for name in LISTS if name in given}
        told |= {name: self.one(name) for name in ONCE}
        return Texts(nulls=_nulls(self.one("nulls")), **told)

    def cell_texts(self, cell: Any) -> list[str]:
        """The cuts of a cell as they stand in a query string."""
        return [cell_text(Cell(cell.cube, [cut])) for cut in cell.cuts]

    async def freshness(self) -> Freshness:
        """How fresh the cube is now; it may have to ask its owner."""
        distant = getattr(self.store, "distant", False)
        return await asyncio.to_thread(self.store.freshness) if distant else self.store.freshness()

    async def ask(self, work: Callable[[Engine], T]) -> T:
        """What the work gives with the cube's engine; it runs in a thread, and is stopped when the client leaves."""
        asking = self.request.app.state.backend.asking
        found: T = await asking.ask(work, self.store.engine, partial(left, self.request.receive))
        return found


async def row_filter(request: Request) -> RowFilter:
    """What the caller, who is told to `request.state.actor`, may see. Raises Unauthenticated and Forbidden."""
    names = [name for name, _ in request.headers.raw]
    client = request.scope.get("client")
    auth = request.app.state.backend.auth
    actor = await auth.bearer(authorization(request), lambda: from_here(names, client))
    request.state.actor = actor
    return row_filter_of(actor)


async def question(request: Request) -> Question:
    """The question a request asks. Raises Unauthenticated, Forbidden, RequestError, UnknownObject, ApiError."""
    visible = await row_filter(request)
    model = model_of(request.path_params["cube"])
    language = language_of(said(request, "lang"))
    backend = request.app.state.backend
    token = said(request, "at_least") or request.headers.get(HEADER)
    store = await holding(token, backend.cube, backend.postgres)
    return Question(
        request=request,
        model=model,
        language=language,
        row_filter=visible,
        store=store,
        now=datetime.now(ZoneInfo(store.time_zone)),
    )


def _number(asked: Question, name: str) -> int | None:
    text = asked.one(name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        given = repr(text[:40])
        raise BadParameter(
            say("{name} should be a whole number of at most 12 digits: {text}", name=name, text=given)
        )
    return int(text)


def _nulls(text: str | None) -> bool:
    if text is not None and text not in {"include", "exclude"}:
        known = "include, exclude"
        raise BadParameter(
            say("unknown {name} {text}; known: {known}", name="nulls", text=repr(text[:40]), known=known)
        )
    return text == "include"
