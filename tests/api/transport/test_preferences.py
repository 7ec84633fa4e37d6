"""The media type of answers where clients weigh several, and the weights of headers."""

import pytest

from api.graphql.preferences import weighted
from api.graphql.replies import GRAPHQL, JSON, media_type


class TestMediaType:
    @pytest.mark.parametrize(
        ("accept", "media"),
        [
            ("", JSON),
            ("*/*", JSON),
            (JSON, JSON),
            (GRAPHQL, GRAPHQL),
            (f"{JSON}, {GRAPHQL}", GRAPHQL),
            (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
            (f"{GRAPHQL};charset=utf-8;q=0.5, {JSON};q=0.5", GRAPHQL),
            (f"{GRAPHQL};q=0.5, {JSON}", JSON),
            (f"{GRAPHQL}; q=0.1, {JSON}; q=0.2", JSON),
            (f"{GRAPHQL};q=0.1, */*", JSON),
            (f"{GRAPHQL};q=0.1, application/*;q=0.05, */*", GRAPHQL),
            (f"{GRAPHQL};q=0", JSON),
            (f"{GRAPHQL};q=0.5", GRAPHQL),
            (f"{GRAPHQL};q=much, {JSON};q=0.1", JSON),
        ],
    )
    def test_the_heavier_one_is_given(self, accept: str, media: str) -> None:
        assert media_type(accept.encode()) == media


class TestWeighted:
    def test_names_without_a_weight_have_the_greatest(self) -> None:
        assert list(weighted("ko-KR, KO;Q=0.9 , en ; q=0.8, x;q=none")) == [
            ("ko-kr", 1.0),
            ("ko", 0.9),
            ("en", 0.8),
            ("x", 0.0),
        ]
