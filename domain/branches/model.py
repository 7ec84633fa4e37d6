"""Table of branches."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from domain.base import Base, Root, one_of, plain


class BranchKind(StrEnum):
    SHOP = "SHOP"
    WEB = "WEB"
    CALL_CENTRE = "CALL_CENTRE"
    WAREHOUSE = "WAREHOUSE"
    OFFICE = "OFFICE"


class Branch(Root, Base):
    __tablename__ = "branches"
    __table_args__ = (one_of("kind", BranchKind),)

    code: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    region: Mapped[str | None] = plain()
    kind: Mapped[str] = plain()
    opened_on: Mapped[date | None] = plain(Date)
    closed_on: Mapped[date | None] = plain(Date)
