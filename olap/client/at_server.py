"""Questions answered at a server, over the Slicer HTTP API, with Arrow for tables."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from olap.client.sources import complete
from olap.client.told import Progress, read, silent
from olap.client.words import Words
from olap.errors import CubeError, RequestError
from olap.request import ONCE, Paging, Texts

TIMEOUT = 120.0
"""Seconds until a silent server is given up."""


class ServerSource:
    """At a server, over the Slicer HTTP API, with Arrow for tables."""

    def __init__(
        self,
        name: str,
        url: str,
        token: str | None,
        language: str,
        *,
        at_least: str | None = None,
        progress: Progress = silent,
    ) -> None:
        if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
            raise RequestError(f"a server's url starts with http:// or https://, not {url!r}")
        base = url.rstrip("/").removesuffix("/slicer")
        self._base = f"{base}/slicer/cube/{urllib.parse.quote(name, safe='')}"
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if at_least is not None:
            self._headers["X-Dangol-At-Least"] = at_least
        self.language = language
        self._given = name, url, token, language
        self._progress = progress

    @cached_property
    def words(self) -> Words:
        body, _ = self._get("model", [])
        return Words(json.loads(body))

    def holding(self, token: str) -> "ServerSource":
        """The same server, whose answers hold a write."""
        name, url, credential, language = self._given
        return ServerSource(name, url, credential, language, at_least=token, progress=self._progress)

    def aggregate(self, texts: Texts, paging: Paging) -> pa.Table:
        return self._table("aggregate", texts, paging)

    def summary(self, texts: Texts) -> dict[str, Any]:
        body, _ = self._get("aggregate", _parameters(texts, Paging()))
        given: dict[str, Any] = json.loads(body, parse_float=Decimal)["summary"]
        double = self.words.is_double
        return {name: float(v) if double(name) and v is not None else v for name, v in given.items()}

    def explain(self, texts: Texts, paging: Paging) -> dict[str, Any]:
        body, _ = self._get("aggregate", [*_parameters(texts, paging), ("explain", "yes")])
        told: dict[str, Any] = json.loads(body)["explain"]
        return told

    def members(self, dimension: str, hierarchy: str, level: str, texts: Texts, paging: Paging) -> pa.Table:
        named = [("hierarchy", hierarchy), ("level", level)]
        return self._table(f"members/{urllib.parse.quote(dimension, safe='')}", texts, paging, named)

    def facts(self, texts: Texts, paging: Paging) -> pa.Table:
        return self._table("facts", texts, paging)

    def _table(
        self, action: str, texts: Texts, paging: Paging, more: Sequence[tuple[str, str]] = ()
    ) -> pa.Table:
        body, cut_short = self._get(action, [*_parameters(texts, paging), *more, ("format", "arrow")])
        with pa.ipc.open_stream(body) as reader:
            return complete(reader.read_all(), cut_short=cut_short)

    def _get(self, action: str, parameters: list[tuple[str, str]]) -> tuple[bytes, bool]:
        """The body, and whether the server says that it cut the answer short. Raises RequestError, CubeError."""
        query = urllib.parse.urlencode([*parameters, ("lang", self.language)])
        request = urllib.request.Request(f"{self._base}/{action}?{query}", headers=self._headers)  # noqa: S310 (http only)
        try:
            self._progress(0, None)
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 (http only, see above)
                length = answer.headers.get("Content-Length")
                body = read(answer, None if length is None else int(length), self._progress)
                return body, "X-Dangol-Record-Limit" in answer.headers
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code, error.read()) from None
        except (OSError, http.client.HTTPException) as error:
            raise CubeError(f"no answer from {self._base}: {error}") from None


def _refused(status: int, body: bytes) -> CubeError:
    """What the server said."""
    try:
        said = json.loads(body)
        message = said.get("message") or said["error"]["message"]
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"the server answered {status}"
    return RequestError(message) if 400 <= status < 500 else CubeError(message)


def _parameters(texts: Texts, paging: Paging) -> list[tuple[str, str]]:
    named = {
        "cut": texts.cut,
        "drilldown": texts.drilldown,
        "split": texts.split,
        "aggregates": texts.aggregates,
        "order": texts.order,
        "fields": texts.fields,
        "having": texts.having,
    }
    pairs = [(name, text) for name, given in named.items() for text in given]
    pairs += [(name, text) for name in ONCE if (text := getattr(texts, name))]
    if texts.nulls:
        pairs.append(("nulls", "include"))
    if paging.asked:
        pairs += [("page", str(paging.number)), ("pagesize", str(paging.size))]
    return pairs
