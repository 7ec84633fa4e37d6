"""What a person or a machine may be here, and whose rows he may see."""

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "ADMIN"
    MARKETER = "MARKETER"
    ANALYST = "ANALYST"
    AGENT = "AGENT"
    INTEGRATION = "INTEGRATION"
    VIEWER = "VIEWER"


class Scope(StrEnum):
    """His own customers', his branches', or all."""

    OWN = "OWN"
    BRANCH = "BRANCH"
    ALL = "ALL"


def usual_scope(role: Role) -> Scope:
    """Whose rows a user sees if nobody said: an agent his own customers', everybody else all."""
    return Scope.OWN if role is Role.AGENT else Scope.ALL


class ApiScope(StrEnum):
    """What a credential may be used for, whatever its role: a machine key holds only those that it was given."""

    READ = "READ"
    WRITE = "WRITE"
    BULK = "BULK"
    METRICS = "METRICS"
    """The figures of /metrics, which tell of nobody; no row is shown for it."""
