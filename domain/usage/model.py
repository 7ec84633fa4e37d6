"""The table of calls, added up by day."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import QUANTITY, Base, one_of, plain
from domain.roles import Role


class Client(StrEnum):
    """MACHINE: by a machine key. PERSON: by a token of a person."""

    PERSON = "PERSON"
    MACHINE = "MACHINE"


class CallKind(StrEnum):
    """What the operation names: a root field of GraphQL, or CUBE: a cube and an endpoint of the Slicer API."""

    QUERY = "QUERY"
    MUTATION = "MUTATION"
    SUBSCRIPTION = "SUBSCRIPTION"
    CUBE = "CUBE"


class UsageCalls(Base):
    """What one user, or all that are no users, called of one operation on one business day.

    `errors` are those of the calls that were refused or failed. `milliseconds` are those of all of them until their
    answer was made.
    """

    __tablename__ = "usage_calls"
    __table_args__ = (
        UniqueConstraint(
            "day", "user_id", "role", "client", "kind", "operation", postgresql_nulls_not_distinct=True
        ),
        one_of("role", Role),
        one_of("client", Client),
        one_of("kind", CallKind),
        CheckConstraint("calls > 0 AND errors BETWEEN 0 AND calls AND milliseconds >= 0", name="counted"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    day: Mapped[date] = plain(Date)
    user_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    role: Mapped[str] = plain()
    client: Mapped[str] = plain()
    kind: Mapped[str] = plain()
    operation: Mapped[str] = plain()
    calls: Mapped[int] = plain(BigInteger)
    errors: Mapped[int] = plain(BigInteger, server_default=text("0"))
    milliseconds: Mapped[Decimal] = plain(QUANTITY, server_default=text("0"))
