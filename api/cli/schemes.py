"""`dangol schemes`: by what customers are scored, and by which scheme the company is told them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.cli.place import Config, settings_of, store

if TYPE_CHECKING:
    from domain.db import Session
    from domain.scores.schemes import Bounds, Scheme

T = TypeVar("T")

app = typer.Typer(
    help="The schemes of RFM by which customers are scored: list them, add one, choose the company's.",
    no_args_is_help=True,
)


class Anchor(StrEnum):
    """Where the months that frequency counts end."""

    LAST_ORDER = "last-order"
    DAY = "day"


@app.command("list")
def list_(config: Config = None) -> None:
    """List the schemes as they stand today; the company's has a star."""
    from domain.scores.schemes import company_day, schemes_on
    from domain.scores.shown import shown_scheme

    async def ask(session: "Session") -> list[str]:
        shown = await shown_scheme(session)
        standing = await schemes_on(session, await company_day(session, datetime.now(UTC)))
        return [f"{'*' if each.name == shown else ' '} {_line(each)}" for each in standing]

    for line in _ask(config, ask):
        typer.echo(line)


@app.command()
def add(
    name: Annotated[
        str, typer.Argument(help="A name that stands is changed from the day on; another is new.")
    ],
    first: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The day; of a scheme that stands today or later."),
    ],
    currency: Annotated[str, typer.Option(help="ISO 4217; what is ordered in others has no monetary value.")],
    monetary: Annotated[
        tuple[str, str] | None,
        typer.Option(help="A mean order value above the first amount is 2, from the second on 3."),
    ] = None,
    recency: Annotated[
        tuple[int, int], typer.Option(help="Months: who ordered within the first is 2, within the second 3.")
    ] = (3, 2),
    frequency: Annotated[tuple[int, int], typer.Option(help="So many orders are 2, and 3.")] = (2, 3),
    quantiles: Annotated[
        int | None, typer.Option(help="2 to 5 equal parts of the customers instead of fixed numbers.")
    ] = None,
    months: Annotated[int, typer.Option(help="So many months of orders count for frequency.")] = 3,
    anchor: Annotated[
        Anchor, typer.Option(help="These months end with the last order, or with the day that is scored.")
    ] = Anchor.LAST_ORDER,
    config: Config = None,
) -> None:
    """Score customers by another scheme besides, or by other numbers from some day on.

    dangol schemes add pounds --from 2026-01-01 --currency GBP --monetary 100 500
    """
    from domain.scores.model import RfmAnchor
    from domain.scores.schemes import NewScheme, add_scheme, schemes_on

    scheme = NewScheme(
        name=name,
        valid_from=first.date(),
        currency=currency,
        frequency_months=months,
        anchor=RfmAnchor.LAST_ORDER if anchor is Anchor.LAST_ORDER else RfmAnchor.TAU,
        bounds=None if monetary is None else _bounds(monetary, recency, frequency),
        quantiles=quantiles,
    )

    async def change(session: "Session") -> str:
        made = await add_scheme(session, scheme, now=datetime.now(UTC))
        (added,) = (each for each in await schemes_on(session, scheme.valid_from) if each.id == made)
        return _line(added)

    typer.echo(f"From {first:%Y-%m-%d}: {_ask(config, change)}")


@app.command()
def choose(
    name: Annotated[str, typer.Argument(help="Of a scheme that stands today.")], config: Config = None
) -> None:
    """Have the cube tell customers by this scheme: their cells of all months, and today's."""
    from domain.scores.shown import choose_scheme

    async def change(session: "Session") -> None:
        await choose_scheme(session, name, now=datetime.now(UTC))

    _ask(config, change)
    typer.echo(
        f"The cube tells customers by {name}. Months before today: dangol cube score --from 2025-01 --scheme {name}"
    )


def _bounds(monetary: tuple[str, str], recency: tuple[int, int], frequency: tuple[int, int]) -> "Bounds":
    from domain.scores.schemes import Bounds

    try:
        above, reaches = map(Decimal, monetary)
    except InvalidOperation:
        raise typer.BadParameter(f"--monetary takes two amounts, not {' '.join(monetary)[:40]}") from None
    return Bounds(
        recency_2_months=recency[0],
        recency_3_months=recency[1],
        frequency_2_orders=frequency[0],
        frequency_3_orders=frequency[1],
        monetary_2_above=above,
        monetary_3_from=reaches,
    )


def _line(scheme: "Scheme") -> str:
    """The scheme in one line."""
    by = f"{scheme.levels} equal parts"
    if (bounds := scheme.bounds) is not None:
        by = (
            f"recency {bounds.recency_2_months}/{bounds.recency_3_months} months, "
            f"frequency {bounds.frequency_2_orders}/{bounds.frequency_3_orders} orders, "
            f"monetary {_amount(bounds.monetary_2_above)}/{_amount(bounds.monetary_3_from)}"
        )
    ends = "last order" if scheme.anchor == "LAST_ORDER" else "day"
    told = f"{scheme.name}: {by}; {scheme.frequency_months} months up to the {ends}; {scheme.currency}"
    return f"{told}; nobody can be in {' and '.join(scheme.empty_cells)}" if scheme.empty_cells else told


def _amount(amount: Decimal) -> str:
    """With thousands parted, and no noughts behind the point that say nothing."""
    shown = f"{amount:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _ask(config: object, question: "Callable[[Session], Awaitable[T]]") -> T:
    """The answer to the question, in one transaction on the store."""
    from domain.db import engine, run

    async def ask(url: str) -> T:
        on = engine(url, pool_size=1)
        try:
            return await run(on, question, origin="cli")
        finally:
            await on.dispose()

    with store(settings_of(config)) as url:  # type: ignore[arg-type]  # typer gives a path or nothing
        return asyncio.run(ask(url))
