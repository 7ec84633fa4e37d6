"""Segments as cuts of every cube that knows customers: a dimension of its cells, not of its answers.

A customer may be in several segments at once, so facts are never parted by them; the cube `segments` has their members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from olap.physical import Column, Join
from olap.star import metadata

SEGMENT = "segment"
CUT_ONLY = "cut_only"

NAME = Column("segment", "segment")

DIMENSION: Mapping[str, Any] = {
    "name": SEGMENT,
    "label": {"en": "Segment", "ko": "세그먼트"},
    "description": {
        "en": "Facts of customers who were in the segment at the end of the fact's day, or are as of now or a date",
        "ko": "사실이 일어난 날의 끝에(또는 지금이나 어느 날짜에) 세그먼트에 속한 고객의 사실",
    },
    "info": {CUT_ONLY: True},
    "levels": [
        {
            "name": SEGMENT,
            "label": {"en": "Segment", "ko": "세그먼트"},
            "attributes": [{"name": SEGMENT, "label": {"en": "Segment", "ko": "세그먼트"}}],
        }
    ],
}


@dataclass(frozen=True)
class Belonging:
    """How a fact tells whether its customer is in a segment, and the cubes whose cells may be cut by it."""

    customer: Column
    day: Column
    by_language: Mapping[str, Any]


def belongs(fact: str, joins: Mapping[str, Join], dimensions: list[Any]) -> bool:
    """Whether each fact of the cube says whose it is and of which day, and segments are no dimension of its own."""
    known = {"customer_id", "date_key"} <= set(metadata.tables[fact].c.keys())
    return known and "customer" in joins and SEGMENT not in {item["name"] for item in dimensions}
