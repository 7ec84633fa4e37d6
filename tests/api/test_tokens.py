"""Local tokens: what is signed here is read here, and nothing else is."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from api.tokens import ALGORITHM, AUDIENCE, ISSUER, BadToken, issue, read, signing_key

Make = Callable[..., str]


@pytest.fixture
def key(tmp_path: Path) -> OKPKey:
    return signing_key(tmp_path / "token.key")


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    standard = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "kim",
        "role": "ADMIN",
        "scope": "ALL",
        "branches": [],
        "iat": now,
        "exp": now + 60,
    }
    return {name: value for name, value in (standard | changed).items() if value is not None}


def unsigned(header: dict[str, Any], body: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(body)}."


class TestKey:
    def test_it_is_made_once_and_readable_by_its_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "token.key"

        first, second = signing_key(path), signing_key(path)

        assert first.as_pem(private=True) == second.as_pem(private=True)
        assert path.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in path.parent.iterdir()] == ["token.key"]


class TestRead:
    def test_what_was_issued_is_read(self, key: OKPKey) -> None:
        token = issue(key, subject="kim", role="AGENT", scope="BRANCH", branches=("B01",), hours=1)

        said = read(key, token)

        assert (said.subject, said.role, said.scope, said.branches) == ("kim", "AGENT", "BRANCH", ("B01",))
        assert 3590 < said.expires_at - time.time() <= 3600

    @pytest.mark.parametrize(
        "changed",
        [
            {"exp": int(time.time()) - 31},
            {"exp": None},
            {"exp": "soon"},
            {"iss": "somebody"},
            {"iss": None},
            {"aud": "another"},
            {"aud": None},
            {"sub": None},
            {"sub": 7},
            {"role": None},
            {"role": ["ADMIN"]},
            {"scope": None},
            {"branches": "B01"},
            {"branches": [1]},
            {"nbf": int(time.time()) + 3600},
        ],
        ids=lambda changed: str(*changed),
    )
    def test_a_wrong_claim_is_refused(self, key: OKPKey, changed: dict[str, Any]) -> None:
        token = jwt.encode({"alg": ALGORITHM}, claims(**changed), key, algorithms=[ALGORITHM])

        with pytest.raises(BadToken):
            read(key, token)

    def test_another_key_is_refused(self, key: OKPKey, tmp_path: Path) -> None:
        other = signing_key(tmp_path / "other.key")
        token = jwt.encode({"alg": ALGORITHM}, claims(), other, algorithms=[ALGORITHM])

        with pytest.raises(BadToken):
            read(key, token)

    def test_the_public_key_as_a_shared_secret_is_refused(self, key: OKPKey) -> None:
        body = unsigned({"alg": "HS256"}, claims()).rstrip(".")
        mac = hmac.digest(key.as_pem(private=False), body.encode(), "sha256")
        token = f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

        with pytest.raises(BadToken):
            read(key, token)

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "EdDSA", "RS256", ""])
    def test_no_signature_is_refused(self, key: OKPKey, algorithm: str) -> None:
        with pytest.raises(BadToken):
            read(key, unsigned({"alg": algorithm}, claims()))

    def test_every_flipped_byte_is_refused(self, key: OKPKey) -> None:
        token = issue(key, subject="kim", role="ADMIN", scope="ALL", branches=(), hours=1)
        body = token.index(".") + 1

        for place in range(body, token.rindex(".")):
            flipped = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            with pytest.raises(BadToken):
                read(key, flipped)

    @pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "ey", "한글.토큰.값", "\x00", "a" * 10_000])
    def test_what_is_not_a_token_is_refused(self, key: OKPKey, text: str) -> None:
        with pytest.raises(BadToken):
            read(key, text)
