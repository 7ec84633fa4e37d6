"""Connections to ClickHouse, with the settings that make it answer as the other engines do."""

from typing import TYPE_CHECKING, Any

from olap.engines.ceilings import GIGABYTE, Ceilings
from olap.errors import CubeError

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client as Client
else:
    Client = Any  # the driver is loaded where ClickHouse is the engine, and only there

EMBEDDED = "chdb://"
"""What the address of the embedded engine begins with: `chdb://memory`, or `chdb:///path/to/a/folder`."""

CUT_SHORT = ("read", "group_by", "sort", "distinct", "set", "join", "transfer", "result", "timeout")
"""What a profile may bound, and have answered with a part where the bound is reached."""

SETTINGS: dict[str, Any] = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "group_by_use_nulls": 1,
    "cast_keep_nullable": 1,
    "transform_null_in": 0,
    "prefer_column_name_to_alias": 1,
    "force_grouping_standard_compatibility": 1,
    "final": 1,
    "optimize_multiif_to_if": 0,
    "output_format_arrow_string_as_string": 1,
    "async_insert": 0,
    "max_query_size": 2**28,
    **{f"{bound}_overflow_mode": "throw" for bound in CUT_SHORT},
}
"""By default a miss is 0 or '', a sum of nothing is 0, and rows that were replaced are still seen.

`optimize_multiif_to_if` rewrites a CASE that is grouped by beside `group_by_use_nulls`, and then does not find it. An
`async_insert` is gathered with others into blocks of the server's own, which is the default of late. The ids of a
refresh stand in its queries: 26,000 of them are as long as a query may be by default.
"""

ON_CLUSTER = {
    "insert_quorum": "auto",
    "insert_quorum_parallel": 0,
    "select_sequential_consistency": 1,
    "distributed_foreground_insert": 1,
    "distributed_product_mode": "global",
    "skip_unavailable_shards": 0,
}
"""What was written is on every shard and on most replicas before the watermark is, and read from those that have it,
which is known of inserts that come one after the other only.

Facts that are joined with what other facts say (the first members, the last day) are so with those of all shards: by
default such a query is refused.
"""


MEMORY = 4 * GIGABYTE
"""Bytes that a query may hold, unless told otherwise."""


def connect(
    url: str, *, cluster: str | None = None, seconds: float = 0, ceilings: Ceilings | None = None
) -> Client:
    """A client whose queries all carry the settings; those longer than `seconds` are stopped, unless that is 0, and
    those that take more than the ceilings, if there are any.

    They are sent with each request, for clients of one server share no session. Raises CubeError where there is
    no server, and where a setting is not in force (a profile may forbid it): answers would be silently wrong.
    """
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import Error

    settings = {
        **SETTINGS,
        **(ON_CLUSTER if cluster else {}),
        "max_execution_time": seconds,
        **_bounds(ceilings),
    }
    only_http: dict[str, Any] = {} if url.startswith(EMBEDDED) else {"autogenerate_session_id": False}
    try:
        client = clickhouse_connect.get_client(dsn=url, **only_http)
        for name, value in settings.items():
            client.set_client_setting(name, value)
        _check(client, {**SETTINGS, **(ON_CLUSTER if cluster else {})})
    except Error as error:
        raise CubeError(f"no connection to ClickHouse: {error}") from error
    return client


def _bounds(ceilings: Ceilings | None) -> dict[str, Any]:
    """Groups and sorts go to disk at half of the memory, as ClickHouse advises; the other half is for merging them."""
    if ceilings is None:
        return {}
    memory = ceilings.memory or MEMORY
    return {
        "max_memory_usage": memory,
        "max_bytes_before_external_group_by": memory // 2,
        "max_bytes_before_external_sort": memory // 2,
        "max_temporary_data_on_disk_size_for_query": ceilings.disk,
    }


def _check(client: Client, settings: dict[str, Any]) -> None:
    asked = ", ".join(f"toString(getSetting('{name}'))" for name in settings)
    (found,) = client.query(f"SELECT {asked}").result_rows
    for (name, wanted), value in zip(settings.items(), found, strict=True):
        if {"true": "1", "false": "0"}.get(value, value) != str(wanted):
            client.close()
            raise CubeError(f"ClickHouse does not take the setting {name} = {wanted}: it says {value}")
