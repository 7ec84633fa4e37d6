"""What a sentence calls a thing is told in the language of the caller."""

import ast
from pathlib import Path

import pytest

from domain.called import CALLED
from domain.errors import StaleVersion
from domain.messages import told

DOMAIN = Path(__file__).resolve().parents[2] / "domain"


def _stale() -> set[str]:
    """What a version may be stale of, as the source says."""
    calls = (
        node
        for path in DOMAIN.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "StaleVersion"
    )
    return {str(ast.literal_eval(call.args[0])) for call in calls}


class TestNames:
    def test_whatever_may_be_stale_has_one(self) -> None:
        assert len(_stale()) > 20
        assert _stale() <= CALLED.keys()

    @pytest.mark.parametrize("name", CALLED)
    def test_they_are_told_in_korean(self, name: str) -> None:
        korean = told(CALLED[name], "ko")

        assert korean != name
        assert not korean.isascii()

    def test_a_stale_version_is_wholly_told_in_korean(self) -> None:
        error = StaleVersion("opportunity", 7, expected=1, current=3)

        assert str(error.message) == "the opportunity was changed: version 1 was expected, 3 stands now"
        assert told(error.message, "ko") == (
            "그 사이 영업 기회의 내용이 변경되었습니다. 버전 1을(를) 기대했으나 지금은 3입니다"
        )
