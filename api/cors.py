"""Which pages of other origins may call us from a browser. None, unless the settings name them.

Tokens travel in a header that pages set themselves, never in cookies: so credentials are not allowed, and a page that
has no token gains nothing.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from api.setting_values import LOCALHOST

THIS_MACHINE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"

ASKED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Dangol-Explain",
    "Idempotency-Key",
    "If-None-Match",
    "X-Dangol-At-Least",
    # What clients send besides, unasked: a page whose preflight is refused for them does not work at all.
    "Apollo-Require-Preflight",
    "ApolloGraphQL-Client-Name",
    "ApolloGraphQL-Client-Version",
    "Baggage",
    "Sentry-Trace",
    "Traceparent",
    "Tracestate",
    "X-Requested-With",
)
TOLD_HEADERS = ("Content-Disposition", "ETag", "Retry-After", "WWW-Authenticate", "X-Dangol-Record-Limit")


def opened(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The application for pages of these origins too; itself where there are none. Preflights need no token."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=[origin for origin in origins if origin != LOCALHOST],
        allow_origin_regex=THIS_MACHINE if LOCALHOST in origins else None,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=ASKED_HEADERS,
        expose_headers=TOLD_HEADERS,
    )
