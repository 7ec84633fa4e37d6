"""structlog without rich, which it loads wherever that is installed, and which loads pygments: 9 MB in each process
that serves and a tenth of a second of each command, for coloured tracebacks (measured). The command line shows its
progress with rich, so it is installed.

Imported before anything else loads structlog.
"""

import sys

_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # an import of it fails, as if it were not installed
try:
    import structlog as structlog
finally:
    if _rich is None:
        del sys.modules["rich"]
    else:
        sys.modules["rich"] = _rich
