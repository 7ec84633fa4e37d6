"""A small OpenID Connect issuer on loopback: discovery, keys and tokens, and every way in which it may fail."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn import Config, Server

AUDIENCE = "dangol-test"

Key = RSAKey | ECKey | OKPKey

RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
OTHER_RSA = RSAKey.generate_key(2048, {"kid": "rsa-2"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})


@dataclass
class Issuer:
    """What it serves now. `asked` counts the requests for its keys."""

    url: str
    keys: list[Key] = field(default_factory=lambda: [RSA, EC, ED])
    down: bool = False
    says: Any = None
    asked: int = 0

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Good claims, with these changes; None takes a claim away."""
        now = int(time.time())
        standard = {"iss": self.url, "aud": AUDIENCE, "sub": "kim", "iat": now, "exp": now + 600}
        return {name: value for name, value in (standard | changed).items() if value is not None}

    def token(self, key: Key = RSA, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A token signed by the key, with its id in the header."""
        algorithm = {RSAKey: "RS256", ECKey: "ES256", OKPKey: "Ed25519"}[type(key)]
        head = {"alg": algorithm, "kid": key.kid, **(header or {})}
        return jwt.encode(head, self.claims(**changed), key, algorithms=[algorithm])

    def app(self) -> Starlette:
        async def discovery(_: Request) -> Response:
            if self.down:
                return Response(status_code=503)
            return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

        async def keys(_: Request) -> Response:
            self.asked += 1
            if self.down:
                return Response(status_code=503)
            if self.says is not None:
                return JSONResponse(self.says)
            return JSONResponse({"keys": [{**key.as_dict(private=False), "use": "sig"} for key in self.keys]})

        return Starlette(routes=[Route("/.well-known/openid-configuration", discovery), Route("/keys", keys)])


class Standing:
    """A port that is answered by one issuer after the other: a server of each test's own costs 0.2 s, mostly waits."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._app: Starlette | None = None

    def issuer(self) -> Issuer:
        """A new issuer, which answers from now on."""
        made = Issuer(self.url)
        self._app = made.app()
        return made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)


@contextmanager
def standing() -> Iterator[Standing]:
    """The port is answered in a thread of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        made = Standing(f"http://127.0.0.1:{listening.getsockname()[1]}")
        server = Server(Config(made, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="issuer")
        thread.start()
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join()


Make = Callable[[Issuer], str]
