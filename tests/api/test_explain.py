"""`dangol explain`: what a document becomes, without a database."""

import os
import subprocess
import sys
from pathlib import Path

from api.graphql.documents import Documents
from api.graphql.explain import explained
from api.graphql.schema import schema
from domain.access import SYSTEM
from tests.api.forked import SERVING, starter

SCREEN = """query Screen($name: String!) { customers(first: 2, filter: {name: {startsWith: $name}}) {
    totalCount(atMost: 9) nodes { name timeline(last: 3) { nodes { ... on Order { number } } } } } }"""

REFUSED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("{ nope }", (), "Cannot query field 'nope' on type 'Query'."),
    (
        "{ customers(first: 1) { nodes { contactPoints { value } } } }",
        ("--role", "viewer"),
        "the role viewer may not read the contact fields of Customer",
    ),
    ("{ __typename }", ("--variables", "[]"), "--variables must be a JSON object"),
)


def explain(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from api.cli import main; main()", "explain", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def forked(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """The same, forked from a process that has made the schema already."""
    return starter(*SERVING).run("explain", *arguments, environment={**os.environ}, folder=Path.cwd())


class TestExplained:
    def test_it_says_the_selection_the_sql_and_what_each_parameter_is(self) -> None:
        held = Documents(schema())
        operation = held.operation(SCREEN, None)
        said = explained(held.plan(operation, held.values(operation, {"name": "secret"}), SYSTEM))

        kinds = "Touchpoint, Order, OfferGrant, PointsEntry, Case, Task, Opportunity"
        assert said["complete"]
        assert said["selection"].splitlines()[:5] == [
            "customers: first 2 of Customer where name startsWith ?customers.filter.name.startsWith by name",
            "  totalCount: count up to 9",
            "  nodes: nodes",
            "    name: name",
            f"    timeline: last 3 of TimelineEntry ({kinds})",
        ]
        assert said["sql"].startswith("SELECT ")
        assert said["parameters"].count("customers.filter.name.startsWith") == 2
        assert "secret" not in str(said)


class TestCommand:
    def test_a_document_in_a_file_is_explained_for_a_role(self, tmp_path: Path) -> None:
        file = tmp_path / "screen.graphql"
        file.write_text(SCREEN)

        done = explain(str(file), "--role", "agent", "--scope", "own", "--variables", '{"name": "a"}')

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("one statement is the whole answer\n")
        assert "owner_id = $" in done.stdout
        assert "actor_user_id" in done.stdout

    def test_what_is_refused_is_one_line(self, tmp_path: Path) -> None:
        file = tmp_path / "bad.graphql"
        for document, arguments, message in REFUSED:
            file.write_text(document)

            done = forked(str(file), *arguments)

            assert done.returncode == 1
            assert message in done.stderr
            assert len(done.stderr.splitlines()) == 1
