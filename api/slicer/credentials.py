"""Who asks, in the ways that clients of the Slicer know: a bearer token, Basic, or `api_key` in the address.

An identity is never believed without its secret: Basic carries the two parts of a machine key, id and secret. What
stands in an address ends in logs and histories, so `api_key` is taken only where the settings say so, and only from
this machine.
"""

import base64
import binascii

from starlette.requests import Request

from api.auth import from_here
from api.errors import Unauthenticated
from domain.keys import secret
from domain.messages import say


def authorization(request: Request) -> str:
    """The header that the proof of tokens reads. Raises Unauthenticated."""
    given: str = request.headers.get("authorization", "")
    scheme, _, told = given.partition(" ")
    if scheme.lower() == "basic":
        return f"Bearer {_key(told.strip())}"
    parameter = request.query_params.get("api_key")
    if given or parameter is None:
        return given
    names = [name for name, _ in request.headers.raw]
    if request.app.state.backend.settings.api_key_parameter and from_here(names, request.scope.get("client")):
        return f"Bearer {parameter}"
    raise Unauthenticated(
        say("api_key is not taken here: what stands in an address is logged; send Authorization")
    )


def _key(told: str) -> str:
    """The machine key whose id is the user's name and whose secret is the password."""
    try:
        name, _, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name = password = ""
    if not name or not password:
        raise Unauthenticated(
            say("Basic carries the id of a machine key as user name and its secret as password")
        )
    return secret.text_of(name.removeprefix(secret.PREFIX), password)
