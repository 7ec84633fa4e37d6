"""Opaque ids."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.selection import ids
from domain.selection.ids import BadId, Id


class TestIds:
    @given(type_name=st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True), key=st.integers(1, ids.LARGEST))
    def test_what_is_made_is_read_back(self, type_name: str, key: int) -> None:
        assert ids.read(ids.made(type_name, key)) == Id(type_name, key)

    @given(opaque=st.text())
    def test_any_other_text_is_refused(self, opaque: str) -> None:
        with pytest.raises(BadId, match="is not an id of this API"):
            ids.read(opaque)

    @pytest.mark.parametrize(
        "plain",
        [
            "Customer:0",
            "Customer:-1",
            "Customer:01",
            "Customer:9223372036854775808",
            "Customer:1 ",
            ":1",
            "Customer",
        ],
    )
    def test_keys_that_no_row_can_have_are_refused(self, plain: str) -> None:
        with pytest.raises(BadId):
            ids.read(base64.b64encode(plain.encode()).decode())

    def test_one_row_has_one_id(self) -> None:
        # The last two bits of "Q3VzdG9tZXI6MQ==" mean nothing to base64, so "...MR==" decodes to the same bytes.
        with pytest.raises(BadId):
            ids.read("Q3VzdG9tZXI6MR==")

    def test_the_id_of_another_type_names_both_types(self) -> None:
        with pytest.raises(BadId, match="is an id of Order; needed: an id of Customer"):
            ids.key(ids.made("Order", 1), "Customer")
