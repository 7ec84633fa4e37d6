"""What may be asked of contents. Everybody sees them."""

from sqlalchemy import Boolean, ColumnElement, and_, func, or_, select

from domain.contents.model import Content, ContentProduct
from domain.products.queries import products
from domain.selection.entities import ASC, Entity, Row, Search, computed, many


def _about(content: Row, product: Row) -> ColumnElement[bool]:
    link = ContentProduct.__table__.alias()
    return product.c.id.in_(
        select(link.c.product_id).where(link.c.content_id == content.c.id).correlate(content)
    )


def _told_in(product: Row, content: Row) -> ColumnElement[bool]:
    link = ContentProduct.__table__.alias()
    return content.c.id.in_(
        select(link.c.content_id).where(link.c.product_id == product.c.id).correlate(product)
    )


def _current(content: Row) -> ColumnElement[bool]:
    # By the statement's time: that of its transaction is before what the transaction has just written.
    return and_(
        content.c.retired_at.is_(None),
        content.c.valid_from <= func.statement_timestamp(),
        or_(content.c.valid_to.is_(None), content.c.valid_to > func.statement_timestamp()),
    )


class Contents(Entity):
    current = computed(_current, Boolean(), nullable=False)
    products = many(lambda: products, on=_about)


contents: Contents = Contents(
    "Content",
    Content.__table__,
    order=(("title", ASC),),
    search=Search(names=("title",), words="title"),
)

contents_of_product = many(lambda: contents, on=_told_in)
