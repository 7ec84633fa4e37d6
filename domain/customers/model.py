"""Tables of customers, their external ids, contact points and dated traits."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped

from domain.base import GRAMS, Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.channels import Channel


class CustomerKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class Gender(StrEnum):
    FEMALE = "FEMALE"
    MALE = "MALE"
    OTHER = "OTHER"


class ContactPointKind(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"


class LifecycleStage(StrEnum):
    """Where the customer stands; domain/customers/lifecycle.py says by which rules."""

    PROSPECT = "PROSPECT"
    NEW = "NEW"
    GROWING = "GROWING"
    LOYAL = "LOYAL"
    AT_RISK = "AT_RISK"
    LAPSED = "LAPSED"
    WON_BACK = "WON_BACK"


class Customer(Root, Base):
    """A person or an organisation that buys, or may buy. `name` is in Hangul where there is one, NFC.

    `lifecycle_stage` stands since `lifecycle_since`; only `refresh_lifecycle` writes them.
    Erased, nothing personal is left, and triggers refuse every change (migrations/sql/personal.sql).
    """

    __tablename__ = "customers"
    __table_args__ = (
        one_of("kind", CustomerKind),
        one_of("gender", Gender),
        one_of("acquired_channel", Channel),
        one_of("lifecycle_stage", LifecycleStage),
        CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),
        CheckConstraint("birth_on >= '0001-01-01' AND birth_on < '10000-01-01'", name="birth_on_sane"),
        Index(None, "name", "id"),
        Index("ix_customers_grams", "grams", postgresql_using="gin"),
        Index("ix_customers_other", text("substr(sought, strpos(sought, ' ') + 1, 2)"), "name", "id"),
        Index(None, "created_at", "id"),
        Index(None, "home_branch_id", "id"),
        Index(None, "home_branch_id", "name", "id"),
        Index(None, "owner_id", "id"),
        Index(None, "lifecycle_stage", "id"),
        Index(None, "joined_on", "id"),
        Index("ix_customers_erased", "id", postgresql_where=text("erased_at IS NOT NULL")),
    )

    kind: Mapped[str] = plain(server_default=text("'PERSON'"))
    name: Mapped[str] = tagged(Personal.BASIC)
    latin_name: Mapped[str | None] = tagged(Personal.BASIC)
    sought: Mapped[str] = tagged(Personal.BASIC, server_default=text("''"), deferred=True)
    grams: Mapped[list[str]] = tagged(Personal.BASIC, GRAMS, server_default=text("'{}'"), deferred=True)
    birth_on: Mapped[date | None] = tagged(Personal.BASIC, Date)
    gender: Mapped[str | None] = tagged(Personal.BASIC)
    occupation: Mapped[str | None] = tagged(Personal.BASIC)
    wealth_band: Mapped[str | None] = tagged(Personal.BASIC)
    country: Mapped[str | None] = tagged(Personal.BASIC)
    region: Mapped[str | None] = tagged(Personal.BASIC)
    district: Mapped[str | None] = tagged(Personal.BASIC)
    home_branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    acquired_channel: Mapped[str | None] = plain()
    joined_on: Mapped[date | None] = plain(Date)
    lifecycle_stage: Mapped[str] = plain(server_default=text("'PROSPECT'"))
    lifecycle_since: Mapped[datetime] = plain(server_default=text("now()"))
    erased_at: Mapped[datetime | None] = plain()


MERGED_CONTACT_POINTS = (
    # What both have is verified if either is, and kept once.
    """
    UPDATE contact_points k SET verified = true FROM contact_points m
    WHERE k.customer_id = :keep AND m.customer_id = :merge AND (m.kind, m.value) = (k.kind, k.value) AND m.verified
    """,
    """
    DELETE FROM contact_points m USING contact_points k
    WHERE m.customer_id = :merge AND k.customer_id = :keep AND (m.kind, m.value) = (k.kind, k.value)
    """,
    """
    UPDATE contact_points m
    SET customer_id = :keep,
        position = m.position + (SELECT coalesce(max(position), 0) FROM contact_points WHERE customer_id = :keep),
        preferred = m.preferred AND NOT EXISTS (
            SELECT FROM contact_points k WHERE k.customer_id = :keep AND k.kind = m.kind AND k.preferred)
    WHERE m.customer_id = :merge
    """,
)
"""How contact points move to the customer that is kept: after its own, whose preferences stand."""


class CustomerExternalId(Base):
    """A name that another system has for the customer; one customer may have one in each of several systems."""

    __tablename__ = "customer_external_ids"

    system: Mapped[str] = plain(primary_key=True)
    external_id: Mapped[str] = tagged(Personal.UNIQUE, primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"), index=True)


class ContactPoint(Base):
    """A way to reach the customer, in the order the customer gave them."""

    __tablename__ = "contact_points"
    __table_args__ = (
        one_of("kind", ContactPointKind),
        Index(None, "customer_id", "position", unique=True),
        {"info": {"on_merge": MERGED_CONTACT_POINTS}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    position: Mapped[int] = plain(Integer)
    kind: Mapped[str] = plain()
    value: Mapped[str] = tagged(Personal.CONTACT)
    verified: Mapped[bool] = plain(Boolean, server_default=text("false"))
    preferred: Mapped[bool] = plain(Boolean, server_default=text("false"))


class CustomerVersion(Base):
    """The customer's reportable traits while they stood: valid_from <= t < valid_to, open while null.

    Triggers write it, so that the past keeps its traits whoever changes a customer. The first version is
    valid from the year 1, so that every order finds one.
    """

    __tablename__ = "customer_versions"
    __table_args__ = (
        Index(None, "customer_id", "valid_from", unique=True),
        Index(
            "ix_customer_versions_open", "customer_id", unique=True, postgresql_where=text("valid_to IS NULL")
        ),
        CheckConstraint("valid_to > valid_from", name="not_empty"),
        sane_time("valid_from"),
        # One person has one set of traits at a time: the kept customer's.
        {"info": {"on_merge": ()}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    valid_from: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()
    country: Mapped[str | None] = tagged(Personal.BASIC)
    region: Mapped[str | None] = tagged(Personal.BASIC)
    district: Mapped[str | None] = tagged(Personal.BASIC)
    gender: Mapped[str | None] = tagged(Personal.BASIC)
    occupation: Mapped[str | None] = tagged(Personal.BASIC)
    wealth_band: Mapped[str | None] = tagged(Personal.BASIC)
