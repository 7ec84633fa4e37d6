"""Subscriptions over WebSocket in the protocol graphql-transport-ws, and no other.

Source: the protocol's text (enisdenjo/graphql-ws, PROTOCOL.md): messages, and the codes a connection is closed with.
A bad or missing token closes with 4403, which clients take as leave to try again with another; so does one that
expires later. The token comes in `connection_init`'s payload ({"Authorization": "Bearer ..."}) or in the header.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from api.auth import from_here
from api.backend import Backend
from api.errors import ApiError, BadRequest, told
from api.graphql import languages, sizes
from api.graphql.requests import LARGEST_BODY, asking, parsed
from api.graphql.subscriptions.asks import Asks
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.ending import SEND_SECONDS, Abandoned, first_end
from api.graphql.subscriptions.hub import too_slow
from api.graphql.subscriptions.operations import Operations
from api.graphql.subscriptions.places import Place
from domain.messages import say
from domain.messages import told as in_language

PROTOCOL = "graphql-transport-ws"

INIT_SECONDS = 10.0
PING_SECONDS = 20.0
"""How often a client is asked for a sign of life; one that gives none until the next time is given up."""

TRY_AGAIN_LATER = 1013
"""Clients come again by themselves, after a while (RFC 6455's registry of codes)."""

LONGEST_REASON = 120
"""A close frame holds 123 bytes of reason."""


class Closed(Exception):
    """The connection is closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Sockets:
    """The ASGI application of WebSocket connections at /graphql."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        backend: Backend = scope["app"].state.backend
        socket = Socket(backend, scope, receive, send, Operations(self._asks))
        try:
            place = backend.places.take()
        except ApiError as full:
            await socket.refuse(Closed(TRY_AGAIN_LATER, full.message))
            return
        try:
            await socket.run(place)
        finally:
            place.leave()


@dataclass
class Socket:
    """One connection."""

    backend: Backend
    scope: Scope
    receive: Receive
    send: Send
    operations: Operations
    caller: Caller | None = None
    alive: bool = True
    _place: Place | None = None
    _greeted: bool = False
    _initialised: asyncio.Event = field(default_factory=asyncio.Event)
    _given_up: asyncio.Event = field(default_factory=asyncio.Event)
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refuse(self, closed: Closed) -> None:
        """The connection has been opened and closed again: a browser is shown no status, but this code and reason."""
        await self._open()
        await self._close(closed.code, in_language(closed.reason, self.language))

    async def run(self, place: Place) -> None:
        """The connection has been served until its end."""
        self._place = place
        offered = await self._open()
        try:
            if not offered:
                raise Closed(4406, "Subprotocol not acceptable")
            await first_end(
                self._listen(),
                self._greeting(),
                self._pinging(),
                self._watching(),
                self._giving_up(),
                self._stopping(),
            )
        except Abandoned:
            pass
        except Closed as closed:
            await self._close(closed.code, in_language(closed.reason, self.language))
        except Exception as error:  # noqa: BLE001  # the edge: a fault is logged and only its id shown
            await self._close(4500, str(told(error).extensions.get("errorId", "")))
        finally:
            await self.operations.stop()

    async def _open(self) -> bool:
        """The connection is open; whether in our protocol."""
        await self.receive()  # websocket.connect
        offered = PROTOCOL in self.scope["subprotocols"]
        await self.send({"type": "websocket.accept", "subprotocol": PROTOCOL if offered else None})
        return offered

    @property
    def language(self) -> str:
        return languages.preferred(self._header(b"accept-language"))

    def _header(self, name: bytes) -> str:
        return str(dict(self.scope["headers"]).get(name, b"").decode("latin-1"))

    async def tell(self, text: str) -> None:
        """The message, as JSON, is on its way. Raises Abandoned when the client takes nothing for ten seconds."""
        async with self._sending:
            if self._given_up.is_set():
                raise Abandoned
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self.send({"type": "websocket.send", "text": text})
            except TimeoutError:
                self._given_up.set()
                raise Abandoned from None
            except (OSError, RuntimeError):
                raise Abandoned from None

    async def _tell(self, type_: str, payload: dict[str, Any] | None = None) -> None:
        await self.tell(json.dumps({"type": type_} | ({} if payload is None else {"payload": payload})))

    async def _listen(self) -> None:
        while True:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                raise Abandoned
            self.alive = True
            text = message.get("text")
            if text is None:
                raise Closed(4400, say("messages are JSON text"))
            await self._take(_read(text))

    async def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._greet(_payload(message))
            case "ping":
                payload = _payload(message)
                await self._tell("pong", payload)
            case "pong":
                _payload(message)
            case "subscribe":
                await self._subscribe(_id(message), message.get("payload"))
            case "complete":
                await self.operations.complete(_id(message))
            case unknown:
                raise Closed(4400, say("unknown message type {given}", given=repr(unknown)[:40]))

    async def _greet(self, payload: dict[str, Any] | None) -> None:
        if self._greeted:
            raise Closed(4429, "Too many initialisation requests")
        self._greeted = True
        named = {str(name).lower(): value for name, value in (payload or {}).items()}
        given = named.get("authorization", self._header(b"authorization"))
        names = [name for name, _ in self.scope["headers"]]
        try:
            self.caller = await Caller.proved(
                self.backend, str(given), lambda: from_here(names, self.scope.get("client")), self.language
            )
        except ApiError as error:
            raise Closed(4403, error.message) from None
        self._take_place(self.caller.call.actor.client)
        self._initialised.set()
        await self._tell("connection_ack")

    def _take_place(self, client: str) -> None:
        assert self._place is not None, "who runs has a place"
        try:
            self._place.belongs_to(client)
        except ApiError as error:
            raise Closed(TRY_AGAIN_LATER, error.message) from None

    async def _subscribe(self, id_: str, payload: Any) -> None:
        if self.caller is None:
            raise Closed(4401, "Unauthorized")
        if not isinstance(payload, dict):
            raise Closed(4400, say("the payload of {type} must be an object", type="subscribe"))
        if id_ in self.operations:
            raise Closed(4409, f"Subscriber for {id_} already exists")
        try:
            asked = asking(payload)
        except BadRequest as error:
            raise Closed(4400, error.message) from None
        self.operations.begin(id_, asked, self.caller, self)

    async def _greeting(self) -> None:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                await self._initialised.wait()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        await asyncio.Event().wait()

    async def _pinging(self) -> None:
        await self._initialised.wait()
        while True:
            await asyncio.sleep(PING_SECONDS)
            if not self.alive:
                raise Closed(1001, say("no sign of life"))
            self.alive = False
            await self._tell("ping")

    async def _watching(self) -> None:
        await self._initialised.wait()
        assert self.caller is not None
        try:
            await self.caller.watched()
        except ApiError as error:
            raise Closed(4403, error.message) from None

    async def _giving_up(self) -> None:
        await self._given_up.wait()
        raise Closed(TRY_AGAIN_LATER, too_slow().message)

    async def _stopping(self) -> None:
        await self.backend.hub.closing.wait()
        raise Closed(1012, "Service restart")

    async def _close(self, code: int, reason: str) -> None:
        cut = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.send({"type": "websocket.close", "code": code, "reason": cut})
        except (TimeoutError, OSError, RuntimeError):
            return


def _read(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_BODY:
        raise Closed(4400, say("a message is at most {most} characters long", most=LARGEST_BODY))
    try:
        body = text.encode()
        sizes.check_body(body)
        message = parsed(body, say("the message"))
    except BadRequest as error:
        raise Closed(4400, error.message) from None
    except UnicodeEncodeError:
        raise Closed(4400, say("the message holds half of a surrogate pair")) from None
    if not isinstance(message, dict):
        raise Closed(4400, say("a message is a JSON object"))
    return message


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Closed(4400, say("the payload of {type} must be an object", type=message["type"]))
    return payload


def _id(message: dict[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not found or len(found) > 255:
        raise Closed(4400, say("{type} needs an id, text of 1 to 255 characters", type=message["type"]))
    return found
