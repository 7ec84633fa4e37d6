"""`dangol cube lifetime`: what customers will bring, by models of their orders so far."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.place import Config, settings_of, store

if TYPE_CHECKING:
    from api.lifetimes import Foretold
    from domain.scores.writing import Scored
    from olap.mining.lifetime.values import Terms

FILES = (".csv", ".parquet")


def lifetime(
    out: Annotated[
        Path | None, typer.Option(help="Write a row a customer: .csv or .parquet; only the models without.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; yesterday without.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Orders in it count; the company's without.")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="Value of so many weeks to come.")] = 52,
    margin: Annotated[float, typer.Option(min=0, max=1, help="What part of the revenue counts.")] = 1.0,
    discount: Annotated[float, typer.Option(min=0, max=10, help="Of a year: 0.1 is ten in a hundred.")] = 0.1,
    kept: Annotated[
        bool, typer.Option("--keep", help="Keep the values as scores of the day; the cube shows them.")
    ] = False,
    config: Config = None,
) -> None:
    """Fit BG/NBD, Pareto/NBD and gamma-gamma on all orders, and say of each customer how likely he is alive, how often
    he will order, and what that is worth."""
    from olap.mining.lifetime.values import Terms

    if out is not None and out.suffix not in FILES:
        raise typer.BadParameter(f"--out is a file that ends with {' or '.join(FILES)}, not {out.name!r}")
    terms = Terms(weeks=weeks, margin=margin, discount=discount)
    with store(settings_of(config)) as url:
        told = asyncio.run(_foretold(url, on, currency, terms))
        changed = asyncio.run(_kept(url, told)) if kept else None
    for line in _lines(told, weeks):
        typer.echo(line)
    if out is not None:
        _write(told, out)
        typer.echo(f"{told.values.num_rows:,} customers in {out}")
    if changed is not None:
        typer.echo(f"{changed.customers:,} customers scored, {changed.changed:,} changed")


async def _kept(url: str, told: "Foretold") -> "Scored":
    from api.lifetimes import keep
    from domain.db import BULK_SETTINGS, engine

    commands = engine(url, pool_size=1, settings=BULK_SETTINGS)
    try:
        return await keep(commands, told)
    finally:
        await commands.dispose()


async def _foretold(url: str, on: datetime | None, currency: str | None, terms: "Terms") -> "Foretold":
    from api.lifetimes import foretell
    from domain.db import engine

    commands = engine(url, pool_size=1)
    try:
        day = None if on is None else on.date()
        return await foretell(commands, url, now=datetime.now(UTC), on=day, currency=currency, terms=terms)
    finally:
        await commands.dispose()


def _lines(told: "Foretold", weeks: int) -> list[str]:
    import pyarrow.compute as pc

    orders, once, amounts = told.models.orders, told.models.once, told.models.amounts
    alive = pc.sum(told.values.column("p_alive")).as_py()
    value = pc.sum(told.values.column("value")).as_py()
    return [
        f"Orders in {told.currency} by the end of {told.on}:",
        f"BG/NBD       r {orders.r:.3f}, alpha {orders.alpha:.3f}, a {orders.a:.3f}, b {orders.b:.3f}",
        f"Pareto/NBD   r {once.r:.3f}, alpha {once.alpha:.3f}, s {once.s:.3f}, beta {once.beta:.3f}",
        f"gamma-gamma  p {amounts.p:.3f}, q {amounts.q:.3f}, gamma {amounts.gamma:,.3f}",
        f"{alive:,.0f} of {told.values.num_rows:,} customers alive; "
        + (
            "no mean amount can be told"
            if value is None
            else f"{weeks} weeks are worth {value:,.0f} {told.currency}"
        ),
    ]


def _write(told: "Foretold", out: Path) -> None:
    if out.suffix == ".parquet":
        from pyarrow import parquet

        parquet.write_table(told.shown(), out)
        return
    from pyarrow import csv

    csv.write_csv(told.shown(), out)
