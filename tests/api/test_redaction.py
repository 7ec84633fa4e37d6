"""A log line holds what the list allows and nothing else, whoever writes it."""

import json
import logging
from typing import Any

import pytest
import structlog

from api import logs
from api.redaction import WITHHELD, FirstLine, allowed


def told(**event: Any) -> dict[str, Any]:
    return dict(allowed(None, "", event))


class TestAllowed:
    def test_keys_that_are_not_in_the_list_stay_out(self) -> None:
        assert told(event="fault", variables={"name": "canary"}, query="canary", token="canary") == {
            "event": "fault"
        }

    def test_a_value_of_another_form_is_withheld(self) -> None:
        assert told(event="fault", error="canary: 김단골", sqlstate="canary", job_id="7; 김") == {
            "event": "fault",
            "error": WITHHELD,
            "sqlstate": WITHHELD,
            "job_id": WITHHELD,
        }

    def test_what_is_ours_is_shown(self) -> None:
        event = {
            "event": "job_fault",
            "level": "error",
            "error": "IntegrityError",
            "sqlstate": "23505",
            "at": ["/srv/my house/domain/jobs/faults.py:12 around"],
            "job_id": 7,
            "seconds": 1.5,
        }

        assert told(**event) == event

    def test_an_exception_is_told_by_its_class_and_places(self) -> None:
        try:
            raise ValueError("canary")
        except ValueError as error:
            shown = told(event="fault", exc_info=error)

        assert shown["error"] == "ValueError"
        assert shown["at"][-1].endswith("test_an_exception_is_told_by_its_class_and_places")
        assert "canary" not in str(shown)


class TestConfigured:
    @pytest.fixture(autouse=True)
    def as_it_was(self) -> Any:
        root = logging.getLogger()
        before = root.handlers, root.level
        yield
        root.handlers, root.level = before
        logging.captureWarnings(False)
        structlog.reset_defaults()

    def test_libraries_are_told_of_without_their_text(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.configure("info")

        try:
            raise ValueError("canary")
        except ValueError:
            logging.getLogger("some.library").exception("canary of %s", "canary")

        line = json.loads(capfd.readouterr().err)
        assert (line["event"], line["logger"], line["error"]) == ("library", "some.library", "ValueError")
        assert "canary" not in str(line)

    def test_ours_pass_the_list(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.configure("info")

        structlog.get_logger("x").error("fault", error="ValueError", name="canary")

        line = json.loads(capfd.readouterr().err)
        assert {"event": "fault", "error": "ValueError", "level": "error"}.items() <= line.items()
        assert "canary" not in str(line)


class TestServer:
    def test_a_trace_is_cut_off(self) -> None:
        record = logging.LogRecord(
            "uvicorn.error",
            logging.ERROR,
            "x.py",
            1,
            "Application callable raised an exception\ncanary",
            None,
            None,
        )

        assert FirstLine().format(record) == "[ERROR] Application callable raised an exception"
