"""Tables of households and who was in them: since_on <= day < until_on, null while it lasts."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, plain, tagged


class Household(Root, Base):
    __tablename__ = "households"
    __table_args__ = (Index(None, "name", "id"),)

    name: Mapped[str] = tagged(Personal.BASIC)


_MEETS = """
    m.customer_id = :merge AND k.customer_id = :keep
    AND daterange(m.since_on, m.until_on) && daterange(k.since_on, k.until_on)
"""

MERGED_MEMBERSHIPS = (
    f"""
    INSERT INTO household_members (household_id, customer_id, since_on, until_on)
    SELECT m.household_id, :keep, lower(days), upper(days)
    FROM household_members m
    CROSS JOIN LATERAL unnest(
        datemultirange(daterange(m.since_on, m.until_on)) - (
            SELECT range_agg(daterange(k.since_on, k.until_on)) FROM household_members k WHERE {_MEETS}
        )) days
    ORDER BY lower(days)
    """,  # noqa: S608  # the text above
    f"DELETE FROM household_members m USING household_members k WHERE {_MEETS}",  # noqa: S608  # as above
    "UPDATE household_members SET customer_id = :keep WHERE customer_id = :merge",
)
"""Of two memberships at one time the kept customer's stands; the other is left with the days that it had alone."""


class HouseholdMember(Base):
    """A customer's time in a household; of one customer at most one is open."""

    __tablename__ = "household_members"
    __table_args__ = (
        CheckConstraint("until_on > since_on", name="not_empty"),
        CheckConstraint("since_on >= '0001-01-01' AND since_on < '10000-01-01'", name="since_on_sane"),
        Index(
            "ix_household_members_open",
            "customer_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        Index(None, "household_id", "since_on", "id"),
        Index(None, "customer_id", "since_on"),
        {"info": {"on_merge": MERGED_MEMBERSHIPS}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    household_id: Mapped[int] = plain(ForeignKey("households.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    since_on: Mapped[date] = plain(Date)
    until_on: Mapped[date | None] = plain(Date)
