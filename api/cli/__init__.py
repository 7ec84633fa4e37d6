"""The command line `dangol`."""

from api.cli.main import main

__all__ = ["main"]
