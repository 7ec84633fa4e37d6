"""Forged, altered and misused tokens and keys: each is refused, and the refusal shows nothing."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from domain.keys import secret
from tests.api.access.conftest import Rows, Who
from tests.api.access.issuer import EC, ED, OTHER_RSA, RSA, Issuer

DOCUMENT = "{ viewer { subject } customers(first: 9) { nodes { name contactPoints { value } } } }"
CANARIES = ("김단골", "example.com", "kim")


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def part(value: Any) -> str:
    return b64(json.dumps(value).encode())


def rs256(text: str, key: RSAKey = RSA) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    private: Any = key.get_op_key("sign")
    return f"{text}.{b64(private.sign(text.encode(), PKCS1v15(), SHA256()))}"


def with_header(issuer: Issuer, header: Any, *, key: RSAKey = RSA, **claims: Any) -> str:
    """A token whose signature by the key is right, whatever its header says."""
    return rs256(f"{part(header)}.{part(issuer.claims(**claims))}", key)


def hs256(issuer: Issuer, shared: bytes, **header: Any) -> str:
    """A token whose secret is something that everybody knows."""
    text = f"{part({'alg': 'HS256', 'kid': 'rsa-1', **header})}.{part(issuer.claims())}"
    return f"{text}.{b64(hmac.digest(shared, text.encode(), 'sha256'))}"


def flipped(issuer: Issuer, segment: int) -> str:
    parts = issuer.token().split(".")
    middle = len(parts[segment]) // 2
    other = "A" if parts[segment][middle] != "A" else "B"
    parts[segment] = parts[segment][:middle] + other + parts[segment][middle + 1 :]
    return ".".join(parts)


def other_claims(issuer: Issuer) -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = issuer.token().split(".")
    return f"{head}.{part(issuer.claims(sub='boss'))}.{signature}"


def doubled_claim(issuer: Issuer) -> str:
    """Two subjects: one for whoever reads the first, one for whoever reads the last; signed by somebody else."""
    claims = json.dumps(issuer.claims())[:-1] + ', "sub": "boss"}'
    return rs256(f"{part({'alg': 'RS256', 'kid': 'rsa-1'})}.{b64(claims.encode())}", OTHER_RSA)


def own_jwk(issuer: Issuer) -> str:
    public = OTHER_RSA.as_dict(private=False)
    return with_header(issuer, {"alg": "RS256", "kid": "rsa-1", "jwk": public}, key=OTHER_RSA)


def named(issuer: Issuer, key: RSAKey = OTHER_RSA, **header: Any) -> str:
    return with_header(issuer, {"alg": "RS256", "kid": "rsa-1", **header}, key=key)


def unsigned(issuer: Issuer, algorithm: str) -> str:
    return f"{part({'alg': algorithm, 'kid': 'rsa-1'})}.{part(issuer.claims())}."


def zero_signature(issuer: Issuer) -> str:
    """r = s = 0 proves anything to a verifier that does not look. Source: CVE-2022-21449."""
    text = f"{part({'alg': 'ES256', 'kid': 'ec-1'})}.{part(issuer.claims())}"
    return f"{text}.{b64(bytes(64))}"


def deep(issuer: Issuer) -> str:
    return f"{b64(b'[' * 5000)}.{part(issuer.claims())}.AAAA"


FORGED: dict[str, Callable[[Issuer], str]] = {
    "none": lambda issuer: unsigned(issuer, "none"),
    "None": lambda issuer: unsigned(issuer, "NoNe"),
    "no algorithm": lambda issuer: with_header(issuer, {"kid": "rsa-1"}),
    "algorithm is a list": lambda issuer: with_header(issuer, {"alg": ["RS256"], "kid": "rsa-1"}),
    "HS256 with the public key as PEM": lambda issuer: hs256(issuer, RSA.as_pem(private=False)),
    "HS256 with the public key as JWK": lambda issuer: hs256(
        issuer, json.dumps(RSA.as_dict(private=False)).encode()
    ),
    "HS256 with nothing": lambda issuer: hs256(issuer, b""),
    "RS384, which is not allowed": lambda issuer: jwt.encode(
        {"alg": "RS384", "kid": "rsa-1"}, issuer.claims(), RSA, algorithms=["RS384"]
    ),
    "PS256, which is not allowed": lambda issuer: jwt.encode(
        {"alg": "PS256", "kid": "rsa-1"}, issuer.claims(), RSA, algorithms=["PS256"]
    ),
    "the algorithm of another key": lambda issuer: with_header(issuer, {"alg": "ES256", "kid": "rsa-1"}),
    "the name of another key": lambda issuer: with_header(issuer, {"alg": "RS256", "kid": "ec-1"}),
    "no name among several keys of another": lambda issuer: with_header(
        issuer, {"alg": "RS256"}, key=OTHER_RSA
    ),
    "another key": lambda issuer: issuer.token(OTHER_RSA),
    "another key under a known name": named,
    "kid is a path": lambda issuer: named(issuer, kid="../../../../dev/null"),
    "kid is SQL": lambda issuer: named(issuer, kid="x' UNION SELECT 'key"),
    "kid is a number": lambda issuer: named(issuer, key=RSA, kid=1),
    "jku of the forger": lambda issuer: named(issuer, jku="http://127.0.0.1:9/keys"),
    "x5u of the forger": lambda issuer: named(issuer, x5u="http://127.0.0.1:9/cert"),
    "x5c of the forger": lambda issuer: named(issuer, x5c=["AAAA"]),
    "jwk of the forger": own_jwk,
    "crit": lambda issuer: named(issuer, key=RSA, crit=["exp"], exp=1),
    "crit of b64": lambda issuer: named(issuer, key=RSA, crit=["b64"], b64=False),
    "b64 without crit": lambda issuer: named(issuer, key=RSA, b64=False),
    "typ of something else": lambda issuer: named(issuer, key=RSA, typ="logout+jwt"),
    "header is a list": lambda issuer: with_header(issuer, ["alg", "RS256"]),
    "header nests": deep,
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 31),
    "expired long ago": lambda issuer: issuer.token(exp=1),
    "exp is text": lambda issuer: issuer.token(exp="tomorrow"),
    "exp is true": lambda issuer: issuer.token(exp=True),
    "no exp": lambda issuer: issuer.token(exp=None),
    "nbf to come": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "iat to come": lambda issuer: issuer.token(iat=int(time.time()) + 600),
    "no iat": lambda issuer: issuer.token(iat=None),
    "aud of somebody": lambda issuer: issuer.token(aud="somebody"),
    "aud of several others": lambda issuer: issuer.token(aud=["somebody", "dangol-test-2"]),
    "aud is an object": lambda issuer: issuer.token(aud={"dangol-test": True}),
    "aud is empty": lambda issuer: issuer.token(aud=[]),
    "no aud": lambda issuer: issuer.token(aud=None),
    "iss of somebody": lambda issuer: issuer.token(iss="https://evil.example"),
    "iss with a slash more": lambda issuer: issuer.token(iss=issuer.url + "/"),
    "iss is a list": lambda issuer: issuer.token(iss=[issuer.url]),
    "iss of this machine's own tokens": lambda issuer: issuer.token(iss="dangol-local", aud="dangol"),
    "no iss": lambda issuer: issuer.token(iss=None),
    "no sub": lambda issuer: issuer.token(sub=None),
    "sub is a number": lambda issuer: issuer.token(sub=1),
    "sub is a list": lambda issuer: issuer.token(sub=["kim"]),
    "sub is empty": lambda issuer: issuer.token(sub=""),
    "a bit of the header": lambda issuer: flipped(issuer, 0),
    "a bit of the claims": lambda issuer: flipped(issuer, 1),
    "a bit of the signature": lambda issuer: flipped(issuer, 2),
    "claims of another": other_claims,
    "two subjects": doubled_claim,
    "signature twice": lambda issuer: issuer.token() + "." + issuer.token().split(".")[2],
    "header twice": lambda issuer: issuer.token().split(".")[0] + "." + issuer.token(),
    "signature cut": lambda issuer: issuer.token()[:-4],
    "signature of zeros": zero_signature,
    "no signature": lambda issuer: issuer.token().rpartition(".")[0] + ".",
    "padded": lambda issuer: issuer.token() + "==",
    "huge": lambda issuer: issuer.token(filler="x" * 100_000),
    "five parts, as if encrypted": lambda issuer: ".".join(["AAAA"] * 5),
    "claims are no object": lambda issuer: rs256(f"{part({'alg': 'RS256', 'kid': 'rsa-1'})}.{part([1])}"),
    "claims are no JSON": lambda issuer: rs256(f"{part({'alg': 'RS256', 'kid': 'rsa-1'})}.{b64(b'kim')}"),
    "not a token": lambda _: "kim",
    "dots": lambda _: "..",
    "another curve": lambda issuer: jwt.encode(
        {"alg": "ES384", "kid": "ec-1"},
        issuer.claims(),
        ECKey.generate_key("P-384", {"kid": "ec-1"}),
        algorithms=["ES384"],
    ),
}


class TestTokens:
    @pytest.mark.parametrize("name", FORGED)
    async def test_it_is_refused_and_nothing_is_seen(self, who: Who, issuer: Issuer, name: str) -> None:
        forged = FORGED[name](issuer)

        response = await who(forged, DOCUMENT)

        assert response.status_code == 401
        assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["UNAUTHENTICATED"]
        assert "data" not in response.json()
        assert not any(canary in response.text for canary in CANARIES)
        assert forged[-40:] not in response.text

    async def test_a_good_one_is_not(self, who: Who, issuer: Issuer) -> None:
        for good in (issuer.token(), issuer.token(EC), issuer.token(ED), named(issuer, key=RSA)):
            assert (await who(good, DOCUMENT)).status_code == 200

    async def test_no_forged_token_makes_us_ask_anybody_but_the_issuer_more_than_once(
        self, who: Who, issuer: Issuer
    ) -> None:
        for name in sorted(FORGED):
            await who(FORGED[name](issuer), DOCUMENT)

        assert issuer.asked == 1

    @pytest.mark.parametrize(
        "header",
        ["", "Bearer", "Bearer ", "Basic a2ltOmtpbQ==", "Token x", "bearer\tx", "Bearer \xff"],
        ids=repr,
    )
    async def test_other_headers_are_no_proof(self, client: Any, header: str) -> None:
        response = await client.post(
            "/graphql", json={"query": DOCUMENT}, headers={"authorization": header.encode("latin-1")}
        )

        assert response.status_code == 401


PUBLIC, SECRET = "00112233aabbccdd", "5f" * 32
GOOD = secret.text_of(PUBLIC, SECRET)

KEYS = {
    "another secret": secret.text_of(PUBLIC, "5e" + "5f" * 31),
    "the hash instead of the secret": secret.text_of(PUBLIC, hashlib.sha256(SECRET.encode()).hexdigest()),
    "another id": secret.text_of("00112233aabbccde", SECRET),
    "a bit more": GOOD + "0",
    "a bit less": GOOD[:-1],
    "capitals": GOOD.upper(),
    "no secret": f"dgl_{PUBLIC}_",
    "no id": f"dgl__{SECRET}",
    "only the prefix": "dgl_",
    "a pattern": f"dgl_%_{SECRET}",
    "SQL": f"dgl_' OR true --_{SECRET}",
    "full-width digits": GOOD.replace("0", "０"),
    "a NUL": GOOD + "\0",
    "revoked": secret.text_of("1" * 16, SECRET),
    "expired": secret.text_of("2" * 16, SECRET),
    "its secret past its overlap": secret.text_of("3" * 16, SECRET),
}


@pytest.fixture
async def known(rows: Rows) -> None:
    """One good key, one revoked, one expired, and one whose only secret has had its time."""
    await rows(
        """
        INSERT INTO machine_keys (id, public_id, name, role, scope, api_scopes, expires_at, revoked_at)
        SELECT i, id, id, 'INTEGRATION', 'ALL', '{READ}', expires, revoked
        FROM (VALUES (1, $1, NULL::timestamptz, NULL::timestamptz), (2, repeat('1', 16), NULL, now()),
                     (3, repeat('2', 16), now() - interval '1 s', NULL), (4, repeat('3', 16), NULL, NULL))
             AS known (i, id, expires, revoked)
        """,
        PUBLIC,
    )
    await rows(
        "INSERT INTO machine_key_secrets (key_id, sha256, issued_at, valid_to)"
        " SELECT id, $1, now(), CASE WHEN id = 4 THEN now() - interval '1 s' END FROM machine_keys",
        hashlib.sha256(SECRET.encode()).digest(),
    )


@pytest.mark.usefixtures("known")
class TestKeys:
    @pytest.mark.parametrize("name", KEYS)
    async def test_a_forged_key_is_refused_like_an_unknown_one(
        self, who: Who, client: Any, name: str
    ) -> None:
        headers = {"authorization": f"Bearer {KEYS[name]}".encode()}
        response = await client.post("/graphql", json={"query": DOCUMENT}, headers=headers)

        [error] = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
        if KEYS[name].isascii() and "\0" not in KEYS[name]:
            assert name == "capitals" or "machine key is unknown" in error["message"]
        assert not any(canary in response.text for canary in CANARIES)

    async def test_a_good_one_is_not(self, who: Who) -> None:
        response = await who(GOOD)

        assert response.json()["data"]["viewer"] == {
            "subject": PUBLIC,
            "role": "INTEGRATION",
            "scope": "ALL",
            "user": None,
        }

    def test_every_comparison_is_made_whatever_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = secret.read(GOOD)
        assert shown is not None
        compared: list[tuple[bytes, bytes]] = []

        def counting(left: bytes, right: bytes) -> bool:
            compared.append((left, right))
            return left == right

        monkeypatch.setattr("domain.keys.secret.hmac.compare_digest", counting)

        for kept in ([], [shown.sha256], [shown.sha256, b"1" * 32], [b"1" * 32, shown.sha256]):
            compared.clear()
            assert secret.proves(shown, kept) == (shown.sha256 in kept)
            assert len(compared) == 2
