"""No list can grow: a list of objects is a connection's, has a row for each one that was given, or has a bound."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLString,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

import migrations
from api.graphql.cost import EACH_ROW, UncountedList, assumed, is_page
from api.graphql.cube.query import Cube, _cube
from api.graphql.planning.rights import BACKREF
from api.graphql.schema import schema
from api.permissions import TABLE, may
from domain import tables
from domain.channels import Channel
from domain.consents.model import ConsentPurpose
from domain.customers.referring import referrers
from domain.offers.rules import MOST_RULES
from domain.offers.states import MOVES
from domain.roles import Role
from olap.rollups.declared import rollups
from olap.vocabulary import models

CUT = 20
"""Lists of the released schema: the first rows are read, and no more."""

CUBES: list[Cube] = [_cube(each, "en") for each in models().values()]
HIERARCHIES = [[each for dimension in cube.dimensions for each in dimension.hierarchies] for cube in CUBES]
CURRENCIES = (Path(migrations.__path__[0]) / "sql" / "currencies.sql").read_text().count("('")

BOUNDS = {
    "Customer.contactPoints": CUT,
    "Customer.externalIds": CUT,
    "Customer.netRevenue": CUT,
    "Product.externalIds": CUT,
    "User.branches": CUT,
    "Customer.currentConsents": len(ConsentPurpose) * (len(Channel) + 1),
    "Offer.eligibility": MOST_RULES,
    "Offer.exclusions": MOST_RULES,
    "OfferGrant.states": len(MOVES),
    "OfferEligibility.obstacles": 4,  # tests/api/mutations/test_offer_rules.py
    "CustomersOfCell.nodes": 100,  # pageSize
    "CubeTable.columns": 200,  # more are refused
    "CubeAggregation.summary": 100,  # more are refused
    "Viewer.permissions": max(sum(may(role, *each) for each in TABLE) for role in Role),
    "Query.customerMergePreview": len([each for each in referrers(tables.metadata) if each.statements]),
    "SegmentPreview.value": CURRENCIES,
    "CubeExplanation.refused": max(map(len, rollups().values())),
    "Query.cubes": len(CUBES),
    "Cube.dimensions": max(len(cube.dimensions) for cube in CUBES),
    "Cube.aggregates": max(len(cube.aggregates) for cube in CUBES),
    "Cube.details": max(len(cube.details) for cube in CUBES),
    "Cube.measures": max(len(cube.measures) for cube in CUBES),
}
"""How many rows each list can have."""


def lists() -> Iterator[tuple[str, GraphQLObjectType, GraphQLField]]:
    """Each list of objects that no page bounds, as "Type.field"."""
    for type_ in schema().type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_page(type_) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                if is_list_type(get_nullable_type(field.type)) and not is_leaf_type(
                    get_named_type(field.type)
                ):
                    yield f"{type_.name}.{name}", type_, field


def _is_of_the_request(name: str, field: GraphQLField) -> bool:
    """Whether the request says how many rows there are: as many as its ids, its input's rows, one error."""
    of, _, own = name.partition(".")
    return "ids" in field.args or own == "userErrors" or (own in EACH_ROW and of.endswith("Payload"))


class TestLists:
    def test_each_one_has_a_bound_and_costs_so_much(self) -> None:
        inside = {"CubeDimension.hierarchies", "CubeHierarchy.levels"}

        found = {name: assumed(field) for name, _, field in lists() if not _is_of_the_request(name, field)}

        assert found.keys() - inside == BOUNDS.keys()
        assert {name: most for name, most in BOUNDS.items() if most > found[name]} == {}

    def test_a_cube_s_dimensions_have_no_more_hierarchies_and_levels_than_they_cost(self) -> None:
        cost = {name: assumed(field) for name, _, field in lists() if name.startswith("Cube")}
        hierarchies = cost["Cube.dimensions"] * cost["CubeDimension.hierarchies"]
        levels = hierarchies * cost["CubeHierarchy.levels"]

        assert max(map(len, HIERARCHIES)) <= hierarchies
        assert max(sum(len(each.levels) for each in of) for of in HIERARCHIES) <= levels

    def test_one_that_says_nothing_is_no_part_of_a_schema(self) -> None:
        silent = GraphQLField(GraphQLString, extensions={BACKREF: SimpleNamespace(python_name="moves")})

        with pytest.raises(UncountedList, match="moves is a list"):
            assumed(silent)
