"""Four questions to the API, to PostGraphile with its Amber preset, and to a hand-written statement.

All three run on the same embedded Postgres with the same 100,000 customers and 1,000,000 touchpoints, one process
each, in alternating rounds; the figures are medians of the rounds' ratios, with their range. Ours proves the token,
checks the permissions, counts the cost and takes it from the caller's points. Needs wrk, and npm's registry once.
The limit is a bare application on granian; how it does on our own server is told beside it, without a goal.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from api.tokens import issue, signing_key
from bench.graphql import servers
from bench.graphql.questions import QUESTIONS, VARIATIONS, Question
from bench.graphql.seed import seeded
from bench.graphql.wrk import Load, load
from bench.node import installed
from bench.serving import memory_told
from domain.postgres import discard, running

Four = tuple[list[bytes], list[bytes], list[bytes], list[bytes]]


def bodies(question: Question) -> Four:
    """The requests: ours, the peer's, the limit's, and the limit's again."""
    ours, peer, limit = [], [], []
    for n in range(VARIATIONS):
        mine, his, parameter = question.told(n)
        ours.append(json.dumps({"query": question.ours, "variables": mine}).encode())
        peer.append(json.dumps({"query": question.peer, "variables": his}).encode())
        limit.append(str(parameter).encode())
    return ours, peer, limit, limit


def rows(answer: Any) -> int:
    """How many values an answer holds: the peer must tell as much, in its own words."""
    match answer:
        case dict():
            return sum(rows(each) for each in answer.values())
        case list():
            return sum(rows(each) for each in answer)
    return 1


def ask(port: int, body: bytes, headers: dict[str, str]) -> Any:
    """The answer's data. Raises RuntimeError where it has errors."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, headers)
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    if "errors" in found:
        raise RuntimeError(found["errors"])
    return found["data"]


def check(question: Question, told: list[Any]) -> None:
    """The limit tells the very same as we do, the peer as many values. Raises RuntimeError."""
    ours, peer, *limits = told
    if any(ours != limit for limit in limits):
        raise RuntimeError(f"{question.name}: the limit does not give our answer")
    if rows(ours) != rows(peer):
        raise RuntimeError(f"{question.name}: {rows(ours)} values, and {rows(peer)} of the peer")


def measure(
    question: Question,
    ports: tuple[int, int, int, int],
    headers: dict[str, str],
    *,
    rounds: int,
    seconds: int,
) -> bool:
    """Prints the figures of one question; whether they are what they should be."""
    asked = bodies(question)
    check(question, [ask(port, each[0], headers) for port, each in zip(ports, asked, strict=True)])
    for port, each in zip(ports, asked, strict=True):
        load(port, each, headers, 2)
    found = [
        [load(port, each, headers, seconds) for port, each in zip(ports, asked, strict=True)]
        for _ in range(rounds)
    ]
    return _told(question, found)


def _told(question: Question, found: list[list[Load]]) -> bool:
    print(f"{question.name}")
    good = True
    compared = (
        ("PostGraphile", 1, question.over_peer),
        ("the limit", 2, question.over_limit),
        ("the limit on our server", 3, None),
    )
    for name, at, goal in compared:
        ratios = [each[0].per_second / each[at].per_second for each in found]
        median = statistics.median(ratios)
        met = goal is None or median >= goal
        good &= met
        ours = statistics.median(each[0].per_second for each in found)
        other = statistics.median(each[at].per_second for each in found)
        print(
            f"  {ours:7.0f}/s against {other:7.0f}/s of {name}: {median:.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f})"
            + ("" if goal is None else f"; goal {goal}: {'met' if met else 'MISSED'}")
        )
    slow = [statistics.median(each[at].p99 for each in found) for at in (0, 1)]
    met = slow[0] <= slow[1]
    print(
        f"  p99 {slow[0]:.1f} ms against {slow[1]:.1f} ms of PostGraphile: {'met' if met else 'MISSED'}",
        flush=True,
    )
    return good and met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", help="a part of the question's name")
    parser.add_argument("--url", help="a store that was seeded before")
    asked = parser.parse_args()
    packages = installed(Path(__file__).parent.parent / "peer")
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        with ExitStack() as stack:
            url = asked.url
            if url is None:
                url = stack.enter_context(running(folder / "pg")).url("dangol")
                seeded(url)
            return compare(url, folder, packages, asked)
    finally:
        if asked.url is None:
            discard(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def compare(url: str, folder: Path, packages: Path, asked: argparse.Namespace) -> int:
    """Prints all figures; the exit code."""
    key = signing_key(folder / "token.key")
    token = issue(key, subject="bench", role="MARKETER", scope="ALL", branches=(), hours=4)
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    good = True
    with servers.ours(url, folder / "token.key") as ours, servers.peer(url, packages) as peer:
        for question in QUESTIONS:
            if asked.only and asked.only not in question.name:
                continue
            (folder / "limit.sql").write_text(question.limit)
            sql = folder / "limit.sql"
            with servers.bare(url, sql) as limit, servers.bare_on_ours(url, sql) as again:
                ports = (ours, peer, limit, again)
                good &= measure(question, ports, headers, rounds=asked.rounds, seconds=asked.seconds)
        met = memory_told(ours)
    return 0 if good and met else 1


if __name__ == "__main__":
    sys.exit(main())
