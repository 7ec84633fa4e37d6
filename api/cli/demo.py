"""`dangol demo`: a company to look at, in one command."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from api.cli.place import Config, Host, Port, settings_of, store
from api.cli.serve import make_cube, require_free, run, with_address
from api.setting_values import LOCALHOST
from api.settings import Settings, SettingsError
from domain.errors import Conflict
from domain.roles import Role, Scope

UNTIL = "2026-01-01"
"""Fixed, so that everybody sees the same company: the figures of the README are its figures."""

TOKEN_HOURS = 24 * 30


def demo(
    size: Annotated[int, typer.Option(help="About how many customers.", min=1)] = 20_000,
    years: Annotated[int, typer.Option(help="How many years of history.", min=1)] = 3,
    until: Annotated[str, typer.Option(help="The day after the last one, YYYY-MM-DD, or 'today'.")] = UNTIL,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.", min=0)] = 1,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it afterwards.")] = True,
    host: Host = None,
    port: Port = None,
    config: Config = None,
) -> None:
    """Generate a demo company, build its cube and serve both.

    The company is a Korean membership retailer in won: shops, a web shop and an app, members, orders, calls,
    offers. It goes into an empty store only; a store that holds data already is served as it is.
    """
    settings = _open_to_local_pages(with_address(settings_of(config), host=host, port=port))
    last = _day(until)
    if serve:
        require_free(settings)
    with store(settings) as url:
        subjects: Mapping[Role, str] = {}
        try:
            subjects = _generate(url, size=size, years=years, until=last, seed=seed)
        except Conflict as conflict:
            typer.echo(f"{conflict}: what is there {'is served' if serve else 'stays as it is'}.")
        make_cube(settings, url)
        if serve:
            _introduce(settings, subjects)
            run(settings, url)


def _open_to_local_pages(settings: Settings) -> Settings:
    """A front end that runs on this machine may call the demo, whatever its port; unless origins are set."""
    return settings if settings.allow_origins else settings.model_copy(update={"allow_origins": (LOCALHOST,)})


def _day(text: str) -> date:
    if text == "today":
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--until {text!r} is not a day; write YYYY-MM-DD or today") from None


def _generate(url: str, *, size: int, years: int, until: date, seed: int) -> Mapping[Role, str]:
    """The company is in the store. Returns the subject of a user for each role."""
    asyncio.run(_require_empty(url))
    from api.cli.progress import loading
    from domain.demo.load import load

    with loading("Generating the company") as progress:
        report = asyncio.run(load(url, size=size, years=years, until=until, seed=seed, progress=progress))
    rows = report.rows
    typer.echo(
        f"{report.company}: {rows['customers']:,} customers, {rows['orders']:,} orders, "
        f"{rows['touchpoints']:,} touchpoints, {report.start} to {report.until}, in "
        f"{report.seconds_generating + report.seconds_loading:.0f} s."
    )
    asyncio.run(score_half_a_year(url, until=until))
    return report.subjects


async def _require_empty(url: str) -> None:
    """Raise Conflict for a store that holds data, before what makes a company is loaded: 0.8 s of CPU (measured)."""
    import asyncpg

    from domain.demo.emptiness import require_empty

    connection = await asyncpg.connect(url)
    try:
        await require_empty(connection)
    finally:
        await connection.close()


async def score_half_a_year(url: str, *, until: date) -> None:
    """Customers are scored at the ends of the six months before `until`, so that the cube shows their moves."""
    from api.scoring import score_months
    from domain.db import BULK_SETTINGS, engine

    month = until.year * 12 + until.month - 1
    first, last = month - 6, month - 1
    on = engine(url, pool_size=1, settings=BULK_SETTINGS)
    try:
        await score_months(
            on,
            url,
            now=datetime.combine(until, time(12), UTC),
            first=date(first // 12, first % 12 + 1, 1),
            last=date(last // 12, last % 12 + 1, 28) + timedelta(days=3),
            scheme=None,
            anew=False,
            told=lambda day, name, scored: None,
        )
    finally:
        await on.dispose()


def _introduce(settings: Settings, subjects: Mapping[Role, str]) -> None:
    """The addresses to open and a token for each role; the agent's shows his own customers where he has some."""
    from api.tokens import issue, signing_key

    key = signing_key(settings.key_path)
    base = f"http://{settings.host}:{settings.port}"
    typer.echo(f"\nGraphQL   {base}/graphql\nCube      {base}/slicer/cubes\nHealth    {base}/readyz\n")
    typer.echo(f"Tokens for this machine, good for {TOKEN_HOURS // 24} days (Authorization: Bearer ...):")
    for role in Role:
        token = issue(
            key,
            subject=subjects.get(role, f"dev-{role.value.lower()}"),
            role=role.value,
            scope=(Scope.OWN if role is Role.AGENT and role in subjects else Scope.ALL).value,
            branches=(),
            hours=TOKEN_HOURS,
        )
        typer.echo(f"  {role.value.lower():<12} {token}")
    example = f"{base}/slicer/cube/sales/aggregate?cut=line_kind:sale&drilldown=date:year"
    typer.echo(f'\nTry: curl -H "Authorization: Bearer $(.venv/bin/dangol token --role analyst)" "{example}"')
    typer.echo("Ctrl-C stops everything.\n")
