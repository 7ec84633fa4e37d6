"""The command line `dangol`.

Commands import what they work with when they run: --help, token and refusals answer at once (0.3 s, not 2).
"""

from api import garbage

with garbage.unsought():
    from api.cli.main import main

__all__ = ["main"]
