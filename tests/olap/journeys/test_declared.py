"""What a cube's model file says of customers' ways is checked when it is loaded."""

import json
from importlib import resources
from typing import Any

import pytest

from olap.errors import ModelError
from olap.vocabulary import load, models


def declared(name: str, **said: Any) -> Any:
    """The model file of a cube, which says something else."""
    file = resources.files("olap") / "model" / f"{name}.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    return {**document, "cube": {**document["cube"], **said}}


class TestDeclarations:
    @pytest.mark.parametrize(
        ("name", "said", "message"),
        [
            (
                "sales",
                {"journey": {"customer": "customer_id", "event": "visits", "moments": {}}},
                "the journey of sales names 'visits', which counts nothing that happens",
            ),
            (
                "sales",
                {"journey": {"customer": "customer_id", "event": "aov", "moments": {"aov": "ordered_at"}}},
                "the journey of sales names 'aov'",
            ),
            (
                "sales",
                {"journey": {"customer": "buyer", "event": "orders", "moments": {"orders": "ordered_at"}}},
                "names the column 'sales.buyer'",
            ),
            (
                "sales",
                {"journey": {"customer": "customer_id", "event": "orders", "moments": {"orders": "at"}}},
                "names the column 'sales.at'",
            ),
            (
                "customers",
                {"standing": {"customer": "customer_id", "where": "stands", "of": ["mood"], "scores": []}},
                "the standing of customers names mood, which it does not have",
            ),
        ],
    )
    def test_what_does_not_fit_the_cube_is_named(self, name: str, said: Any, message: str) -> None:
        with pytest.raises(ModelError, match=message):
            load(declared(name, **said))

    def test_a_cube_need_say_nothing_of_them(self) -> None:
        assert models()["stock"].journey is None
        assert models()["stock"].standing is None
