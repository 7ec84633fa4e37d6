"""`dangol token`."""

from typing import Annotated

import typer

from api.cli.place import Config, settings_of
from api.settings import SettingsError
from domain.roles import Role, Scope

ROLES = [role.value.lower() for role in Role]
SCOPES = [scope.value.lower() for scope in Scope]


def token(
    role: Annotated[str, typer.Option(help=f"What the bearer may do: {', '.join(ROLES)}.")],
    scope: Annotated[str, typer.Option(help=f"Whose rows the bearer sees: {', '.join(SCOPES)}.")] = "all",
    user: Annotated[
        str, typer.Option(help="The bearer's subject; a user's subject stands for that user.")
    ] = "",
    branch: Annotated[
        list[str] | None, typer.Option(help="A branch code; may be repeated. For scope branch.")
    ] = None,
    hours: Annotated[float, typer.Option(help="How long the token is good.", min=0.01, max=24 * 365)] = 12,
    config: Config = None,
) -> None:
    """Print a bearer token for development, good on this machine only.

    Example: curl -H "Authorization: Bearer $(dangol token --role analyst)" http://127.0.0.1:8000/slicer/cubes
    """
    from api.tokens import issue, signing_key

    if role.lower() not in ROLES:
        raise SettingsError(f"unknown role {role!r}; known: {', '.join(ROLES)}")
    if scope.lower() not in SCOPES:
        raise SettingsError(f"unknown scope {scope!r}; known: {', '.join(SCOPES)}")
    if scope.lower() == "branch" and not branch:
        raise SettingsError("scope branch needs the code of a branch: --branch CODE")
    if scope.lower() == "own" and not user:
        raise SettingsError("scope own needs the user whose rows are meant: --user SUBJECT")
    settings = settings_of(config)
    if not settings.accepts_local_tokens:
        typer.echo(
            "dangol: this token will be refused: an issuer is named and DANGOL_LOCAL_TOKENS is not true",
            err=True,
        )
    key = signing_key(settings.key_path)
    typer.echo(
        issue(
            key,
            subject=user or f"dev-{role.lower()}",
            role=role.upper(),
            scope=scope.upper(),
            branches=tuple(branch or ()),
            hours=hours,
        )
    )
