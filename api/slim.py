"""structlog without rich, which it loads wherever that is installed, and which loads pygments: 9 MB in each process
that serves, for coloured tracebacks (measured). The command line shows its progress with rich, so it is installed.

Imported before anything else loads structlog.
"""

import sys

if "rich" in sys.modules:
    import structlog as structlog
else:
    sys.modules["rich"] = None  # type: ignore[assignment]  # an import of it fails, as if it were not installed
    try:
        import structlog as structlog
    finally:
        del sys.modules["rich"]
