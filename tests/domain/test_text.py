"""Text that enters the store."""

import unicodedata
from collections.abc import Callable

import pytest

from domain import text
from domain.errors import Invalid

Rule = Callable[..., str]
RULES: list[Rule] = [text.line, text.name, text.prose, text.key]


class TestEveryRule:
    @pytest.mark.parametrize("rule", RULES)
    def test_decomposed_hangul_is_composed(self, rule: Rule) -> None:
        assert rule(unicodedata.normalize("NFD", "김단골")) == "김단골"

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("", "is empty"),
            (" \t\n ", "is empty"),
            ("a\0b", "NUL"),
            ("a\ud800b", "U\\+D800"),
            ("a\x1bb", "control character U\\+001B"),
            ("a" + "\u0301" * 31, "more than 30 combining marks"),
            ("a" * 10_001, "10,001 characters long; at most"),
            ("her number is 900101-2345678", "resident registration number"),
            ("a-b, 900101-2345678-c", "resident registration number"),
        ],
        ids=[
            "empty",
            "blank",
            "nul",
            "surrogate",
            "escape",
            "marks",
            "long",
            "resident number",
            "among hyphens",
        ],
    )
    def test_what_must_not_be_stored_is_refused_with_its_place(
        self, rule: Rule, given: str, reason: str
    ) -> None:
        with pytest.raises(Invalid, match=f"note.*{reason}") as caught:
            rule(given, "items", 3, "note")

        assert caught.value.path == ("items", 3, "note")

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize("given", ["", " \u3000\t"])
    def test_what_is_needed_is_not_told_to_be_left_out(self, rule: Rule, given: str) -> None:
        with pytest.raises(Invalid) as caught:
            rule(given, "name")

        assert caught.value.message == "name is empty: give at least one character that is no space"

    @pytest.mark.parametrize("rule", RULES[:3])
    def test_what_may_be_absent_is_told_so(self, rule: Rule) -> None:
        with pytest.raises(Invalid) as caught:
            rule(" ", "note", clearable=True)

        assert caught.value.message == "note is empty; leave it out, or give null to clear it"

    @pytest.mark.parametrize("rule", RULES)
    @pytest.mark.parametrize("given", ["8801234567890", "2026-01-01", "010-1234-5678", "901301-2345678"])
    def test_other_numbers_are_no_resident_numbers(self, rule: Rule, given: str) -> None:
        assert rule(given) == given


class TestMarks:
    @pytest.mark.parametrize("before", range(0, 64, 3))
    def test_a_run_that_is_too_long_is_found_wherever_it_stands(self, before: int) -> None:
        with pytest.raises(Invalid, match="combining marks"):
            text.clean("가" * before + "\u0315\u0300" * 15 + "\u0315" + "나" * 40)

    @pytest.mark.parametrize("before", range(0, 64, 3))
    def test_one_that_is_not_is_put_in_order(self, before: int) -> None:
        given = "가" * before + "\u0315\u0300" * 15 + "나" + "\u0315\u0300" * 15

        assert text.clean(given) == (
            "가" * before + "\u0300" * 15 + "\u0315" * 15 + "나" + "\u0300" * 15 + "\u0315" * 15
        )

    def test_every_mark_counts(self) -> None:
        codes = [code for code in range(0x110000) if unicodedata.combining(chr(code))]

        assert text._marks() == {chr(code) for code in codes}


class TestName:
    def test_outer_spaces_are_taken_off(self) -> None:
        assert text.name("  김 단골 ") == "김 단골"

    def test_a_control_of_direction_is_refused(self) -> None:
        with pytest.raises(Invalid, match="writing direction"):
            text.name("Kim\u202enogeld")

    @pytest.mark.parametrize("given", ["two\nlines", "two\u2028lines", "tab\there"])
    def test_it_is_one_line(self, given: str) -> None:
        with pytest.raises(Invalid, match="control character"):
            text.name(given)

    def test_its_length_is_that_of_the_composed_text(self) -> None:
        assert text.name(unicodedata.normalize("NFD", "각" * 200)) == "각" * 200


class TestProse:
    def test_lines_stay_and_end_in_a_line_feed(self) -> None:
        assert text.prose("one\r\ntwo\rthree\tand\n") == "one\ntwo\nthree\tand"


class TestKey:
    def test_it_stands_as_it_is(self) -> None:
        assert text.key(" 00A\u200f7 ") == " 00A\u200f7 "
