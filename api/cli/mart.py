"""`dangol mart`: who may read the mart besides the cube."""

from typing import Annotated

import typer

from api.cli.place import Config, settings_of, store

app = typer.Typer(help="Let BI tools read the mart.", no_args_is_help=True)


@app.callback()
def mart() -> None:
    """Let BI tools read the mart."""


@app.command()
def role(
    name: Annotated[str, typer.Argument(help="The login role; its password is made anew if there is one.")],
    config: Config = None,
) -> None:
    """Make a read-only login role for BI tools: it sees the schema mart, and nothing that is personal.

    The password is told once, on standard output.
    """
    from olap.mart.readers import create_reader

    settings = settings_of(config)
    with store(settings) as url:
        password = create_reader(url, name)
    typer.echo(f"The role {name} reads the schema mart. Its password, told this once:", err=True)
    typer.echo(password)
