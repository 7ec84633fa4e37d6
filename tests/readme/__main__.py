"""Writes the answers of a server into the READMEs and docs/cube.md: `python -m tests.readme` after a meant change.

Read the difference before you commit it: an answer that moved without a reason is a fault.
"""

import asyncio
import tempfile
from datetime import date
from pathlib import Path

from api.cli.demo import UNTIL, score_half_a_year
from api.importing.run import run_import
from domain.demo.load import load
from domain.postgres import discard, running
from migrations.command import upgrade
from tests.conftest import FAST, SHARED_DATA
from tests.readme.examples import PAGES, ROOT, answer, client, examples


async def write(database: str, data_dir: Path, kinds: tuple[str, ...]) -> None:
    """Every example of these kinds shows what the store at the URL answers."""
    async with client(database, data_dir) as asked:
        for name in PAGES:
            path = ROOT / name
            text = path.read_text(encoding="utf-8")
            for example in reversed(examples(text)):
                if example.kind in kinds:
                    start, end = example.span
                    text = text[:start] + await answer(asked, example) + text[end:]
            path.write_text(text, encoding="utf-8")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dangol-readme-"))
    try:
        with running(folder, settings=FAST) as server:
            upgrade(server.url())
            asyncio.run(load(server.url(), until=date.fromisoformat(UNTIL)))
            asyncio.run(score_half_a_year(server.url(), until=date.fromisoformat(UNTIL)))
            asyncio.run(write(server.url(), folder / "demo", ("graphql", "http")))
        discard(folder)
        with running(folder, settings=FAST) as server:
            upgrade(server.url())
            files = sorted((SHARED_DATA / "online_retail_ii").glob("*.parquet"))
            asyncio.run(run_import(server.url(), ROOT / "examples" / "online_retail.toml", files))
            asyncio.run(write(server.url(), folder / "retail", ("http-retail",)))
    finally:
        discard(folder)


main()
