"""What the steps of one import share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from api.importing.attributes import Declared
from api.importing.mapping import Mapping
from api.importing.progress import Report
from api.importing.rejects import Rejects
from api.importing.sources import File
from domain.intake.company import CompanySettings
from domain.intake.connections import Connection


@dataclass(frozen=True)
class Plan:
    """What is to be imported, checked as far as that goes without reading rows."""

    mapping: Mapping
    files: Sequence[File]
    warnings: Sequence[str] = field(default=())

    @property
    def columns(self) -> list[str]:
        """The columns of all files, each once."""
        return list(
            dict.fromkeys(name for file in self.files for sheet in file.sheets for name in sheet.header)
        )

    def resolved(self, settings: CompanySettings) -> "Plan":
        """The plan with the company's zone for times of which the mapping does not say where their clock stood."""
        if self.mapping.reading.time_zone:
            return self
        reading = replace(self.mapping.reading, time_zone=ZoneInfo(settings.time_zone))
        return replace(self, mapping=replace(self.mapping, reading=reading))


@dataclass(frozen=True)
class Work:
    """One import: its connection, plan and settings, where rejected rows go, and who is told how far it is."""

    connection: Connection
    plan: Plan
    currencies: frozenset[str]
    attributes: Declared
    settings: CompanySettings
    rejects: Rejects
    progress: Report
    dry_run: bool

    @property
    def origin(self) -> str:
        """What the feed says about who caused the changes."""
        return f"import:{self.plan.mapping.system}"
