"""A small OpenID Connect issuer on loopback: discovery, keys and tokens, and every way in which it may fail."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
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


@contextlib.asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer that answers on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Issuer(f"http://127.0.0.1:{port}")
    async with serving(made.app(), port):
        yield made


@contextlib.asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[None]:
    """The application answers on the port."""
    server = Server(Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())
    try:
        await _until(port)
        yield
    finally:
        server.should_exit = True
        await task


async def _until(port: int) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                await client.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
                return
            await asyncio.sleep(0.02)
    raise AssertionError("the issuer does not answer")


Make = Callable[[Issuer], str]
