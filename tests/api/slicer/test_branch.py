"""Who sees a branch alone is answered, on every path, as if there were no other facts: as one who sees everything is
at a star of the branch's facts."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from api.tokens import issue, signing_key
from domain.postgres import Server
from olap import star
from olap.engines.duckdb import DuckDB
from tests.api.slicer.conftest import Client, _serving
from tests.conftest import copied
from tests.olap.small_star import CUSTOMERS, LINES, ROWS, insert

CUBE = "/slicer/cube/sales"
BRANCH = 2
AT_HOME = {row[0] for row in CUSTOMERS if row[12] == BRANCH}
SEEN = {line[0] for line in LINES if line[7] == BRANCH or line[3] in AT_HOME}


@pytest.fixture(scope="module")
def branch_star() -> Iterator[DuckDB]:
    """The small star with the branch's facts alone: of what happened there, and of the customers at home there."""
    with DuckDB(threads=1) as engine:
        engine.create_tables(star.metadata)
        for table, rows in ROWS.items():
            insert(engine, table, [row for row in rows if table is not star.sales or row[0] in SEEN])
        yield engine


@pytest.fixture(scope="module")
def both(
    anybody: Client,
    key_path: Path,
    star_engine: DuckDB,
    branch_star: DuckDB,
    server: Server,
    admin: Callable[[str], None],
    template: str,
) -> Iterator[tuple[Client, Client, Client]]:
    """One of the branch at the whole star, one who sees everything at the branch's, one who does at the whole."""
    key = signing_key(key_path)
    with copied(server, admin, template) as url:
        with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO branches (id, code, name, kind) VALUES ({BRANCH}, 'S1', 'South', 'SHOP')"
            )
        told: dict[str, Any] = {"subject": "bo", "role": "ANALYST", "hours": 1}
        own = issue(key, scope="BRANCH", branches=("S1",), **told)
        all_ = issue(key, scope="ALL", branches=(), **told)
        serving = anybody.portal.wrap_async_context_manager
        with (
            serving(_serving(url, star_engine, key_path)) as whole,
            serving(_serving(url, branch_star, key_path)) as part,
        ):
            yield (
                Client(anybody.portal, whole, own),
                Client(anybody.portal, part, all_),
                Client(anybody.portal, whole, all_),
            )


LINES_ONLY = {"aggregates": "lines"}
BY_BRANCH = {**LINES_ONLY, "drilldown": "branch:branch"}
BY_YEAR = {**LINES_ONLY, "drilldown": "date"}
ASKED: list[tuple[str, dict[str, str]]] = [
    ("aggregate", {"aggregates": "lines|units|customers|orders"}),
    ("aggregate", BY_BRANCH),
    ("aggregate", {**BY_BRANCH, "cut": "branch:north"}),
    ("aggregate", {**BY_BRANCH, "cut": "!branch:south", "nulls": "include"}),
    ("aggregate", {**BY_BRANCH, "cut": "!customer:nowhere", "nulls": "include"}),
    ("aggregate", {**BY_BRANCH, "split": "branch:north"}),
    ("aggregate", {**BY_BRANCH, "totals": "yes"}),
    ("aggregate", {**BY_BRANCH, "top": "1,others"}),
    ("aggregate", {**BY_BRANCH, "share": "total"}),
    ("aggregate", {**BY_BRANCH, "having": "lines>=1"}),
    ("aggregate", {**BY_BRANCH, "asof": "now"}),
    ("aggregate", {**BY_BRANCH, "plan": "yes"}),
    ("aggregate", {**BY_BRANCH, "page": "0", "pagesize": "1"}),
    ("aggregate", {**BY_YEAR, "compare": "previous"}),
    ("aggregate", {**BY_YEAR, "window": "cumulative"}),
    ("aggregate", {**BY_YEAR, "fill": "yes"}),
    ("aggregate", {"cohort": "year"}),
    ("aggregate", {"funnel": "sales|sales.product:home"}),
    ("aggregate", {"deciles": "2", "aggregates": "lines"}),
    ("aggregate", {"aggregates": "net_revenue"}),
    ("members/branch", {}),
    ("members/customer", {"nulls": "include", "cut": "!branch:south"}),
    ("members/product", {"asof": "now"}),
    ("facts", {}),
    ("facts", {"cut": "!branch:south", "nulls": "include", "order": "line_net_revenue:desc"}),
    ("cell", {"cut": "branch:south,S1;north,N1|customer:France;대한민국|date:2010-2012"}),
]
FORMATS = ("csv", "json_lines", "xlsx", "arrow", "parquet")
QUERIES = {
    "a": {
        "query": "aggregate",
        "drilldown": ["branch:branch"],
        "aggregates": ["lines"],
        "rollup": "customer",
    },
    "f": {"query": "facts", "fields": ["order_id"]},
    "m": {"query": "members", "dimension": "customer"},
    "c": {"query": "cell"},
    "d": {"query": "details"},
}


def test_the_branch_sees_some_and_not_all() -> None:
    there = {line[0] for line in LINES if line[7] == BRANCH}

    assert 0 < len(there) < len(SEEN) < len(LINES)


@pytest.mark.parametrize(("path", "asked"), ASKED, ids=str)
class TestEveryPath:
    def test_says_what_it_would_say_without_other_facts(
        self, both: tuple[Client, Client, Client], path: str, asked: dict[str, str]
    ) -> None:
        own, alone, _ = both

        answer, expected = (client.get(f"{CUBE}/{path}", asked) for client in (own, alone))

        assert (answer.status_code, answer.text) == (expected.status_code, expected.text)

    def test_gives_nobody_elses_answer_for_held(
        self, both: tuple[Client, Client, Client], path: str, asked: dict[str, str]
    ) -> None:
        own, _, everything = both
        theirs = everything.get(f"{CUBE}/{path}", asked).headers.get("etag", 'W/"none"')

        answer = own.get(f"{CUBE}/{path}", asked, headers={"If-None-Match": theirs})

        assert answer.text == own.get(f"{CUBE}/{path}", asked).text
        assert answer.status_code != 304


def rows_of(format_: str, content: bytes) -> list[Any]:
    """The rows of a file, which may have been written at another time."""
    match format_:
        case "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            assert sheet is not None
            return list(sheet.values)
        case "arrow":
            return pa.ipc.open_stream(content).read_all().to_pylist()  # type: ignore[no-any-return]
        case "parquet":
            return parquet.read_table(io.BytesIO(content)).to_pylist()  # type: ignore[no-any-return]
        case _:
            return content.splitlines()


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("path", ["aggregate", "facts", "members/customer"])
def test_files_hold_no_more(both: tuple[Client, Client, Client], path: str, format_: str) -> None:
    own, alone, everything = both
    asked = {"format": format_, **({**LINES_ONLY, "drilldown": "customer"} if path == "aggregate" else {})}

    answer, expected, all_ = (client.get(f"{CUBE}/{path}", asked) for client in (own, alone, everything))

    rows, alone_rows, all_rows = (rows_of(format_, each.content) for each in (answer, expected, all_))
    assert rows == alone_rows
    assert 0 < len(rows) < len(all_rows)


@pytest.mark.parametrize("key", [line[0] for line in LINES])
def test_one_fact(both: tuple[Client, Client, Client], key: int) -> None:
    own, alone, _ = both
    asked = {"queries": {"a": {"query": "fact", "key": key}}}

    answers = [client.get(f"{CUBE}/fact/{key}") for client in (own, alone)]
    reports = [client.get(f"{CUBE}/report", method="POST", body=asked) for client in (own, alone)]

    assert {each.status_code for each in (*answers, *reports)} == {200 if key in SEEN else 404}
    assert answers[0].text == answers[1].text
    assert reports[0].text == reports[1].text


def test_a_report(both: tuple[Client, Client, Client]) -> None:
    own, alone, _ = both
    cell = [{"type": "point", "dimension": "customer", "path": ["France", "Bretagne"]}]
    body = {"queries": QUERIES, "cell": cell}

    answer, expected = (client.get(f"{CUBE}/report", method="POST", body=body) for client in (own, alone))

    assert (answer.status_code, answer.text) == (200, expected.text)
    assert answer.json()["a"]["summary"]["lines"] > 0
    assert answer.json()["f"]
