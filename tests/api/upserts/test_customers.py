"""Upserting customers over HTTP."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, refusals
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import ASKED, erp, errors, send, statuses

FULL = {
    "key": {"external": {"system": "erp", "id": "C-9"}},
    "sourceVersion": 7,
    "name": "박새롬",
    "latinName": "Park",
    "birthOn": "1990-05-01",
    "gender": "FEMALE",
    "occupation": "교사",
    "country": "KR",
    "region": "서울",
    "homeBranch": {"code": "GN"},
    "owner": {"subject": "kim"},
    "acquiredChannel": "WEB",
    "joinedOn": "2020-01-01",
    "contactPoints": [{"kind": "EMAIL", "value": "park@example.com"}],
    "alsoKnownAs": [{"system": "pos", "id": "77"}],
}


async def upsert(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertCustomers", rows, **options)


async def events(rows: Rows) -> int:
    return int((await rows("SELECT count(*) FROM change"))[0][0])


class TestUpsertCustomers:
    async def test_the_node_is_told_as_it_stands(self, api: Api) -> None:
        payload = await upsert(
            api,
            FULL,
            asked="""rows { i: index status key { external { id } } customer {
                name latinName birthOn gender occupation country region acquiredChannel joinedOn version
                homeBranch { code } owner { name } externalIds { system id } contactPoints { kind value } } }
                counts { created }""",
        )

        assert payload["counts"] == {"created": 1}
        assert payload["rows"] == [
            {
                "i": 0,
                "status": "CREATED",
                "key": {"external": {"id": "C-9"}},
                "customer": {
                    "name": "박새롬",
                    "latinName": "Park",
                    "birthOn": "1990-05-01",
                    "gender": "FEMALE",
                    "occupation": "교사",
                    "country": "KR",
                    "region": "서울",
                    "acquiredChannel": "WEB",
                    "joinedOn": "2020-01-01",
                    "version": 1,
                    "homeBranch": {"code": "GN"},
                    "owner": {"name": "김상담"},
                    "externalIds": [{"system": "erp", "id": "C-9"}, {"system": "pos", "id": "77"}],
                    "contactPoints": [{"kind": "EMAIL", "value": "park@example.com"}],
                },
            }
        ]

    async def test_the_same_again_changes_nothing(self, api: Api, rows: Rows) -> None:
        batch: list[dict[str, Any]] = [
            FULL,
            {"key": erp("C-1"), "region": "대전"},
            {"key": {"id": id_of("Customer", 2)}, "country": "KR"},
        ]
        assert statuses(await upsert(api, *batch)) == ["CREATED", "UPDATED", "UPDATED"]
        before = await events(rows)

        payload = await upsert(api, *batch)

        assert statuses(payload) == ["UNCHANGED"] * 3
        assert payload["counts"] == {"created": 0, "updated": 0, "unchanged": 3, "stale": 0, "rejected": 0}
        assert await events(rows) == before

    async def test_absent_is_left_and_null_clears(self, api: Api, rows: Rows) -> None:
        await upsert(api, FULL)

        payload = await upsert(api, {"key": FULL["key"], "occupation": None, "owner": None, "country": "JP"})

        assert statuses(payload) == ["UPDATED"]
        assert await rows(
            "SELECT name, occupation, owner_id, country, region, home_branch_id FROM customers WHERE name = '박새롬'"
        ) == [("박새롬", None, None, "JP", "서울", 1)]

    async def test_several_systems_speak_about_one_customer(self, api: Api, rows: Rows) -> None:
        await upsert(api, FULL)

        payload = await upsert(
            api,
            {"key": {"external": {"system": "pos", "id": "77"}}, "sourceVersion": 1, "district": "강남구"},
        )

        assert statuses(payload) == ["UPDATED"]
        assert await rows(
            "SELECT count(*), min(district), min(region) FROM customers WHERE name = '박새롬'"
        ) == [(1, "강남구", "서울")]
        assert await rows("SELECT system, number FROM source_versions ORDER BY 1") == [("erp", 7), ("pos", 1)]

    async def test_an_older_version_is_stale(self, api: Api, rows: Rows) -> None:
        await upsert(api, FULL)
        before = await events(rows)

        payload = await upsert(api, {**FULL, "sourceVersion": 6, "name": "옛이름"})

        assert statuses(payload) == ["STALE"]
        assert await events(rows) == before
        assert await rows("SELECT number FROM source_versions") == [(7,)]

    async def test_an_equal_version_counts_as_newer(self, api: Api) -> None:
        await upsert(api, FULL)

        payload = await upsert(api, {**FULL, "name": "새이름"})

        assert statuses(payload) == ["UPDATED"]

    async def test_a_newer_version_of_the_same_is_remembered(self, api: Api) -> None:
        await upsert(api, FULL)
        assert statuses(await upsert(api, {**FULL, "sourceVersion": "9"})) == ["UNCHANGED"]

        payload = await upsert(api, {**FULL, "sourceVersion": 8, "name": "늦은 이름"})

        assert statuses(payload) == ["STALE"]

    async def test_a_time_is_a_version_too(self, api: Api) -> None:
        row = {"key": erp("T"), "name": "시간", "sourceVersion": "2026-03-01T09:00:00+09:00"}
        await upsert(api, row)

        late = await upsert(api, {**row, "name": "지각", "sourceVersion": "2026-02-28T23:59:59Z"})
        next_ = await upsert(api, {**row, "name": "다음", "sourceVersion": "2026-03-01T00:00:01Z"})

        assert (statuses(late), statuses(next_)) == (["STALE"], ["UPDATED"])

    async def test_the_later_of_two_rows_with_one_key_is_a_duplicate(self, api: Api, rows: Rows) -> None:
        payload = await upsert(
            api,
            {"key": erp("D"), "name": "하나"},
            {"key": erp("D"), "name": "둘"},
            {"key": erp("C-1"), "region": "부산"},
            {"key": {"id": id_of("Customer", 1)}, "region": "대구"},
        )

        assert errors(payload) == [
            (1, "DUPLICATE_IN_BATCH", ["rows", "1", "key"]),
            (3, "DUPLICATE_IN_BATCH", ["rows", "3", "key"]),
        ]
        assert await rows("SELECT name FROM customers WHERE name IN ('하나', '둘')") == [("하나",)]

    async def test_one_bad_row_in_a_thousand_costs_itself(self, api: Api, rows: Rows) -> None:
        batch = [{"key": erp(f"N-{number}"), "name": f"손님 {number}"} for number in range(1000)]
        batch[500] = {"key": erp("N-500"), "name": "손님", "homeBranch": {"code": "NOWHERE"}}

        payload = await upsert(api, *batch)

        assert payload["counts"] == {"created": 999, "updated": 0, "unchanged": 0, "stale": 0, "rejected": 1}
        assert errors(payload) == [(500, "UNKNOWN_REFERENCE", ["rows", "500", "homeBranch"])]
        assert "'NOWHERE'" in payload["rows"][500]["userErrors"][0]["message"]
        assert await rows("SELECT count(*) FROM customers WHERE name LIKE '손님%'") == [(999,)]

    async def test_reject_all_writes_nothing(self, api: Api, rows: Rows) -> None:
        before = await events(rows)

        payload = await upsert(
            api,
            {"key": erp("R-1"), "name": "손님"},
            {"key": erp("R-2"), "name": "손님", "owner": {"subject": "nobody"}},
            policy="REJECT_ALL",
        )

        assert errors(payload) == [
            (0, "NOT_WRITTEN", ["rows", "0"]),
            (1, "UNKNOWN_REFERENCE", ["rows", "1", "owner"]),
        ]
        assert payload["counts"]["rejected"] == 2
        assert await events(rows) == before

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"name": None}, "VALIDATION", ["name"]),
            ({"name": " "}, "VALIDATION", ["name"]),
            ({"kind": None}, "VALIDATION", ["kind"]),
            ({"birthOn": "2999-01-01"}, "VALIDATION", ["birthOn"]),
            ({"occupation": "900101-1234567"}, "VALIDATION", ["occupation"]),
            (
                {"contactPoints": [{"kind": "EMAIL", "value": "no"}]},
                "VALIDATION",
                ["contactPoints", "0", "value"],
            ),
            ({"homeBranch": {"id": id_of("User", 1)}}, "VALIDATION", ["homeBranch", "id"]),
            ({"homeBranch": {"id": id_of("Branch", 99)}}, "UNKNOWN_REFERENCE", ["homeBranch"]),
            ({"alsoKnownAs": [{"system": "erp", "id": "C-2"}]}, "EXTERNAL_ID_TAKEN", ["alsoKnownAs", "0"]),
            ({"key": {"id": id_of("Customer", 99)}}, "NOT_FOUND", ["key"]),
            ({"key": {"id": "nonsense"}}, "VALIDATION", ["key", "id"]),
            ({"key": {"external": {"system": "erp", "id": " "}}}, "VALIDATION", ["key", "external", "id"]),
        ],
    )
    async def test_what_is_wrong_with_a_row_is_told_with_its_place(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        before = await events(rows)

        payload = await upsert(api, {**FULL, **change})

        assert errors(payload) == [(0, code, ["rows", "0", *path])]
        assert await events(rows) == before

    async def test_a_new_customer_needs_a_name(self, api: Api) -> None:
        payload = await upsert(
            api, {"key": erp("new"), "region": "서울"}, {"key": erp("C-1"), "region": "서울"}
        )

        assert errors(payload) == [(0, "VALIDATION", ["rows", "0", "name"])]
        assert statuses(payload) == ["REJECTED", "UNCHANGED"]

    async def test_a_replay_tells_the_same_and_writes_nothing(self, api: Api, rows: Rows) -> None:
        asked = (
            "rows { status key { external { id } } customer { name } userErrors { code } } counts { created }"
        )
        document = f"""mutation ($input: UpsertCustomersInput!) {{
            upsertCustomers(input: $input) @idempotent(key: "k-1") {{ {asked} }} }}"""
        told = {"input": {"policy": "REJECT_FAILED_ROWS", "rows": [FULL, {"key": erp("nameless")}]}}
        first = (await api.post(document, told)).json()
        await rows("UPDATE customers SET name = '바뀜' WHERE name = '박새롬'")

        again = (await api.post(document, told)).json()

        assert again["data"] == first["data"]
        assert again["extensions"]["idempotency"] == {"replayed": ["upsertCustomers"]}
        assert [row["status"] for row in again["data"]["upsertCustomers"]["rows"]] == ["CREATED", "REJECTED"]

    async def test_what_was_refused_whole_may_be_sent_again_under_its_key(self, api: Api, rows: Rows) -> None:
        document = """mutation ($input: UpsertCustomersInput!) {
            upsertCustomers(input: $input) @idempotent(key: "k-2") { counts { created rejected } } }"""
        told = {"input": {"policy": "REJECT_ALL", "rows": [{**FULL, "homeBranch": {"code": "NEW"}}]}}
        first = await api.data(document, told)
        await rows("INSERT INTO branches (code, name, kind) VALUES ('NEW', '새 지점', 'SHOP')")

        again = await api.data(document, told)

        assert (first["upsertCustomers"]["counts"], again["upsertCustomers"]["counts"]) == (
            {"created": 0, "rejected": 1},
            {"created": 1, "rejected": 0},
        )

    @pytest.mark.parametrize("count", [0, 10_001])
    async def test_none_or_too_many_rows_are_refused(self, api: Api, count: int) -> None:
        given = ({"key": erp(str(number))} for number in range(count))

        payload = await upsert(api, *given, asked="counts { created rejected }")

        assert refusals(payload) == [("VALIDATION", ["rows"])]
        assert payload["counts"] == {"created": 0, "rejected": 0}

    async def test_contact_points_of_others_stay(self, api: Api, rows: Rows) -> None:
        await upsert(api, {"key": erp("C-1"), "contactPoints": [{"kind": "PHONE", "value": "02-111-2222"}]})

        payload = await upsert(api, {"key": erp("C-1"), "contactPoints": []})

        assert statuses(payload) == ["UNCHANGED"]
        assert await rows(
            "SELECT kind, value FROM contact_points WHERE customer_id = 1 ORDER BY position"
        ) == [
            ("EMAIL", "kim@example.com"),
            ("PHONE", "02-111-2222"),
        ]


class TestScope:
    async def test_an_agent_touches_his_own_customers_only(self, api: Api, rows: Rows) -> None:
        payload = await upsert(
            api,
            {"key": erp("C-1"), "region": "제주"},
            {"key": erp("C-2"), "region": "제주"},
            {"key": {"id": id_of("Customer", 2)}, "region": "제주"},
            {"key": erp("A-1"), "name": "내 손님"},
            {"key": erp("A-2"), "name": "남의 손님", "owner": {"subject": "lee"}},
            as_={"role": "AGENT", "scope": "OWN", "subject": "kim"},
        )

        assert statuses(payload) == ["UPDATED", "REJECTED", "REJECTED", "CREATED", "REJECTED"]
        assert [code for _, code, _ in errors(payload)] == ["NOT_FOUND", "NOT_FOUND", "OUT_OF_SIGHT"]
        assert await rows(
            "SELECT name, owner_id FROM customers WHERE region = '제주' OR id > 100 ORDER BY id"
        ) == [
            ("김단골", 1),
            ("내 손님", 1),
        ]

    async def test_nobody_hides_a_customer_from_himself(self, api: Api, rows: Rows) -> None:
        payload = await upsert(
            api,
            {"key": erp("C-1"), "homeBranch": {"code": "WEB"}},
            {"key": erp("B-1"), "name": "우리 지점 손님"},
            as_={"role": "AGENT", "scope": "BRANCH", "subject": "machine", "branches": ["GN"]},
        )

        assert errors(payload) == [(0, "OUT_OF_SIGHT", ["rows", "0", "key"])]
        assert await rows("SELECT name, home_branch_id FROM customers ORDER BY id") == [
            ("김단골", 1),
            ("이손님", 2),
            ("우리 지점 손님", 1),
        ]

    async def test_who_may_not_write_customers_may_not_upsert_them(self, api: Api) -> None:
        answer = await api.post(
            f"mutation ($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{ {ASKED} }} }}",
            {"input": {"policy": "REJECT_ALL", "rows": [FULL]}},
            as_={"role": "ANALYST"},
        )

        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
