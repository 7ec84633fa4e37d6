"""Tables of contents and of the products they are about."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Root, plain, sane_time


class Content(Root, Base):
    """Information to give: a text of our own or an address, in one language.

    valid_from <= t < valid_to, open while null. Retired, it is given no more; what was given stays known.
    """

    __tablename__ = "contents"
    __table_args__ = (
        CheckConstraint("num_nonnulls(body, url) = 1", name="body_or_url"),
        CheckConstraint("valid_to > valid_from", name="validity_not_empty"),
        sane_time("valid_from"),
        Index(None, "title", "id"),
        Index(None, "created_at", "id"),
    )

    title: Mapped[str] = plain()
    body: Mapped[str | None] = plain()
    url: Mapped[str | None] = plain()
    language: Mapped[str] = plain()
    topics: Mapped[list[str]] = plain(ARRAY(Text(collation="C")), server_default=text("'{}'"))
    valid_from: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()
    retired_at: Mapped[datetime | None] = plain()


class ContentProduct(Base):
    """A product that the content is about."""

    __tablename__ = "content_products"

    content_id: Mapped[int] = plain(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = plain(
        ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True
    )
