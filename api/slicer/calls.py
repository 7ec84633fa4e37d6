"""Calls of the Slicer's endpoints, as the cube `usage` shows them: sales/aggregate, or cubes."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from api.backend import Backend
from domain.usage.model import CallKind
from olap.vocabulary import models

OF_CUBE = re.compile(r"/cube/\{cube\}/(\w+)")

Endpoint = Callable[[Request], Awaitable[Response]]


def counted(endpoint: Endpoint, path: str) -> Endpoint:
    """The endpoint at this path, whose answers to known callers are counted. It tells `request.state.actor`."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        began = perf_counter()
        response = await endpoint(request)
        actor = getattr(request.state, "actor", None)
        if actor is not None:
            backend: Backend = request.app.state.backend
            backend.usage.count(
                actor,
                (CallKind.CUBE, (_operation(request, path),)),
                failed=response.status_code >= 400,
                seconds=perf_counter() - began,
            )
        return response

    return answer


def _operation(request: Request, path: str) -> str:
    """The cube is named if there is one of that name: callers make up no operations."""
    found = OF_CUBE.match(path)
    if found is None:
        return path.removeprefix("/")
    cube = request.path_params["cube"]
    return f"{cube}/{found[1]}" if cube in models() else found[1]
