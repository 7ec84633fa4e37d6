"""Variables in writing: the same for what is equal, another for what is not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.canonical import canonical, in_writing

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=4),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


class TestWriting:
    @given(value=VALUES)
    def test_what_is_written_is_read_as_the_same(self, value: Any) -> None:
        assert json.loads(in_writing(value)) == value

    @given(names=st.permutations(["b", "a", "가", "z", "é"]))
    def test_the_order_of_names_does_not_count(self, names: list[str]) -> None:
        given = {"input": {"rows": [dict.fromkeys(names, 2**64)], **dict.fromkeys(names, 1.5)}}

        text = canonical(given).text

        assert (
            text
            == (
                '{"input":{"a":1.5,"b":1.5,"rows":[{"a":18446744073709551616,"b":18446744073709551616,'
                '"z":18446744073709551616,"é":18446744073709551616,"가":18446744073709551616}],'
                '"z":1.5,"é":1.5,"가":1.5}}'
            ).encode()
        )

    def test_rows_stand_in_the_text(self) -> None:
        said = canonical({"input": {"rows": [{"b": 1, "a": "가"}, 2], "policy": "X"}})

        assert said.rows == {"input": [b'{"a":"\xea\xb0\x80","b":1}', b"2"]}
        assert b",".join(said.rows["input"]) in said.text

    def test_half_a_surrogate_pair_is_refused(self) -> None:
        with pytest.raises(UnicodeEncodeError):
            in_writing({"a": "\ud800"})

    def test_what_is_nested_too_deeply_is_refused(self) -> None:
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]

        with pytest.raises(RecursionError):
            in_writing(deep)
