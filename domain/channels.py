"""The channels a company meets its customers on, of touchpoints and orders alike."""

from enum import StrEnum


class Channel(StrEnum):
    """Source: the list of channels in the business rules, section 1."""

    STORE = "STORE"
    WEB = "WEB"
    MOBILE = "MOBILE"
    EMAIL = "EMAIL"
    SMS = "SMS"
    CHAT = "CHAT"
    LETTER = "LETTER"
    INBOUND_CALL = "INBOUND_CALL"
    OUTBOUND_CALL = "OUTBOUND_CALL"
    SALES_VISIT = "SALES_VISIT"
    SERVICE_VISIT = "SERVICE_VISIT"
