"""JSON of the Slicer: compact or indented it says the same, of values of every type and of their kinds."""

import json
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pytest

from api.slicer.encode import encoded


class Said(StrEnum):
    YES = "yes"


CELLS = pa.table(
    {
        'a "name" 100%': ["x", None, "y"],
        "amount": pa.array([Decimal("1.10"), None, Decimal("-0.0001")], pa.decimal128(38, 4)),
        "ratio": [0.5, float("inf"), float("nan")],
    }
)


class TestEncoded:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (None, "null"),
            (True, "true"),
            (10**30, "1" + "0" * 30),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.00"), "0.00"),
            (0.1, "0.1"),
            (float("-inf"), "null"),
            (date(2011, 1, 31), '"2011-01-31"'),
            ('한국 "x"\n', '"한국 \\"x\\"\\n"'),
            (Said.YES, '"yes"'),
            ({}, "{}"),
            ((), "[]"),
            ({1: [], "b": ({"c": None},)}, '{"1":[],"b":[{"c":null}]}'),
            (OrderedDict(a=1), '{"a":1}'),
            (MappingProxyType({"a": (1, 2)}), '{"a":[1,2]}'),
            (range(3), "[0,1,2]"),
            (CELLS.slice(0, 0), "[]"),
        ],
        ids=repr,
    )
    def test_each_kind_of_value(self, value: Any, written: str) -> None:
        assert encoded(value) == encoded([value])[1:-1] == encoded({"k": value})[5:-1] == written

    def test_a_table_is_its_records(self) -> None:
        assert encoded({"cells": CELLS}) == (
            '{"cells":[{"a \\"name\\" 100%":"x","amount":1.1000,"ratio":0.5},'
            '{"a \\"name\\" 100%":null,"amount":null,"ratio":null},'
            '{"a \\"name\\" 100%":"y","amount":-0.0001,"ratio":null}]}'
        )

    def test_indented_it_says_the_same(self) -> None:
        said = {"cells": CELLS, "of": [OrderedDict(a=(1, "x")), {}, []], "n": None}

        shown = encoded(said, indent=4)

        assert json.loads(shown, parse_float=Decimal) == json.loads(encoded(said), parse_float=Decimal)
        assert shown.startswith('{\n    "cells": [\n        {\n            "a \\"name\\" 100%": "x",')
        assert shown.endswith('    ],\n    "n": null\n}')
        assert "        {},\n        []\n" in shown
