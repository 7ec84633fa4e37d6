"""/: where things are, for whoever opens the address in a browser."""

from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ADDRESSES = {
    "graphql": "/graphql",
    "cube": "/slicer/cubes",
    "licenses": "/licenses",
    "health": ["/livez", "/readyz"],
    "metrics": "/metrics",
}


async def welcome(_: Request) -> JSONResponse:
    """The addresses; data routes need a bearer token."""
    return JSONResponse({"name": "dangol", "version": version("dangol"), **ADDRESSES})


routes = [Route("/", welcome)]
