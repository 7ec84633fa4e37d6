"""Machine keys: made, used, rotated and revoked; their secrets are nowhere but with their owners."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.auth import Authenticator
from api.backend import Backend
from domain.keys import secret
from domain.keys.lookup import USED_EVERY, recognise
from domain.selection import ids
from tests.api.access.conftest import Rows, Who
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import mutate, refusals

SHOWN = "machineKey { id publicId name role scope apiScopes liveSecrets lastUsedAt version revokedAt } secret"
BRANCH = ids.made("Branch", 1)


async def created(api: Api, **input: Any) -> Any:
    payload = await mutate(api, "createMachineKey", SHOWN, {"name": "ERP", **input})
    assert payload["userErrors"] == []
    return payload


async def rotated(api: Api, key: Any, version: int, **input: Any) -> Any:
    return await mutate(
        api, "rotateMachineKey", SHOWN, {"id": key["machineKey"]["id"], "expectedVersion": version, **input}
    )


class TestCreate:
    async def test_its_key_lets_it_in_with_what_it_was_given(self, api: Api, who: Who) -> None:
        made = await created(api, role="VIEWER", apiScopes=["READ"])

        response = await who(made["secret"], "{ viewer { subject role scope apiScopes user { name } } }")

        assert response.json()["data"]["viewer"] == {
            "subject": made["machineKey"]["publicId"],
            "role": "VIEWER",
            "scope": "ALL",
            "apiScopes": ["READ"],
            "user": None,
        }

    async def test_what_it_may_not_do_is_refused(self, api: Api, who: Who) -> None:
        made = await created(api, apiScopes=["READ"])

        response = await who(
            made["secret"], 'mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }'
        )

        [error] = response.json()["errors"]
        assert (error["extensions"]["code"], error["message"]) == (
            "FORBIDDEN",
            "this key is not good for write",
        )

    async def test_a_key_that_only_writes_does_not_read(self, api: Api, who: Who) -> None:
        made = await created(api, apiScopes=["WRITE"])

        response = await who(made["secret"], "{ customers(first: 1) { nodes { id } } }")

        assert response.status_code == 403

    async def test_a_key_of_a_branch_sees_that_branch(self, api: Api, who: Who) -> None:
        made = await created(api, scope="BRANCH", branchIds=[BRANCH])

        response = await who(made["secret"], "{ customers(first: 9) { totalCount nodes { name } } }")

        assert response.json()["data"]["customers"] == {"totalCount": 1, "nodes": [{"name": "김단골"}]}

    async def test_the_feed_names_the_key_and_not_its_secret(self, api: Api, client: Any, rows: Rows) -> None:
        made = await created(api)
        document = 'mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }'
        headers = {"authorization": f"Bearer {made['secret']}", "idempotency-key": "1"}

        response = await client.post("/graphql", json={"query": document}, headers=headers)

        assert response.json()["data"]["createCustomer"] == {"userErrors": []}
        origin = f"key:{made['machineKey']['publicId']}"
        assert await rows(
            "SELECT DISTINCT origin FROM change WHERE aggregate = 'customer' AND origin LIKE 'key%'"
        ) == [(origin,)]

    @pytest.mark.parametrize(
        ("input", "path"),
        [
            ({"apiScopes": []}, ["apiScopes"]),
            ({"apiScopes": ["BULK"]}, ["apiScopes"]),
            ({"expiresAt": "2020-01-01T00:00:00Z"}, ["expiresAt"]),
            ({"scope": "BRANCH"}, ["branchIds"]),
            ({"branchIds": [BRANCH]}, ["branchIds"]),
            ({"scope": "BRANCH", "branchIds": [ids.made("Branch", 99)]}, ["branchIds"]),
            ({"scope": "BRANCH", "branchIds": [ids.made("Customer", 1)]}, ["branchIds", "0"]),
            ({"name": "  "}, ["name"]),
            ({"name": "a\u202eb"}, ["name"]),
        ],
        ids=str,
    )
    async def test_what_makes_no_sense_is_refused_with_its_place(
        self, api: Api, rows: Rows, input: dict[str, Any], path: list[str]
    ) -> None:
        payload = await mutate(api, "createMachineKey", "secret", {"name": "ERP", **input})

        assert refusals(payload) == [("VALIDATION", path)]
        assert payload["secret"] is None
        assert await rows("SELECT id FROM machine_keys") == []

    @pytest.mark.parametrize("role", ["ADMIN", "MARKETER", "AGENT"])
    async def test_no_machine_has_the_role_of_a_person_who_decides(self, api: Api, role: str) -> None:
        response = await api.post(
            f'mutation {{ createMachineKey(input: {{name: "x", role: {role}}}) {{ secret }} }}'
        )

        assert response.status_code == 400

    async def test_an_administrator_of_a_branch_makes_no_key_for_all(self, api: Api, rows: Rows) -> None:
        payload = await mutate(
            api,
            "createMachineKey",
            "secret",
            {"name": "ERP"},
            as_={"role": "ADMIN", "scope": "BRANCH", "branches": ("GN",)},
        )

        assert refusals(payload)[0][0] == "OUT_OF_SIGHT"
        assert await rows("SELECT id FROM machine_keys") == []


class TestSecrets:
    async def test_only_the_hash_is_stored_and_a_replay_does_not_tell_it_again(
        self, api: Api, client: Any, rows: Rows, capsys: pytest.CaptureFixture[str]
    ) -> None:
        document = 'mutation { createMachineKey(input: {name: "ERP"}) { machineKey { name } secret } }'
        headers = {"authorization": f"Bearer {api.token()}", "idempotency-key": "once"}

        first = await client.post("/graphql", json={"query": document}, headers=headers)
        again = await client.post("/graphql", json={"query": document}, headers=headers)

        text = first.json()["data"]["createMachineKey"]["secret"]
        told = text.rpartition("_")[2]
        assert again.json()["data"]["createMachineKey"] == {"machineKey": {"name": "ERP"}, "secret": None}
        assert await rows("SELECT count(*) FROM machine_keys") == [(1,)]
        tables = await rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        for (table,) in tables:
            found = await rows(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE $1', f"%{told}%")
            assert found == [(0,)], table
        output = capsys.readouterr()
        assert told not in output.out + output.err

    async def test_the_schema_has_no_other_way_to_it(self, api: Api) -> None:
        made = await created(api)

        data = await api.data(
            "{ machineKeys(first: 9) { nodes { id publicId name role scope "
            "branches(first: 50) { nodes { code } } apiScopes trustedOnly "
            "expiresAt revokedAt liveSecrets lastUsedAt createdAt updatedAt version } } }"
        )

        assert made["secret"].rpartition("_")[2] not in str(data)


class TestUse:
    async def test_the_last_use_is_kept_to_the_hour(self, api: Api, backend: Backend, rows: Rows) -> None:
        made = await created(api)
        shown = secret.read(made["secret"])
        assert shown is not None
        start = datetime(2026, 1, 1, tzinfo=UTC)
        used = "SELECT last_used_at FROM machine_key_uses"

        for minutes in (0, 1, 59):
            await recognise(backend.reads, shown, now=start + timedelta(minutes=minutes))
            assert await rows(used) == [(start,)]
        await recognise(backend.reads, shown, now=start + USED_EVERY)

        assert await rows(used) == [(start + USED_EVERY,)]
        assert await rows("SELECT version FROM machine_keys") == [(1,)]

    async def test_a_key_ends_when_it_expires(self, api: Api, backend: Backend) -> None:
        end = datetime.now(UTC) + timedelta(days=1)
        made = await created(api, expiresAt=end.isoformat())
        shown = secret.read(made["secret"])
        assert shown is not None

        assert await recognise(backend.reads, shown, now=end - timedelta(seconds=1)) is not None
        assert await recognise(backend.reads, shown, now=end) is None

    async def test_what_is_remembered_of_it_is_no_secret(self, api: Api, who: Who, backend: Backend) -> None:
        made = await created(api)
        auth: Authenticator = backend.auth
        auth._remembered_seconds = 10

        await who(made["secret"])

        assert made["secret"].rpartition("_")[2] not in repr(auth._proved)


class TestRotate:
    async def test_both_secrets_are_good_while_they_overlap(self, api: Api, who: Who) -> None:
        made = await created(api)

        turned = await rotated(api, made, 1)

        assert turned["machineKey"]["liveSecrets"] == 2
        assert turned["machineKey"]["version"] == 2
        assert (await who(made["secret"])).status_code == 200
        assert (await who(turned["secret"])).status_code == 200
        first, second = await who(made["secret"]), await who(turned["secret"])
        assert first.json() == second.json()

    async def test_without_an_overlap_the_old_one_ends_at_once(self, api: Api, who: Who) -> None:
        made = await created(api)

        turned = await rotated(api, made, 1, overlapMinutes=0)

        assert (await who(made["secret"])).status_code == 401
        assert (await who(turned["secret"])).status_code == 200

    async def test_of_three_the_oldest_is_dead(self, api: Api, who: Who) -> None:
        made = await created(api)
        second = await rotated(api, made, 1)

        third = await rotated(api, made, 2)

        found = [(await who(each["secret"])).status_code for each in (made, second, third)]
        assert found == [401, 200, 200]

    @pytest.mark.parametrize("minutes", [-1, 7 * 24 * 60 + 1])
    async def test_an_overlap_has_its_limits(self, api: Api, minutes: int) -> None:
        made = await created(api)

        turned = await rotated(api, made, 1, overlapMinutes=minutes)

        assert refusals(turned) == [("VALIDATION", ["overlapMinutes"])]

    async def test_a_stale_version_changes_nothing_and_shows_the_key(self, api: Api, who: Who) -> None:
        made = await created(api)

        turned = await rotated(api, made, 7)

        assert refusals(turned) == [("STALE_VERSION", ["expectedVersion"])]
        assert (turned["secret"], turned["machineKey"]["version"]) == (None, 1)
        assert (await who(made["secret"])).status_code == 200


class TestRevoke:
    async def test_nobody_comes_in_with_it_any_more(self, api: Api, who: Who, rows: Rows) -> None:
        made = await created(api)
        turned = await rotated(api, made, 1)

        payload = await mutate(
            api,
            "revokeMachineKey",
            "machineKey { revokedAt liveSecrets }",
            {"id": made["machineKey"]["id"], "expectedVersion": 2},
        )

        assert payload["machineKey"]["revokedAt"] is not None
        assert [(await who(each["secret"])).status_code for each in (made, turned)] == [401, 401]
        assert await rows("SELECT count(*) FROM machine_key_secrets") == [(0,)]

    async def test_it_stays_revoked(self, api: Api) -> None:
        made = await created(api)
        about = {"id": made["machineKey"]["id"], "expectedVersion": 1}
        await mutate(api, "revokeMachineKey", "", about)

        again = await mutate(api, "revokeMachineKey", "", {**about, "expectedVersion": 2})
        turned = await rotated(api, made, 2)

        assert refusals(again) == [("KEY_REVOKED", ["id"])]
        assert (refusals(turned), turned["secret"]) == ([("KEY_REVOKED", ["id"])], None)


class TestWhoMay:
    @pytest.mark.parametrize("role", ["MARKETER", "ANALYST", "AGENT", "INTEGRATION", "VIEWER"])
    async def test_administrators_alone(self, api: Api, role: str) -> None:
        for document in (
            "{ machineKeys(first: 1) { totalCount } }",
            "{ accessLog(first: 1) { totalCount } }",
            'mutation { createMachineKey(input: {name: "x"}) { secret } }',
            f'{{ node(id: "{ids.made("MachineKey", 1)}") {{ id }} }}',
        ):
            response = await api.post(document, as_={"role": role})

            assert response.status_code == 403, document

    async def test_who_sees_a_branch_sees_no_key(self, api: Api) -> None:
        await created(api)

        data = await api.data(
            "{ machineKeys(first: 1) { totalCount } }",
            as_={"role": "ADMIN", "scope": "BRANCH", "branches": ("GN",)},
        )

        assert data["machineKeys"]["totalCount"] == 0


class TestViewer:
    @pytest.mark.parametrize("role", ["ADMIN", "ANALYST"])
    async def test_it_is_told_what_it_may_do(self, api: Api, role: str) -> None:
        document = "{ viewer { permissions { type action group } } }"

        data = await api.data(document, as_={"role": role})

        found = [tuple(each.values()) for each in data["viewer"]["permissions"]]
        assert (("Customer", "READ", "CONTACT") in found) == (role == "ADMIN")
        assert ("Customer", "READ", "BASE") in found
        assert len(found) == len(set(found))
