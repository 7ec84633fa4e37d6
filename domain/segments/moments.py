"""The company's days at a moment: what windows and ages are counted by."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.company.model import Company


@dataclass(frozen=True)
class Moment:
    """The company's zone and its day of today."""

    zone: str
    today: date

    def start(self, days: int | None) -> datetime | None:
        """When the last so many days began, today included; None for ever."""
        if days is None:
            return None
        first = max(self.today.toordinal() - days + 1, 1)
        return self._midnight(date.fromordinal(first))

    @property
    def end(self) -> datetime:
        """When today ends."""
        return self._midnight(self.today + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone))


async def moment_of(session: AsyncSession, now: datetime) -> Moment:
    """The company's day at `now`. One statement."""
    zone = await session.scalar(select(Company.time_zone)) or "UTC"
    return Moment(zone, now.astimezone(ZoneInfo(zone)).date())
