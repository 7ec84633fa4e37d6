"""ETags: an answer that the caller has is not computed again, as long as it holds."""

from collections.abc import Callable

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
ASKED = {"aggregates": "lines", "drilldown": "date"}


def tag(client: Client, path: str = "aggregate", asked: dict[str, str] | None = None) -> str:
    return client.get(f"{CUBE}/{path}", ASKED if asked is None else asked).headers["etag"]


class TestTags:
    @pytest.mark.parametrize("path", ["aggregate", "members/date", "facts"])
    @pytest.mark.parametrize("format_", ["json", "csv", "xlsx", "arrow"])
    def test_an_answer_that_still_holds_is_not_sent_again(
        self, analyst: Client, path: str, format_: str
    ) -> None:
        asked = {"format": format_}
        asked |= ASKED if path == "aggregate" else {}
        first = analyst.get(f"{CUBE}/{path}", asked)

        again = analyst.get(f"{CUBE}/{path}", asked, headers={"If-None-Match": first.headers["etag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == "private, no-cache"

    @pytest.mark.parametrize("path", ["model", "cell?cut=date:2011", "fact/101", "model?lang=ko"])
    def test_so_do_a_model_a_cell_and_a_fact(self, analyst: Client, path: str) -> None:
        first = analyst.get(f"{CUBE}/{path}")

        again = analyst.get(f"{CUBE}/{path}", headers={"If-None-Match": first.headers["etag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again.headers["etag"] == first.headers["etag"]

    def test_a_report_that_is_read_is_named_by_its_body_and_one_that_is_posted_is_not(
        self, analyst: Client
    ) -> None:
        lines, orders = (
            {"queries": {"all": {"query": "aggregate", "aggregates": [each]}}} for each in ("lines", "orders")
        )
        first = analyst.get(f"{CUBE}/report", body=lines)
        held = {"If-None-Match": first.headers["etag"]}

        again = analyst.get(f"{CUBE}/report", body=lines, headers=held)
        other = analyst.get(f"{CUBE}/report", body=orders, headers=held)
        posted = analyst.get(f"{CUBE}/report", method="POST", body=lines, headers=held)

        assert (first.status_code, again.status_code) == (200, 304)
        assert (other.status_code, posted.status_code) == (200, 200)
        assert "etag" not in posted.headers

    @pytest.mark.parametrize("held", ['W/"0"', "*", "", '"x", W/"y"'])
    def test_another_one_is_answered(self, analyst: Client, held: str) -> None:
        assert analyst.get(f"{CUBE}/aggregate", ASKED, headers={"If-None-Match": held}).status_code == 200

    def test_one_of_several_is_enough(self, analyst: Client) -> None:
        held = f'W/"other", {tag(analyst)}'

        assert analyst.get(f"{CUBE}/aggregate", ASKED, headers={"If-None-Match": held}).status_code == 304

    def test_whatever_changes_the_answer_changes_its_name(self, analyst: Client) -> None:
        questions: list[dict[str, str]] = [
            ASKED,
            {**ASKED, "cut": "date:2011"},
            {**ASKED, "lang": "ko"},
            {**ASKED, "format": "csv"},
            {**ASKED, "prettyprint": "1"},
            {**ASKED, "nulls": "include"},
            {**ASKED, "order": "lines"},
        ]

        assert len({tag(analyst, asked=asked) for asked in questions}) == len(questions)

    def test_so_does_the_order_of_orders(self, analyst: Client) -> None:
        url = f"{CUBE}/aggregate?drilldown=date&aggregates=lines&order="

        tags = [
            analyst.get(f"{url}{first}&order={second}").headers["etag"]
            for first, second in [("lines", "date.year"), ("date.year", "lines")]
        ]

        assert tags[0] != tags[1]

    def test_nobody_is_told_that_what_he_may_not_see_holds(
        self, analyst: Client, client_as: Callable[..., Client]
    ) -> None:
        agent = client_as(role="AGENT", scope="OWN", subject="nobody")

        answer = agent.get(f"{CUBE}/aggregate", ASKED, headers={"If-None-Match": tag(analyst)})

        assert answer.status_code == 200
        assert answer.json()["cells"] == []
        assert answer.headers["vary"] == "Authorization"

    def test_without_a_token_there_is_no_304(self, anybody: Client, analyst: Client) -> None:
        answer = anybody.get(f"{CUBE}/aggregate", ASKED, headers={"If-None-Match": tag(analyst)})

        assert answer.status_code == 401
        assert "etag" not in answer.headers
