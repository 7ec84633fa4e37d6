"""Members as Python has them: what a frame shows of Unknown is Unknown, and no members are not the empty text."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from olap.client import Cube
from olap.errors import RequestError

MISSING = {"NA": pd.NA, "NaN": float("nan"), "NaT": pd.NaT}


class TestUnknown:
    @pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
    @pytest.mark.parametrize(
        "asked",
        [
            lambda cube, member: cube.where(gender=member),
            lambda cube, member: cube.where(gender=["female", member]),
            lambda cube, member: cube.without(gender=member),
            lambda cube, member: cube.where(customer=("France", "Bretagne", member)),
            lambda cube, member: cube.where(district=["Paris", member]),
            lambda cube, member: cube.split(gender=member),
        ],
        ids=["point", "set", "without", "path", "deeper level", "split"],
    )
    def test_what_pandas_has_for_it_is_none(
        self, in_process: Cube, asked: Callable[[Cube, Any], Cube], missing: Any
    ) -> None:
        def frame(member: Any) -> pd.DataFrame:
            cube = asked(in_process, member).where(currency="GBP").by("gender")
            return cube.frame("lines", labels=False)

        pd.testing.assert_frame_equal(frame(missing), frame(None))
        assert frame(None)["lines"].sum() > 0

    def test_a_row_of_a_frame_is_found_again(self, in_process: Cube) -> None:
        by_gender = in_process.where(currency="GBP").by("gender").frame("lines", labels=False)

        found = [
            in_process.where(currency="GBP", gender=row.gender).frame("lines", labels=False)["lines"].sum()
            for row in by_gender.itertuples()
        ]

        assert found == by_gender["lines"].tolist()


class TestNoMembers:
    @pytest.mark.parametrize("members", [(), ["France", ()]], ids=str)
    def test_an_empty_path_is_refused(self, in_process: Cube, members: Any) -> None:
        with pytest.raises(RequestError, match="an empty path of members; leave the keyword out"):
            in_process.where(customer=members)

    def test_the_empty_text_is_a_member(self, in_process: Cube) -> None:
        leeds = in_process.where(currency="GBP", customer=("United Kingdom", "")).frame("lines", labels=False)

        assert leeds["lines"].sum() == 3
