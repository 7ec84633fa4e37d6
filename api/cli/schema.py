"""`dangol schema`."""

import typer


def schema() -> None:
    """Print the GraphQL schema as text (SDL), for code generators and linters."""
    from api.graphql.schema import schema
    from api.graphql.sdl import sdl

    typer.echo(sdl(schema()), nl=False)
