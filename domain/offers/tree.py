"""The tree of offers: every offer is one leaf of it.

Source: the business rules, section 2. A benefit is given after the fact (reward) or beforehand (proactive);
each of the two is monetary (direct, indirect) or not (information, esteem).
"""

from enum import StrEnum

FORMS = {
    "GIFT": ("monetary", "direct"),
    "DISCOUNT": ("monetary", "direct"),
    "CASHBACK": ("monetary", "direct"),
    "STORE_MONEY": ("monetary", "direct"),
    "SERVICE": ("monetary", "indirect"),
    "PARTNER_DISCOUNT": ("monetary", "indirect"),
    "PERSONAL_EMAIL": ("non_monetary", "information"),
    "PERSONAL_PAGE": ("non_monetary", "information"),
    "INFORMATION_ON_DEMAND": ("non_monetary", "information"),
    "THANK_YOU_LETTER": ("non_monetary", "esteem"),
    "CONGRATULATION": ("non_monetary", "esteem"),
    "OWN_AGENT": ("non_monetary", "esteem"),
}


class OfferKind(StrEnum):
    """The leaves. CORE recommends a product or service; the rest are benefits, `<timing>_<form>`."""

    CORE = "CORE"
    REWARD_GIFT = "REWARD_GIFT"
    REWARD_DISCOUNT = "REWARD_DISCOUNT"
    REWARD_CASHBACK = "REWARD_CASHBACK"
    REWARD_STORE_MONEY = "REWARD_STORE_MONEY"
    REWARD_SERVICE = "REWARD_SERVICE"
    REWARD_PARTNER_DISCOUNT = "REWARD_PARTNER_DISCOUNT"
    REWARD_PERSONAL_EMAIL = "REWARD_PERSONAL_EMAIL"
    REWARD_PERSONAL_PAGE = "REWARD_PERSONAL_PAGE"
    REWARD_INFORMATION_ON_DEMAND = "REWARD_INFORMATION_ON_DEMAND"
    REWARD_THANK_YOU_LETTER = "REWARD_THANK_YOU_LETTER"
    REWARD_CONGRATULATION = "REWARD_CONGRATULATION"
    REWARD_OWN_AGENT = "REWARD_OWN_AGENT"
    PROACTIVE_GIFT = "PROACTIVE_GIFT"
    PROACTIVE_DISCOUNT = "PROACTIVE_DISCOUNT"
    PROACTIVE_CASHBACK = "PROACTIVE_CASHBACK"
    PROACTIVE_STORE_MONEY = "PROACTIVE_STORE_MONEY"
    PROACTIVE_SERVICE = "PROACTIVE_SERVICE"
    PROACTIVE_PARTNER_DISCOUNT = "PROACTIVE_PARTNER_DISCOUNT"
    PROACTIVE_PERSONAL_EMAIL = "PROACTIVE_PERSONAL_EMAIL"
    PROACTIVE_PERSONAL_PAGE = "PROACTIVE_PERSONAL_PAGE"
    PROACTIVE_INFORMATION_ON_DEMAND = "PROACTIVE_INFORMATION_ON_DEMAND"
    PROACTIVE_THANK_YOU_LETTER = "PROACTIVE_THANK_YOU_LETTER"
    PROACTIVE_CONGRATULATION = "PROACTIVE_CONGRATULATION"
    PROACTIVE_OWN_AGENT = "PROACTIVE_OWN_AGENT"


def path(kind: OfferKind) -> tuple[str, ...]:
    """The way from the root to the leaf: ("benefit", "reward", "monetary", "direct", "gift"), or ("core",)."""
    if kind is OfferKind.CORE:
        return ("core",)
    timing, form = kind.value.split("_", 1)
    return ("benefit", timing.lower(), *FORMS[form], form.lower())
