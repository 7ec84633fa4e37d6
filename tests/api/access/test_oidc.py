"""People with tokens of an issuer: who they are here, and what becomes of them when the issuer changes or is away."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.oidc.issuers import Issuer as Settings
from api.oidc.keys import FRESH_SECONDS, PAUSE_SECONDS, Key, Keys, NoKeys, usable
from api.oidc.people import People
from domain.roles import Role
from tests.api.access.conftest import Who, answering, settings_of
from tests.api.access.issuer import AUDIENCE, EC, ED, OTHER_RSA, RSA, Issuer
from tests.api.served import Connections


async def said(response: httpx.Response) -> tuple[str, str]:
    """The code and the message of a refusal."""
    [error] = response.json()["errors"]
    return error["extensions"]["code"], error["message"]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class TestPeople:
    @pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RS256", "ES256", "EdDSA"])
    async def test_a_user_is_found_by_his_subject_with_role_and_scope_of_our_table(
        self, who: Who, issuer: Issuer, key: Key
    ) -> None:
        response = await who(issuer.token(key))

        assert response.json()["data"]["viewer"] == {
            "subject": "kim",
            "role": "AGENT",
            "scope": "OWN",
            "user": {"name": "김상담"},
        }

    async def test_the_older_name_of_the_algorithm_is_accepted(self, who: Who, issuer: Issuer) -> None:
        token = issuer.token(ED)
        plain = _signed_as(token, "EdDSA", ED)

        assert (await who(plain)).status_code == 200

    async def test_without_a_scope_of_his_own_he_has_the_usual_one_of_his_role(
        self, who: Who, issuer: Issuer
    ) -> None:
        response = await who(issuer.token(sub="boss"))

        assert response.json()["data"]["viewer"]["scope"] == "ALL"

    async def test_he_sees_the_rows_of_his_branches(self, who: Who, issuer: Issuer) -> None:
        response = await who(issuer.token(sub="gn"), "{ customers(first: 9) { nodes { name } } }")

        assert response.json()["data"]["customers"]["nodes"] == [{"name": "김단골"}]

    async def test_an_unknown_subject_is_told_what_to_do(self, who: Who, issuer: Issuer) -> None:
        code, message = await said(await who(issuer.token(sub="stranger")))

        assert code == "UNAUTHENTICATED"
        assert "no user with its subject" in message
        assert "administrator" in message

    async def test_a_deactivated_user_is_refused(self, who: Who, issuer: Issuer) -> None:
        code, message = await said(await who(issuer.token(sub="old")))

        assert (code, message) == ("UNAUTHENTICATED", "this user is deactivated")

    async def test_the_audience_may_be_one_of_several(self, who: Who, issuer: Issuer) -> None:
        response = await who(issuer.token(aud=["somebody", AUDIENCE]))

        assert response.status_code == 200

    async def test_half_a_minute_of_difference_between_clocks_is_forgiven(
        self, who: Who, issuer: Issuer
    ) -> None:
        now = int(time.time())

        late = await who(issuer.token(exp=now - 20))
        early = await who(issuer.token(nbf=now + 20, iat=now + 20))

        assert (late.status_code, early.status_code) == (200, 200)

    async def test_a_token_need_not_come_from_this_machine(
        self, who: Who, issuer: Issuer, client: Any
    ) -> None:
        client.headers["x-forwarded-for"] = "203.0.113.7"

        assert (await who(issuer.token())).status_code == 200

    async def test_refusals_are_told_in_korean_to_those_who_ask_for_it(
        self, who: Who, issuer: Issuer, client: Any
    ) -> None:
        client.headers["accept-language"] = "ko"

        _, message = await said(await who(issuer.token(exp=int(time.time()) - 60)))

        assert message == "유효하지 않은 토큰입니다: 만료되었습니다"


@pytest.mark.usefixtures("database")
class TestRolesByClaim:
    async def _ask(
        self, connections: Connections, key_path: Path, issuer: Issuer, **claims: Any
    ) -> httpx.Response:
        settings = settings_of(
            issuer,
            role_claim="realm_access.roles",
            roles={"crm-admin": "ADMIN", "crm-agent": "AGENT", "crm-view": "VIEWER"},
        )
        async with answering(connections, key_path, People(settings, Keys(settings))) as client:
            return await client.post(
                "/graphql",
                json={"query": "{ viewer { role scope } }"},
                headers={
                    "authorization": f"Bearer {issuer.token(**claims)}",
                    "accept": "application/graphql-response+json",
                },
            )

    async def test_the_strongest_role_that_the_claim_maps_to_counts(
        self, connections: Connections, key_path: Path, issuer: Issuer
    ) -> None:
        roles = {"realm_access": {"roles": ["crm-view", "crm-admin", "offline"]}}

        response = await self._ask(connections, key_path, issuer, **roles)

        assert response.json()["data"]["viewer"]["role"] == Role.ADMIN

    async def test_without_a_scope_of_his_own_it_is_the_usual_one_of_the_role_he_was_given(
        self, connections: Connections, key_path: Path, issuer: Issuer
    ) -> None:
        agent = {"realm_access": {"roles": ["crm-agent"]}}

        response = await self._ask(connections, key_path, issuer, sub="boss", **agent)

        assert response.json()["data"]["viewer"] == {"role": "AGENT", "scope": "OWN"}

    async def test_a_scope_of_his_own_holds_whatever_his_role(
        self, connections: Connections, key_path: Path, issuer: Issuer
    ) -> None:
        admin = {"realm_access": {"roles": ["crm-admin"]}}

        response = await self._ask(connections, key_path, issuer, sub="gn", **admin)

        assert response.json()["data"]["viewer"] == {"role": "ADMIN", "scope": "BRANCH"}

    @pytest.mark.parametrize("roles", [{}, {"realm_access": {"roles": ["x"]}}, {"realm_access": "crm-admin"}])
    async def test_a_claim_that_gives_no_role_is_refused_and_says_so(
        self, connections: Connections, key_path: Path, issuer: Issuer, roles: dict[str, Any]
    ) -> None:
        code, message = await said(await self._ask(connections, key_path, issuer, **roles))

        assert code == "UNAUTHENTICATED"
        assert "gives no role here" in message


class TestKeys:
    def keys(self, issuer: Issuer) -> tuple[Keys, Clock]:
        clock = Clock()
        return Keys(settings_of(issuer), clock=clock), clock

    async def test_they_are_fetched_once(self, issuer: Issuer) -> None:
        keys, _ = self.keys(issuer)

        for _ in range(3):
            assert await keys.find("rsa-1", "RS256") is not None

        assert issuer.asked == 1

    async def test_a_new_key_is_found_and_made_up_names_do_not_ask_without_end(self, issuer: Issuer) -> None:
        keys, clock = self.keys(issuer)
        await keys.find("rsa-1", "RS256")
        issuer.keys.append(OTHER_RSA)

        at_once = await keys.find("rsa-2", "RS256")
        clock.now += PAUSE_SECONDS
        for number in range(20):
            assert await keys.find(f"made-up-{number}", "RS256") is None
        later = await keys.find("rsa-2", "RS256")

        assert (at_once, later is not None) == (None, True)
        assert issuer.asked == 2

    async def test_old_keys_are_fetched_again_without_waiting_for_them(self, issuer: Issuer) -> None:
        keys, clock = self.keys(issuer)
        await keys.find("rsa-1", "RS256")
        clock.now += FRESH_SECONDS + 1

        assert await keys.find("rsa-1", "RS256") is not None
        assert keys._refreshing is not None
        await keys._refreshing

        assert issuer.asked == 2

    async def test_known_keys_stay_while_the_issuer_is_away(self, issuer: Issuer) -> None:
        keys, clock = self.keys(issuer)
        await keys.find("rsa-1", "RS256")
        issuer.down = True
        clock.now += FRESH_SECONDS + 1

        await keys._refresh()

        assert await keys.find("rsa-1", "RS256") is not None

    async def test_a_key_that_the_issuer_took_back_is_forgotten(self, issuer: Issuer) -> None:
        keys, clock = self.keys(issuer)
        await keys.find("rsa-1", "RS256")
        issuer.keys.remove(RSA)
        clock.now += FRESH_SECONDS + 1

        await keys._refresh()

        assert await keys.find("rsa-1", "RS256") is None

    async def test_without_any_key_nobody_can_say_who_asks(self, issuer: Issuer, who: Who) -> None:
        issuer.down = True
        keys, _ = self.keys(issuer)

        with pytest.raises(NoKeys):
            await keys.find("rsa-1", "RS256")
        response = await who(issuer.token())

        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert (await said(response))[0] == "BUSY"

    async def test_a_discovery_document_of_somebody_else_is_not_believed(self, issuer: Issuer) -> None:
        settings = Settings(issuer=issuer.url + "/", audience=AUDIENCE)

        with pytest.raises(NoKeys):
            await Keys(settings).find("rsa-1", "RS256")

    async def test_a_file_of_keys_needs_no_issuer(self, issuer: Issuer, tmp_path: Path) -> None:
        path = tmp_path / "keys.json"
        path.write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
        keys = Keys(settings_of(issuer, jwks_file=path))

        assert await keys.find("rsa-1", "RS256") is not None
        assert issuer.asked == 0

    @pytest.mark.parametrize(
        "answer",
        [[], {}, {"keys": 7}, {"keys": []}, {"keys": [7, {"kty": "oct", "k": "c2VjcmV0"}]}],
        ids=["list", "empty", "number", "none", "secret"],
    )
    def test_what_is_no_set_of_usable_keys_is_not_taken(self, answer: Any) -> None:
        with pytest.raises(ValueError):
            usable(answer)

    def test_secrets_short_keys_and_keys_for_other_uses_are_left_out(self) -> None:
        public = RSA.as_dict(private=False)
        short = {**public, "kid": "short", "n": str(public["n"])[:100]}
        secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"}
        other_use = {**public, "kid": "enc", "use": "enc"}
        other_curve = {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "curve"}

        found = usable({"keys": [short, secret, other_use, other_curve, public]})

        assert list(found) == ["rsa-1"]


def _signed_as(token: str, algorithm: str, key: Any) -> str:
    """The same claims under another name of the algorithm."""
    head = (
        base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": key.kid}).encode())
        .rstrip(b"=")
        .decode()
    )
    text = f"{head}.{token.split('.')[1]}"
    signature = key.get_op_key("sign").sign(text.encode())
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
