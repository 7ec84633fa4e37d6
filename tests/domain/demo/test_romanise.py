"""Hangul names in Latin letters."""

import pytest

from domain.demo import romanise


class TestPerson:
    @pytest.mark.parametrize(
        ("hangul", "latin"),
        [
            ("김민준", "Kim Minjun"),
            ("이영희", "Lee Yeonghui"),
            ("남궁옥분", "Namgung Okbun"),
            ("곽철수", "Gwak Cheolsu"),
        ],
    )
    def test_is_written_as_on_a_card(self, hangul: str, latin: str) -> None:
        assert romanise.person(hangul) == latin
