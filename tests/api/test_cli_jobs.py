"""Jobs, retention and the journal of erasures at the command line; a restored store.

That `dangol serve` does jobs, or none, is shown where such servers run anyway: transport/test_stopping.py.
"""

import json
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pytest

from tests.api.test_cli import DANGOL, environment, forked, free_port


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(database: str, folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A command on the test's own database."""

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return forked(*arguments, data_dir=folder, DANGOL_DATABASE_URL=database)

    return command


@pytest.fixture
def ask(database: str) -> Iterator[Callable[[str], list[Any]]]:
    with adbc.connect(database, autocommit=True) as connection:

        def fetch(statement: str) -> list[Any]:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []

        yield fetch


DEFER = """
    SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', '{kind}', 0, NULL, NULL, '{{}}'::jsonb, NULL)::jobs.procrastinate_job_to_defer_v1
    ])
"""


def failed(ask: Any) -> None:
    ask(DEFER.format(kind="tidy_exports"))
    ask("UPDATE jobs.procrastinate_jobs SET status = 'doing'")
    ask("UPDATE jobs.procrastinate_jobs SET status = 'failed', attempts = 5")
    ask(
        "INSERT INTO jobs.faults (job_id, error, sqlstate)"
        " SELECT id, 'DBAPIError', '53100' FROM jobs.procrastinate_jobs"
    )


class TestJobs:
    def test_they_are_listed_in_a_table_and_shown_one_by_one(self, run: Any, ask: Any) -> None:
        failed(ask)

        listed = run("jobs", "list", "--state", "failed")
        shown = run("jobs", "show", "1")

        assert listed.returncode == shown.returncode == 0, listed.stderr + shown.stderr
        header, row = listed.stdout.splitlines()
        assert header.split() == ["job", "kind", "state", "tries", "created", "started", "finished", "error"]
        assert row.split()[:4] == ["1", "tidy_exports", "FAILED", "5"]
        assert row.split()[-1] == "DBAPIError"
        assert "DBAPIError 53100" in shown.stdout

    def test_a_failed_one_is_tried_again_and_a_waiting_one_called_off(self, run: Any, ask: Any) -> None:
        failed(ask)

        assert run("jobs", "retry", "1").stdout == "Job 1 is queued again.\n"
        assert run("jobs", "cancel", "1").stdout == "Job 1 is called off.\n"
        assert ask("SELECT state FROM jobs.overview") == [("CANCELLED",)]

    def test_refusals_are_one_line(self, run: Any, ask: Any) -> None:
        for arguments, reason in (
            (("jobs", "show", "9"), "dangol: there is no such job"),
            (
                ("jobs", "list", "--state", "flying"),
                "dangol: unknown state 'flying'; known: queued, running, ",
            ),
        ):
            refused = run(*arguments)

            assert refused.returncode == 1
            assert refused.stderr.startswith(reason)
            assert len(refused.stderr.splitlines()) == 1

    def test_none_is_said(self, run: Any, ask: Any) -> None:
        assert run("jobs", "list").stdout == "No such jobs.\n"


class TestRetention:
    def test_periods_are_listed_and_set(self, run: Any, ask: Any) -> None:
        assert run("retention", "set", "sensitive", "service", "90").stdout == (
            "SENSITIVE data held for SERVICE is kept for 90 days.\n"
        )
        run("retention", "set", "basic", "service", "ever")

        listed = run("retention", "list").stdout.splitlines()

        assert any(
            line.split()[:3] == ["SENSITIVE", "SERVICE", "90"] and "touchpoints" in line for line in listed
        )
        assert any(line.split()[:3] == ["BASIC", "SERVICE", "-"] for line in listed)

    def test_a_wrong_word_is_refused(self, run: Any) -> None:
        for arguments, reason in (
            (("secret", "service", "9"), "unknown tag 'secret'; known: basic, contact, unique, sensitive"),
            (
                ("basic", "fun", "9"),
                "unknown purpose 'fun'; known: relationship, service, offer, trade, access",
            ),
            (("basic", "service", "soon"), "'soon' is not a number of days"),
        ):
            refused = run("retention", "set", *arguments)

            assert refused.stderr == f"dangol: {reason}\n"

    def test_what_is_past_goes_when_told(self, run: Any, ask: Any) -> None:
        ask(
            "INSERT INTO touchpoints (source_system, source_id, channel, direction, occurred_at, created_at, note)"
            " VALUES ('a', '1', 'WEB', 'INBOUND', '2020-01-01', '2020-01-01', 'long ago')"
        )

        done = run("retention", "run")

        assert done.stdout == "touchpoints: note (SENSITIVE, SERVICE): taken away 1\n", done.stderr
        assert ask("SELECT note FROM touchpoints") == [(None,)]


class TestNothingThere:
    @pytest.mark.parametrize(
        ("command", "told"),
        [
            (("documents", "list"), "No documents are registered."),
            (("segments", "refresh"), "No segment is by rule."),
            (("jobs", "list"), "No such jobs."),
            (("cube", "advise"), "Logged: 0 requests; answered from the facts, not from a rollup: 0."),
        ],
    )
    def test_an_empty_store_is_told_to_be_so(self, run: Any, command: tuple[str, ...], told: str) -> None:
        done = run(*command)

        assert (done.returncode, done.stdout) == (0, f"{told}\n"), done.stderr

    def test_a_demo_that_finds_other_rows_and_serves_nothing_does_not_say_so(
        self, run: Any, ask: Any
    ) -> None:
        ask("INSERT INTO customers (name) VALUES ('kept')")

        done = run("demo", "--no-serve")

        assert done.returncode == 0, done.stderr
        assert "already holds data (customers: 1)" in done.stdout
        assert done.stdout.endswith("what is there stays as it is.\n")
        assert ask("SELECT name FROM customers") == [("kept",)]


class TestRestored:
    def test_an_older_store_is_refused_until_the_journal_is_replayed(
        self, run: Any, ask: Any, folder: Path
    ) -> None:
        ask("INSERT INTO customers (name) VALUES ('back from the backup')")
        (store,) = ask("SELECT store_id::text FROM erasure_store")[0]
        folder.mkdir()
        line = {"store": store, "customer": 1, "at": "2026-01-01T00:00:00+00:00"}
        (folder / "erasures.journal").write_text(json.dumps(line) + "\n")

        for command in (["serve", "--port", str(free_port())], ["worker"], ["jobs", "list"]):
            refused = run(*command)
            assert refused.returncode == 1
            assert "older than erasures of persons (1): run dangol erasures replay" in refused.stderr
        replayed = run("erasures", "replay")
        after = run("jobs", "list")

        assert replayed.stdout == "Made again: 1 erasure. The store may be served.\n"
        assert after.returncode == 0
        assert ask("SELECT name FROM customers") == [("(erased)",)]

    def test_a_damaged_journal_is_refused(self, run: Any, folder: Path) -> None:
        folder.mkdir()
        (folder / "erasures.journal").write_text("nonsense\n")

        refused = run("jobs", "list")

        assert refused.stderr.startswith("dangol: line 1 of the journal of erasures is damaged")

    def test_another_stores_erasures_are_passed_over(self, run: Any, folder: Path) -> None:
        folder.mkdir()
        line = {"store": str(uuid.uuid4()), "customer": 1, "at": "2026-01-01T00:00:00+00:00"}
        (folder / "erasures.journal").write_text(json.dumps(line) + "\n")

        assert run("jobs", "list").returncode == 0


def until(ask: Any, statement: str, wanted: Any) -> None:
    end = time.monotonic() + 90
    while ask(statement) != [(wanted,)]:
        assert time.monotonic() < end, ask(statement)
        time.sleep(0.1)


@pytest.mark.slow
class TestWorkers:
    def test_dangol_worker_does_the_jobs_and_stops_within_20_s(
        self, database: str, folder: Path, ask: Any
    ) -> None:
        ask(DEFER.format(kind="expire_idempotency"))
        worker = subprocess.Popen(
            [DANGOL, "worker"],
            env=environment(folder, DANGOL_DATABASE_URL=database),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            until(
                ask, "SELECT state FROM jobs.overview WHERE kind = 'expire_idempotency' LIMIT 1", "SUCCEEDED"
            )
            worker.send_signal(signal.SIGTERM)
            output, _ = worker.communicate(timeout=20)
        finally:
            worker.kill()

        assert worker.returncode == 0, output
