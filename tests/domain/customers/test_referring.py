"""Tables whose rows refer to customers, and what becomes of these rows when two are merged."""

from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Table

from domain.customers.referring import UnknownReference, referrers


class TestReferrers:
    def test_a_table_that_refers_to_customers_is_found_by_its_foreign_key(self) -> None:
        found = {each.table for each in referrers()}

        assert {"orders", "touchpoints", "offer_grants", "contact_points", "customer_merges"} <= found

    @pytest.mark.parametrize("unique", [{"primary_key": True}, {"unique": True}])
    def test_a_new_table_whose_rows_may_clash_must_say_what_becomes_of_them(
        self, unique: dict[str, Any]
    ) -> None:
        metadata = MetaData()
        Table("customers", metadata, Column("id", BigInteger, primary_key=True))
        Table("balances", metadata, Column("customer_id", BigInteger, ForeignKey("customers.id"), **unique))

        with pytest.raises(UnknownReference, match=r"balances\.customer_id needs `on_merge`"):
            referrers(metadata)

    def test_one_whose_rows_cannot_clash_moves_by_itself(self) -> None:
        metadata = MetaData()
        Table("customers", metadata, Column("id", BigInteger, primary_key=True))
        Table(
            "visits",
            metadata,
            Column("id", BigInteger, primary_key=True),
            Column("customer_id", BigInteger, ForeignKey("customers.id")),
        )

        [found] = referrers(metadata)

        assert found.statements == ("UPDATE visits SET customer_id = :keep WHERE customer_id = :merge",)
