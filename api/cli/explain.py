"""`dangol explain`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import Invalid
from domain.messages import say
from domain.roles import Role, Scope


def explain(
    file: Annotated[Path, typer.Argument(help="A GraphQL document.", exists=True, dir_okay=False)],
    role: Annotated[Role, typer.Option(help="Who asks.", case_sensitive=False)] = Role.ADMIN,
    scope: Annotated[Scope, typer.Option(help="Whose rows it is about.", case_sensitive=False)] = Scope.ALL,
    operation: Annotated[str | None, typer.Option(help="Which operation, where there are several.")] = None,
    variables: Annotated[
        str, typer.Option(help="The variables as JSON: their shape is part of a plan.")
    ] = "{}",
) -> None:
    """Show what a GraphQL document becomes: the selection and its SQL. Nothing is asked of any database."""
    from api.errors import ApiError, Refused
    from api.graphql import texts
    from api.graphql.documents import Documents
    from api.graphql.explain import explained
    from api.graphql.schema import schema
    from domain.access import Actor

    held = Documents(schema())
    try:
        found = held.operation(file.read_text("utf-8"), operation)
        values = held.values(found, texts.variables(_object(variables)))
        actor = Actor(subject="explain", role=role, scope=scope)
        said = explained(held.plan(found, values, actor))
    except (ApiError, Refused) as error:
        raise Invalid(say("{file}: {reason}", file=file.name, reason=str(error))) from None
    except UnicodeDecodeError:
        raise Invalid(say("{file} is not text in UTF-8", file=file.name)) from None
    typer.echo(_text(said))


def _object(variables: str) -> dict[str, Any]:
    try:
        found = json.loads(variables)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(say("--variables must be a JSON object"))
    return found


def _text(said: dict[str, Any]) -> str:
    complete = "one statement is the whole answer" if said["complete"] else "resolvers run upon the statement"
    parts = [complete, said["selection"], _statement(said)]
    parts += [f"{key} reads back:\n{_statement(each)}" for key, each in said.get("written", {}).items()]
    return "\n\n".join(part for part in parts if part)


def _statement(said: dict[str, Any]) -> str:
    if "sql" not in said:
        return ""
    places = [f"${at}: {place}" for at, place in enumerate(said["parameters"], 1)]
    return "\n".join([said["sql"], *places])
