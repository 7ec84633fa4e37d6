"""The kinds of tokens that cost most to refuse: by their length, by how they nest, by the signature that is checked."""

import base64
import json
from collections.abc import Callable
from typing import Any

SIGNATURE = base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _json(value: Any) -> str:
    return _part(json.dumps(value).encode())


def _of(good: str) -> tuple[str, str]:
    header, claims, _ = good.split(".")
    return header, claims


TOKENS: dict[str, Callable[[str], str]] = {
    "token: another signature": lambda good: ".".join((*_of(good), SIGNATURE)),
    "token: header nests 5,000 deep": lambda good: f"{_part(b'[' * 5_000)}.{_of(good)[1]}.{SIGNATURE}",
    "token: claims nest 5,000 deep": lambda good: f"{_of(good)[0]}.{_part(b'[' * 5_000)}.{SIGNATURE}",
    "token: claims of 100 kB": lambda good: f"{_of(good)[0]}.{_json({'sub': 'x' * 100_000})}.{SIGNATURE}",
    "token: 10,000 algorithms": lambda good: (
        f"{_json({'alg': ['RS256'] * 10_000})}.{_of(good)[1]}.{SIGNATURE}"
    ),
    "token: 20,000 parts": lambda good: "." * 20_000,
}
"""Each made of a good one."""
