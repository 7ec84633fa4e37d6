"""ClickHouse, for stars that have outgrown one machine: a server or a cluster by URL, or the embedded chdb."""
