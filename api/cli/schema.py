"""`dangol schema`."""

import typer

from api.graphql.schema import sdl


def schema() -> None:
    """Print the GraphQL schema as text (SDL), for code generators and linters."""
    typer.echo(sdl(), nl=False)
