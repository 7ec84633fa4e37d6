"""The definitions of ClickHouse's tables, as text: no cluster is needed to read them."""

import pytest
from sqlalchemy import BigInteger, Column, Integer, Interval, MetaData, Numeric, Table, Text

from olap.engines.clickhouse.ledger import definition
from olap.engines.clickhouse.tables import create_table, type_of
from olap.errors import ModelError

METADATA = MetaData()

DIMENSION = Table(
    "line_kind", METADATA, Column("line_kind_key", Integer, primary_key=True), Column("kind", Text)
)
FACT = Table(
    "sales",
    METADATA,
    Column("line_id", BigInteger, primary_key=True),
    Column("date_key", Integer, nullable=False),
    Column("cost", Numeric(19, 4)),
)


class TestOneServer:
    def test_a_table_keeps_the_newest_version_of_each_key(self) -> None:
        (definition,) = create_table(DIMENSION, "dangol_7")

        assert definition == (
            "CREATE TABLE dangol_7.line_kind (`line_kind_key` Int32, `kind` Nullable(String), _version UInt64,"
            " _gone UInt8) ENGINE = ReplacingMergeTree(_version, _gone) ORDER BY (`line_kind_key`)"
        )

    def test_a_type_that_it_is_not_told_of_is_named(self) -> None:
        with pytest.raises(ModelError, match=r"Interval\(\), which ClickHouse is not told of"):
            type_of(Interval())


class TestCluster:
    def test_a_dimension_is_whole_on_every_server(self) -> None:
        (definition,) = create_table(DIMENSION, "dangol_7", cluster="east")

        assert definition == (
            "CREATE TABLE dangol_7.line_kind ON CLUSTER east (`line_kind_key` Int32, `kind` Nullable(String),"
            " _version UInt64, _gone UInt8) ENGINE = ReplicatedReplacingMergeTree("
            "'/clickhouse/tables/dangol_7/line_kind', '{shard}-{replica}', _version, _gone)"
            " ORDER BY (`line_kind_key`)"
        )

    def test_a_fact_is_replicated_and_sharded_by_its_key(self) -> None:
        local, spread = create_table(FACT, "dangol_7", cluster="east")

        assert local == (
            "CREATE TABLE dangol_7.sales_local ON CLUSTER east (`line_id` Int64, `date_key` Int32,"
            " `cost` Nullable(Decimal(19, 4)), _version UInt64, _gone UInt8)"
            " ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/dangol_7/{shard}/sales', '{replica}',"
            " _version, _gone) ORDER BY (`line_id`)"
        )
        assert spread == (
            "CREATE TABLE dangol_7.sales ON CLUSTER east AS dangol_7.sales_local"
            " ENGINE = Distributed(east, dangol_7, sales_local, cityHash64(`line_id`))"
        )

    def test_the_ledger_is_whole_on_every_server(self) -> None:
        database, table = definition("dangol", "east")

        assert database == "CREATE DATABASE IF NOT EXISTS dangol ON CLUSTER east"
        assert table.startswith("CREATE TABLE IF NOT EXISTS dangol.ledger ON CLUSTER east (`done` UInt8,")
        assert table.endswith(
            "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/dangol/ledger', '{shard}-{replica}', step)"
            " ORDER BY done"
        )
