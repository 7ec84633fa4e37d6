"""What an import refuses as a whole; bad rows are no errors, they go to the rejects file."""

from domain.errors import Invalid


class MappingError(Invalid):
    """The mapping file is wrong. The message names the file, the key and what is allowed."""


class SourceError(Invalid):
    """A file cannot be read to its end, or the rejects not be written. The message names the file and the place."""
