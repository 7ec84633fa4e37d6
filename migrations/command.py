"""Runs alembic from Python."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def config(url: str) -> Config:
    """Alembic's configuration for the store at a libpq URL."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """The store stands at `revision`, with the mart views that belong to it; all of it or nothing."""
    asked = config(url)
    asked.attributes["if_needed"] = revision == "head"
    command.upgrade(asked, revision)


def downgrade(url: str, revision: str) -> None:
    """The store stands at the older `revision`."""
    command.downgrade(config(url), revision)
