"""The same requests, here and at the original Slicer 1.1 on the same star: the recorded answers are the expected ones.

Where ours differs on purpose, `DEVIATIONS` says why, and another test says what we answer.
"""

import copy
import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.slicer.conftest import Client

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))

Recorded = dict[str, Any]

DEVIATIONS = {
    "/cube/sales/members/date?hierarchy=nothing": "500 there, 400 here",
    "/cube/sales/aggregate?drilldown=date@nothing": "500 there, 400 here",
    "/cube/sales/aggregate?cut=date@nothing:1": "500 there, 400 here",
    "/cube/sales/cell?cut=known:yes": "500 there, the details here",
    "/cube/sales/fact/101": "another fact there, the right one here",
    "/cube/sales/aggregate?cut=currency:GBP&format=csv": "nothing there, the summary here",
}


def _named(recorded: Recorded) -> str:
    pairs = [pair for pair in recorded["parameters"] if pair[0] != "aggregates"]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    sent = f" {json.dumps(recorded['sent'])}" if "sent" in recorded else ""
    return f"{recorded['path']}?{query}{sent}" if query else f"{recorded['path']}{sent}"


def _cases() -> Iterator[Any]:
    for recorded in ANSWERS:
        if _named(recorded) not in DEVIATIONS:
            yield pytest.param(recorded, id=f"{recorded['test']} {_named(recorded)}")


def plain(value: Any) -> Any:
    """Without what differs by nature: exact digits, 0 and 1 for false and true."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bool):
        return int(value)
    return round(float(value), 9) if isinstance(value, float | Decimal) else value


@pytest.mark.parametrize("recorded", list(_cases()))
def test_the_answer_is_that_of_the_original(recorded: Recorded, analyst: Client) -> None:
    asked = {"method": "POST", "body": recorded["sent"]} if "sent" in recorded else {}
    answer = analyst.get(f"/slicer{recorded['path']}", params=recorded["parameters"], **asked)

    assert answer.status_code == recorded["status"], answer.text
    check(recorded, answer)


def check(recorded: Recorded, answer: httpx.Response) -> None:
    recorded = copy.deepcopy(recorded)
    if recorded["status"] != 200:
        check_error(recorded["body"], answer.json())
    elif isinstance(recorded["body"], str):
        check_text(recorded, answer.text)
    else:
        kind = recorded["path"].split("/")[3] if recorded["path"].startswith("/cube/") else recorded["path"]
        CHECKS.get(kind, check_equal)(recorded, answer.json(parse_float=Decimal))


def check_error(expected: Any, given: Any) -> None:
    """The kind of refusal; a nested one has its kind inside. Paths that are not served were HTML."""
    kind = "not_found" if expected is None else _kind(expected)
    assert _kind(given) == kind
    assert given.get("message") or given["error"]["message"]


def _kind(body: dict[str, Any]) -> str:
    error = body["error"]
    return str(error if isinstance(error, str) else error["type"])


def check_text(recorded: Recorded, text: str) -> None:
    expected = recorded["body"].replace("\0", "")
    if recorded["type"] == "text/csv":
        rows, expected_rows = list(csv.reader(io.StringIO(text))), list(csv.reader(io.StringIO(expected)))
        # The fact's key has another name there, and no value.
        start = 1 if "line_id" in expected_rows[0] else 0
        given_table = [[_cell(cell) for cell in row[start:]] for row in rows]
        expected_table = [[_cell(cell) for cell in row[start:]] for row in expected_rows]
        assert given_table[0] == expected_table[0]
        assert sorted(given_table, key=str) == sorted(expected_table, key=str)
    else:
        lines = [json.loads(line, parse_float=Decimal) for line in text.splitlines()]
        check_rows({**recorded, "body": [json.loads(line) for line in expected.splitlines()]}, lines)


def _cell(text: str) -> float | str:
    try:
        return round(float(text), 9)
    except ValueError:
        return text.removeprefix("'")


def check_equal(recorded: Recorded, given: Any) -> None:
    assert plain(given) == plain(recorded["body"])


def check_cubes(recorded: Recorded, given: Any) -> None:
    """The original was shown one cube."""
    assert [cube for cube in given if cube["name"] == "sales"] == recorded["body"]


def check_keys(recorded: Recorded, given: Any) -> None:
    assert set(recorded["body"]) <= set(given)


def check_rows(recorded: Recorded, given: Any) -> None:
    """Records in the order that was asked for, else in any."""
    given, expected = plain(given), plain(recorded["body"])
    if not any(name == "order" for name, _ in recorded["parameters"]):
        given, expected = sorted(given, key=_sortable), sorted(expected, key=_sortable)
    assert given == expected


def check_facts(recorded: Recorded, given: Any) -> None:
    """By the fields that the cube had when the original was asked."""
    fields = set().union(*recorded["body"]) if recorded["body"] else set()
    check_rows(recorded, [{key: value for key, value in row.items() if key in fields} for row in given])


def _sortable(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in sorted(record.items())]


def check_aggregate(recorded: Recorded, given: dict[str, Any]) -> None:
    expected = recorded["body"]
    given.pop("freshness")
    if not any(name == "aggregates" for name, _ in recorded["parameters"]):
        given["aggregates"] = [name for name in given["aggregates"] if name in expected["aggregates"]]
        given["summary"] = {name: given["summary"][name] for name in expected["aggregates"]}
    cells = expected.pop("cells")
    if cells:
        # The original counts cells by the first column, and so leaves those of Unknown out.
        expected["total_cell_count"] += sum(next(iter(cell.values())) is None for cell in cells)
    check_rows({**recorded, "body": cells}, given.pop("cells"))
    assert _texts(given.pop("cell")) == _texts(expected.pop("cell"))
    assert plain(given) == plain(expected)


def _texts(value: Any) -> Any:
    """Cuts with members as text: the original leaves numbers in paths as they were written."""
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)


def check_members(recorded: Recorded, given: dict[str, Any]) -> None:
    expected = recorded["body"]
    check_rows({**recorded, "body": expected.pop("data")}, given.pop("data"))
    assert given == expected


def check_cell(recorded: Recorded, given: Any) -> None:
    assert _texts(given) == _texts(recorded["body"])


def check_model(recorded: Recorded, given: dict[str, Any]) -> None:
    expected = recorded["body"]
    known = {item["name"] for item in expected["aggregates"]}
    given["aggregates"] = [item for item in given["aggregates"] if item["name"] in known]
    # The original was shown those of the dimensions that lie in the small star, and that there were then.
    shown = {item["name"] for item in expected["dimensions"]}
    given["dimensions"] = [item for item in given["dimensions"] if item["name"] in shown]
    assert set(given.pop("features")) == set(expected.pop("features"))
    assert given.pop("locale") == "en"
    assert expected.pop("key") == "line_id"
    assert given == expected


def check_report(recorded: Recorded, given: dict[str, Any]) -> None:
    """Each query as its endpoint is compared; an aggregate says there how fresh it is, and lists are records alone."""
    queries = recorded["sent"]["queries"]
    assert set(given) == set(recorded["body"]) == set(queries)
    for name, query in queries.items():
        answer = {**given[name], "freshness": None} if query["query"] == "aggregate" else given[name]
        asked = [[argument, query[argument]] for argument in query]
        IN_REPORTS[query["query"]]({"parameters": asked, "body": recorded["body"][name]}, answer)


CHECKS: dict[str, Any] = {
    "/version": check_keys,
    "/info": check_keys,
    "/cubes": check_cubes,
    "aggregate": check_aggregate,
    "facts": check_facts,
    "members": check_members,
    "cell": check_cell,
    "model": check_model,
    "report": check_report,
}
IN_REPORTS: dict[str, Any] = {
    "aggregate": check_aggregate,
    "facts": check_facts,
    "members": check_rows,
    "values": check_rows,
    "cell": check_cell,
    "details": check_cell,
}
