"""What the server says of itself, to anybody: versions, the cubes there are, the licences of what it is made of."""

from importlib.metadata import metadata, version
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from api.slicer.known import said
from api.slicer.question import row_filter
from api.slicer.render import RECORD_LIMIT, json_answer
from olap.vocabulary import VERSION, language_of, models

API_VERSION = 2

INDEX = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Dangol: OLAP server</title></head>
<body>
<h1>Dangol: OLAP server</h1>
<p>Version {version}. It speaks the HTTP API of Slicer {slicer}, and asks who asks.</p>
<ul>
<li><a href="info">what this server is</a></li>
<li><a href="cubes">its cubes</a></li>
<li><a href="licenses">whose software it is made of</a></li>
</ul>
</body>
</html>
"""
"""Links are relative: the server may stand behind any prefix."""


async def show_index(request: Request) -> Response:
    """A page for who opens the address in a browser."""
    return HTMLResponse(INDEX.format(version=version("dangol"), slicer=VERSION))


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
    language = language_of(said(request, "lang"))
    cubes = [model.cube(language) for model in models().values()]
    listed = [{"name": c.name, "label": c.label, "category": c.category, "info": c.info} for c in cubes]
    return json_answer(request, listed)


async def show_licenses(request: Request) -> Response:
    """The notices of the software that answers, to whoever can reach it: the licence of `cubes` demands that."""
    return PlainTextResponse((files("api.slicer") / "licenses.txt").read_text(encoding="utf-8"))
