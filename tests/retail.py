"""Online Retail II in a store: a million rows take a third of a minute, so they are imported once for all tests."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MAPPING = Path(__file__).resolve().parents[1] / "examples" / "online_retail.toml"


@dataclass(frozen=True)
class Retail:
    """The URL of the database, its files, and how many MiB the process that imported them needed at most."""

    database: str
    files: tuple[Path, ...]
    peak: int


def imported(database: str, shared_data: Path) -> Retail:
    """The two overlapping files are in the migrated, empty database."""
    folder = shared_data / "online_retail_ii"
    files = (folder / "year_2009_2010.parquet", folder / "year_2010_2011.parquet")
    command = [sys.executable, "-m", "tests.api.importing.importer", database, str(MAPPING), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Retail(database, files, peak=int(done.stdout.split()[-1]))
