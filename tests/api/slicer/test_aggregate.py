"""GET /slicer/cube/sales/aggregate."""

import json
from decimal import Decimal

from tests.api.slicer.conftest import Client

URL = "/slicer/cube/sales/aggregate"


class TestAggregate:
    def test_a_point_cut_and_a_drilldown_give_summary_and_cells(self, analyst: Client) -> None:
        answer = analyst.get(
            URL,
            params={"cut": "date:2011|currency:GBP", "drilldown": "date", "aggregates": "net_revenue|orders"},
        )

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        body = json.loads(answer.text, parse_float=Decimal)
        assert body["summary"] == {"net_revenue": Decimal("117.7787"), "orders": 5}
        assert body["cells"] == [
            {"date.year": 2011, "date.quarter": 1, "net_revenue": Decimal("57.7787"), "orders": 3},
            {"date.year": 2011, "date.quarter": 4, "net_revenue": Decimal("60.0000"), "orders": 2},
        ]
        assert body["total_cell_count"] == 2
