"""Texts that are code elsewhere, in every word that the cube takes: members of that name, or a refusal."""

import pytest

from tests.api.mutations.test_injection import HOSTILE
from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
COUNTED = {"aggregates": "lines"}
PLACES = [
    ("aggregate", "cut", "product:{}"),
    ("aggregate", "cut", "{}:x"),
    ("aggregate", "drilldown", "{}"),
    ("aggregate", "aggregates", "{}"),
    ("aggregate", "order", "{}"),
    ("facts", "fields", "{}"),
    ("members/customer", "level", "{}"),
    ("members/{}", "cut", ""),
]


class TestInjection:
    @pytest.mark.parametrize(("path", "parameter", "form"), PLACES, ids=[f"{p} {f}" for _, p, f in PLACES])
    def test_each_is_a_name_that_is_not_there(
        self, analyst: Client, path: str, parameter: str, form: str
    ) -> None:
        whole = analyst.get(f"{CUBE}/aggregate", COUNTED).json()["summary"]

        for text in HOSTILE:
            where = path.format(text.replace("/", "").replace("?", "").replace("#", "").replace("%", ""))
            response = analyst.get(f"{CUBE}/{where}", {**COUNTED, parameter: form.format(text)})

            assert response.status_code < 500, (text, response.text)
            if response.status_code == 200 and path == "aggregate" and parameter == "cut":
                assert response.json()["summary"]["lines"] == 0, text
        assert analyst.get(f"{CUBE}/aggregate", COUNTED).json()["summary"] == whole
