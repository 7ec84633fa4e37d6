"""The small company of the tests of mutations, and what is asked of upserts."""

from tests.api.graphql.conftest import key_path, token
from tests.api.mutations.conftest import api, backend, connections, database, mutations_database, rows

__all__ = ["api", "backend", "connections", "database", "key_path", "mutations_database", "rows", "token"]
