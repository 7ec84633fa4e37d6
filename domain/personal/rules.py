"""The rule of every personal column: what it is held for, and what stands in its place when it is taken away.

`SUBJECT` holds the tables with a way to a customer, `OTHERS` the personal columns that are not a customer's, with the
reason why no erasure touches them. A test fails on a personal column that is in neither, on one that is in both, and on
a rule without its column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.personal.model import Purpose

ERASED = "(erased)"
"""What stands where a name must stand."""


class Wipe(StrEnum):
    """BLANK: null. WORD: the fixed word. DERIVED: made anew of the others. STAYS: left, for the reason of its rule."""

    BLANK = "BLANK"
    WORD = "WORD"
    DERIVED = "DERIVED"
    STAYS = "STAYS"


@dataclass(frozen=True)
class Held:
    """How a table holds personal columns.

    `since` is SQL, with the table's name at `{t}`, for the time from which the period counts; None where it is the
    customer's last activity. `gone`: whole rows are deleted; else `columns` says what becomes of each.
    """

    purpose: Purpose
    columns: Mapping[str, Wipe] = field(default_factory=dict)
    gone: bool = False
    since: str | None = None
    because: str = ""


def _blank(*columns: str) -> dict[str, Wipe]:
    return dict.fromkeys(columns, Wipe.BLANK)


_TRAITS = _blank("country", "region", "district", "gender", "occupation", "wealth_band")

_RELATIONSHIP, _SERVICE, _OFFER, _TRADE = (
    Purpose.RELATIONSHIP,
    Purpose.SERVICE,
    Purpose.OFFER,
    Purpose.TRADE,
)

SUBJECT: Mapping[str, Held] = {
    "customers": Held(
        _RELATIONSHIP,
        {
            "name": Wipe.WORD,
            "grams": Wipe.DERIVED,
            "sought": Wipe.DERIVED,
            **_blank("latin_name", "birth_on"),
            **_TRAITS,
        },
    ),
    "customer_versions": Held(_RELATIONSHIP, _TRAITS),
    "customer_external_ids": Held(_RELATIONSHIP, gone=True),
    "contact_points": Held(_RELATIONSHIP, gone=True),
    "customer_attribute_values": Held(_RELATIONSHIP, gone=True),
    "customer_history": Held(_RELATIONSHIP, gone=True, since="{t}.changed_at"),
    "touchpoints": Held(
        _SERVICE, _blank("visitor_id", "subject", "note"), since="greatest({t}.occurred_at, {t}.created_at)"
    ),
    "cases": Held(
        _SERVICE,
        {"subject": Wipe.WORD, **_blank("description", "satisfaction_comment")},
        since="coalesce({t}.closed_at, greatest({t}.updated_at, {t}.created_at))",
    ),
    "case_moves": Held(_SERVICE, _blank("reason"), since="{t}.moved_at"),
    "opportunities": Held(
        _SERVICE,
        {"name": Wipe.WORD, **_blank("note", "lost_reason")},
        since="greatest({t}.updated_at, {t}.created_at)",
    ),
    "opportunity_moves": Held(_SERVICE, _blank("reason"), since="{t}.moved_at"),
    "tasks": Held(
        _SERVICE,
        {"title": Wipe.WORD, **_blank("note", "outcome")},
        since="coalesce({t}.closed_at, greatest({t}.updated_at, {t}.created_at))",
    ),
    "rfm_scores": Held(_RELATIONSHIP, gone=True),
    "lifetime_scores": Held(_RELATIONSHIP, gone=True),
    "segment_members": Held(_RELATIONSHIP, gone=True),
    "offer_grants": Held(_OFFER, _blank("reason"), since="greatest({t}.granted_at, {t}.created_at)"),
    "points_entries": Held(_TRADE, {"reason": Wipe.WORD}, since="{t}.occurred_at"),
    "consents": Held(_RELATIONSHIP, _blank("evidence")),
    "shipments": Held(_TRADE, _blank("tracking"), since="{t}.booked_at"),
    "subject_exports": Held(
        _SERVICE,
        {"asked_by": Wipe.STAYS, "reason": Wipe.STAYS},
        since="{t}.requested_at",
        because="the evidence of why a file left the house",
    ),
    "erasures": Held(
        _SERVICE,
        {"asked_by": Wipe.STAYS, "reason": Wipe.STAYS},
        since="{t}.erased_at",
        because="the evidence of the erasure itself",
    ),
}

OTHERS: Mapping[tuple[str, str], str] = {
    ("users", "subject"): "people who work here are deactivated, never deleted",
    ("users", "name"): "people who work here are deactivated, never deleted",
    ("users", "email"): "people who work here are deactivated, never deleted",
    ("access_log", "reason"): "why an export or an erasure was made; goes by its own period (ACCESS)",
    ("tombstones", "hash"): "salted hash: keeps an erased person from being imported again",
    ("idempotency_records", "answer"): "all answers that may show a person are forgotten at every erasure",
    (
        "source_versions",
        "external_id",
    ): "what another system last said of its id: goes with the customer's external id",
    (
        "source_versions",
        "said",
    ): "a digest of what it said: goes with the customer's external id, and from orders",
    ("households", "name"): "of several persons: overwritten when its last member is erased",
}
