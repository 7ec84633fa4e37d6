"""What the server says of itself, to anybody: versions, the cubes there are, the licences of what it is made of."""

from importlib.metadata import metadata, version
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.slicer.question import row_filter
from api.slicer.render import RECORD_LIMIT, json_answer
from olap.vocabulary import VERSION, language_of, models

API_VERSION = 2


async def show_version(request: Request) -> Response:
    """The version of this server and of the API it speaks."""
    ours = version("dangol")
    return json_answer(request, {"version": ours, "server_version": ours, "api_version": API_VERSION})


async def show_info(request: Request) -> Response:
    """What this server is, and how to ask it."""
    about: dict[str, Any] = {
        "name": "dangol",
        "label": "Dangol",
        "description": metadata("dangol")["Summary"],
        "copyright": None,
        "license": "MIT; it holds the package cubes, whose notice and those of others stand under /licenses",
        "maintainer": None,
        "contributors": None,
        "visualizers": None,
        "keywords": None,
        "related": None,
    }
    zone = request.app.state.backend.cube.time_zone
    asked = {
        "json_record_limit": RECORD_LIMIT,
        "cubes_version": VERSION,
        "timezone": zone,
        "first_weekday": 0,
        "api_version": API_VERSION,
        "authentication": {"type": "bearer"},
        "licenses": "/licenses",
    }
    return json_answer(request, {**about, **asked})


async def show_cubes(request: Request) -> Response:
    """The cubes the caller may ask. Raises Unauthenticated, Forbidden, RequestError."""
    await row_filter(request)
    language = language_of(request.query_params.get("lang"))
    cubes = [model.cube(language) for model in models().values()]
    listed = [{"name": c.name, "label": c.label, "category": c.category, "info": c.info} for c in cubes]
    return json_answer(request, listed)


async def show_licenses(request: Request) -> Response:
    """The notices of the software that answers, to whoever can reach it: the licence of `cubes` demands that."""
    return PlainTextResponse((files("api.slicer") / "licenses.txt").read_text(encoding="utf-8"))
