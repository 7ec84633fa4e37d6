"""Whatever bytes come, the answer is a refusal with a code and never a fault of ours."""

import json
from typing import Any

import pytest

from tests.api.graphql.asking import Api

FILTER = "query($f: CustomerFilter) { customers(first: 1, filter: $f) { totalCount } }"


def body(variables: str) -> bytes:
    return b'{"query": %b, "variables": %b}' % (json.dumps(FILTER).encode(), variables.encode())


class TestBadBytes:
    @pytest.mark.parametrize(
        "sent",
        [
            b'{"query": "\xff"}',
            b'{"query": "{ __typename }", "variables": {"a": "\xed\xa0\x80"}}',
            b"\xef\xbb\xbf" + b'{"query": "{ __typename }"}',
            b"\xff\xfe" + '{"query": "{ __typename }"}'.encode("utf-16-le"),
            b'{"query": "{ __typename }"\x00}',
            b'{"query": "{ __typename \\u0000 }"}',
            b'{"query": "{ customers(first: 1, filter: {name: {eq: \\"\\ud800\\"}}) { totalCount } }"}',
            b'{"query": "{ __typename }", "query": "{ __typename }"}',
            body('{"f": {"name": {"eq": "a", "eq": "b"}}}'),
            body('{"f": {"name": {"eq": "\\u0000"}}}'),
            body('{"f": {"name": {"eq": "\\ud800"}}}'),
            body('{"f": {"name": {"eq": NaN}}}'),
            body('{"f": {"name": {"eq": Infinity}}}'),
            body('{"f": {"name": {"eq": 1e999}}}'),
            body('{"f": {"id": {"eq": 2147483648}}}'),
            body('{"f": {"id": {"eq": 9223372036854775808}}}'),
            body('{"f": {"id": {"eq": 1234567890123456789012345678901234567890.5}}}'),
            body('{"f": {"id": {"eq": ' + "9" * 5000 + "}}}"),
            body('{"f": ' + '{"not":' * 900 + "{}" + "}" * 900 + "}"),
            body('{"f": ' + "[" * 100_000 + "}"),
        ],
        ids=lambda sent: repr(sent[:60]),
    )
    async def test_each_is_refused_with_a_code(self, api: Api, sent: bytes) -> None:
        response = await api.send(sent)

        assert 400 <= response.status_code < 500
        for error in response.json()["errors"]:
            assert error["extensions"]["code"] in ("BAD_REQUEST", "VALIDATION", "COST_EXCEEDED")
            assert error["message"]

    async def test_a_name_that_is_given_twice_is_named(self, api: Api) -> None:
        response = await api.send(body('{"f": {"name": {"eq": "a", "eq": "b"}}}'))

        assert response.json()["errors"][0]["message"] == "'eq' is given twice in one object"

    async def test_so_is_one_in_the_urls_query(self, api: Api) -> None:
        headers = {"authorization": f"Bearer {api.token()}"}
        response = await api.client.get("/graphql?query={__typename}&query={__typename}", headers=headers)

        assert response.status_code == 400

    async def test_a_number_beyond_what_doubles_hold_is_named(self, api: Api) -> None:
        response = await api.send(body('{"f": {"name": {"eq": -1e999}}}'))

        assert response.json()["errors"][0]["message"] == "the number -1e999 is too large"


class TestHeads:
    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"content-encoding": "gzip"}, 415),
            ({"content-length": "1048577"}, 413),
            ({"content-length": "99999999999999999999"}, 400),
            ({"content-length": "-1"}, 400),
            ({"content-length": "27", "transfer-encoding": "chunked"}, 400),
            ({"accept-language": "\xff;q=x,,;;;"}, 200),
            ({"accept": "\xff"}, 200),
            ({"idempotency-key": "\xff"}, 400),
        ],
        ids=str,
    )
    async def test_odd_ones_have_their_status(self, api: Api, headers: dict[str, str], status: int) -> None:
        sent: Any = {name: value.encode("latin-1") for name, value in headers.items()}

        response = await api.send(b'{"query": "{ __typename }"}', headers=sent)

        assert response.status_code == status, response.text


class TestLanguages:
    @pytest.mark.parametrize(
        ("accepted", "message"),
        [
            ("ko", "본문은 목록이(가) 아니라 JSON 객체여야 합니다"),
            ("ko-KR,ko;q=0.9,en;q=0.8", "본문은 목록이(가) 아니라 JSON 객체여야 합니다"),
            ("en;q=0.9, ko;q=0.1", "the body must be a JSON object, not a list"),
            ("fr, de", "the body must be a JSON object, not a list"),
            ("*", "the body must be a JSON object, not a list"),
            ("ko;q=0", "the body must be a JSON object, not a list"),
        ],
    )
    async def test_errors_are_told_in_what_the_caller_prefers(
        self, api: Api, accepted: str, message: str
    ) -> None:
        response = await api.send(b"[]", headers={"accept-language": accepted})

        assert response.json()["errors"][0]["message"] == message
