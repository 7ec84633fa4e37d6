"""Tables of households and who was in them: since_on <= day < until_on, null while it lasts."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, plain, tagged


class Household(Root, Base):
    __tablename__ = "households"
    __table_args__ = (Index(None, "name", "id"),)

    name: Mapped[str] = tagged(Personal.BASIC)


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
        {
            "info": {
                "on_merge": (
                    """
                    DELETE FROM household_members m USING household_members k
                    WHERE m.customer_id = :merge AND k.customer_id = :keep
                      AND m.since_on < coalesce(k.until_on, 'infinity')
                      AND k.since_on < coalesce(m.until_on, 'infinity')
                    """,
                    "UPDATE household_members SET customer_id = :keep WHERE customer_id = :merge",
                )
            }
        },
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    household_id: Mapped[int] = plain(ForeignKey("households.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    since_on: Mapped[date] = plain(Date)
    until_on: Mapped[date | None] = plain(Date)
