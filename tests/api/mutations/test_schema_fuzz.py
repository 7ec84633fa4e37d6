"""Documents drawn from the schema alone, asked as every role: whatever they are, nothing is a fault of ours."""

import os
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

from domain.roles import Role, Scope
from tests.api.graphql.asking import Api
from tests.api.graphql.written import built
from tests.api.mutations.asking import id_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))

OF_THE_CUBE = {"cube", "cubes"}
"""No cube is open here; tests/api/slicer asks it."""


def _texts(*texts: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(texts).map(nodes.String)


IDS = [
    id_of(name, key) for name in ("Customer", "Order", "Offer", "User", "Branch", "Product") for key in (1, 2)
]

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "DateTime": _texts("2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026"),
    "Date": _texts("2026-01-01", "0001-01-01", "9999-12-31", "2026-02-30"),
    "PreciseDecimal": _texts("0", "1.5", "-1", "0.0000000001", "0.00000000001", "NaN", "1e9"),
    "Decimal": _texts("0", "1.5", "-1", "9999999999999999.9999", "NaN", "1e9"),
    "BigInt": _texts("0", "9223372036854775807", "9223372036854775808", "-1"),
    "SourceVersion": _texts("1", "9223372036854775807", "2026-01-01T00:00:00Z", ""),
    "CubeValue": _texts("1"),
    "ID": st.one_of(_texts(*IDS), st.text(max_size=20).map(nodes.String)),
    "Int": st.sampled_from([1, 2, 3, 4, 5, 7, 9, 20, 100, 0, -1, 2**31 - 1, -(2**31)]).map(nodes.Int),
}

ACTORS = [
    {"role": role.value, "scope": scope.value, "subject": "kim", "branches": ("GN",)}
    for role in Role
    for scope in Scope
]


@cache
def documents(operation: str, field: str) -> st.SearchStrategy[str]:
    """Those that ask the root field. Made once: what was found of its types is kept with it."""
    drawn = queries if operation == "query" else mutations
    return drawn(built(), fields=[field], custom_scalars=SCALARS)


class TestNoFaults:
    @pytest.mark.parametrize("operation", ["query", "mutation"])
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
            HealthCheck.large_base_example,
        ],
    )
    @given(data=st.data())
    async def test_every_document_is_answered_or_refused(
        self, api: Api, operation: str, data: st.DataObject
    ) -> None:
        root: Any = built().query_type if operation == "query" else built().mutation_type
        field = data.draw(st.sampled_from(sorted(set(root.fields) - OF_THE_CUBE)))
        document = data.draw(documents(operation, field))
        actor = data.draw(st.sampled_from(ACTORS))

        response = await api.post(document, as_=actor)

        event(f"{operation}: {response.status_code}")
        assert response.status_code < 500, response.text
        for error in response.json().get("errors", []):
            assert error["extensions"]["code"] != "INTERNAL", (document, error)
