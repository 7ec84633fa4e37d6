"""Who may ask the cube, and that nobody sees more than his scope by any route."""

from collections.abc import Callable

import pytest

from api.slicer.access import row_filter_of
from domain.access import Actor
from domain.roles import Role, Scope
from olap.plan import NONE, RowFilter
from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
PROTECTED = [
    "/slicer/cubes",
    f"{CUBE}/model",
    f"{CUBE}/aggregate?aggregates=lines",
    f"{CUBE}/members/date",
    f"{CUBE}/facts",
    f"{CUBE}/fact/101",
    f"{CUBE}/cell?cut=date:2011",
    "/slicer/cube/nothing/aggregate",
]


class TestTokens:
    @pytest.mark.parametrize("path", PROTECTED)
    def test_without_one_nothing_is_answered(self, anybody: Client, path: str) -> None:
        answer = anybody.get(path)

        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "not_authenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_a_false_one_is_none(self, anybody: Client) -> None:
        answer = Client(anybody.portal, anybody.http, "not.a.token").get(PROTECTED[0])

        assert answer.status_code == 401


class TestRoles:
    @pytest.mark.parametrize("role", ["ADMIN", "MARKETER", "ANALYST", "VIEWER", "AGENT"])
    def test_those_that_may_ask(self, client_as: Callable[..., Client], role: str) -> None:
        assert client_as(role=role).get(PROTECTED[2]).status_code == 200

    @pytest.mark.parametrize("path", PROTECTED)
    def test_a_machine_that_integrates_may_not(self, client_as: Callable[..., Client], path: str) -> None:
        answer = client_as(role="INTEGRATION").get(path)

        assert answer.status_code == 403
        assert answer.json()["error"]["type"] == "not_authorized"
        assert "roles that may: admin, agent, analyst, marketer, viewer" in answer.json()["error"]["message"]


def actor(scope: Scope, *, user_id: int | None = None, branches: frozenset[int] = frozenset()) -> Actor:
    return Actor(subject="kim", role=Role.AGENT, scope=scope, user_id=user_id, branch_ids=branches)


class TestScopes:
    def test_all_is_no_restriction(self) -> None:
        assert row_filter_of(actor(Scope.ALL, user_id=7)) == NONE

    def test_branch_is_that_of_the_branches(self) -> None:
        assert row_filter_of(actor(Scope.BRANCH, branches=frozenset({1, 2}))) == RowFilter(frozenset({1, 2}))

    def test_own_is_that_of_the_owner(self) -> None:
        assert row_filter_of(actor(Scope.OWN, user_id=7)) == RowFilter(owner_id=7)

    @pytest.mark.parametrize("scope", [Scope.OWN, Scope.BRANCH])
    def test_whoever_owns_nothing_sees_nothing(self, scope: Scope) -> None:
        assert row_filter_of(actor(scope)) == RowFilter(branch_keys=frozenset())

    @pytest.mark.parametrize(
        ("path", "asked"),
        [
            ("aggregate", {"aggregates": "lines", "drilldown": "customer"}),
            (
                "aggregate",
                {"aggregates": "lines", "drilldown": "customer", "format": "csv", "header": "none"},
            ),
            (
                "aggregate",
                {
                    "aggregates": "lines",
                    "drilldown": "customer",
                    "cut": "!customer:nowhere",
                    "nulls": "include",
                },
            ),
            ("facts", {}),
            ("facts", {"format": "json_lines", "cut": "customer:대한민국"}),
            ("members/customer", {}),
        ],
    )
    def test_who_sees_nothing_is_told_nothing(
        self, client_as: Callable[..., Client], path: str, asked: dict[str, str]
    ) -> None:
        answer = client_as(role="AGENT", scope="OWN", subject="nobody").get(f"{CUBE}/{path}", asked)

        assert answer.status_code == 200
        assert not any(country in answer.text for country in ("France", "대한민국", "United Kingdom"))

    def test_nor_is_one_fact(self, client_as: Callable[..., Client]) -> None:
        assert (
            client_as(role="AGENT", scope="OWN", subject="nobody").get(f"{CUBE}/fact/101").status_code == 404
        )

    def test_nor_are_the_details_of_a_member(self, client_as: Callable[..., Client]) -> None:
        agent = client_as(role="AGENT", scope="BRANCH", subject="nobody")

        (cut,) = agent.get(f"{CUBE}/cell", {"cut": "customer:France"}).json()["cuts"]

        assert cut["details"] is None
