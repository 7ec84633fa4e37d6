"""What goes wrong around an embedded server, each in one line that says what to do."""

from domain.errors import DomainError


class PostgresError(DomainError):
    """A server could not be found, made, started, shared or stopped."""


class NotReadyError(PostgresError):
    """The server runs but did not answer in time; it may still be recovering, so it is left running."""
