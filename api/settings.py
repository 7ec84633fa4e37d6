"""Settings from DANGOL_* in the environment, then from a TOML file, then sensible defaults.

An unknown DANGOL_ name, an unknown key in the file or a bad value stops the start with its name: a misspelt
setting that is silently left out is found only when it is too late.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api import setting_values as values
from api.oidc.issuers import Issuer, distinct
from olap.engines.names import EngineName

if TYPE_CHECKING:
    from olap.opening import Place

PREFIX = "DANGOL_"
SECRET = {"database_url", "cube_url"}
"""Settings that may hold a password: never quoted."""
FILE_NAME = "dangol.toml"


class SettingsError(Exception):
    """A setting is unknown or has a value that it may not have."""


class Settings(BaseSettings):
    """What can be set. Each field is DANGOL_<NAME> in the environment and <name> in the file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(
        default=Path(".dangol"), description="where the embedded Postgres, the cube and the local key live"
    )
    host: str = Field(default="127.0.0.1", description="the address to serve on")
    port: int = Field(default=8000, ge=1, le=65535, description="the port to serve on")
    database_url: Annotated[str | None, AfterValidator(values.database_url)] = Field(
        default=None, description="a Postgres >= 15 of your own, instead of the embedded one", repr=False
    )
    cube_engine: EngineName = Field(
        default=EngineName.DUCKDB,
        description="what answers the cube's questions: duckdb, postgres or clickhouse",
    )
    cube_url: Annotated[str | None, AfterValidator(values.cube_url)] = Field(
        default=None,
        validate_default=True,
        description="where the cube lies, instead of cube.duckdb in the data directory",
        repr=False,
    )
    cube_cluster: Annotated[str | None, AfterValidator(values.cube_cluster)] = Field(
        default=None, description="the ClickHouse cluster that the cube is spread over"
    )
    cube_memory: Annotated[int | None, BeforeValidator(values.size)] = Field(
        default=None,
        description="memory that the questions to the cube may hold: with duckdb all together, else each",
    )
    cube_disk: Annotated[int | None, BeforeValidator(values.size)] = Field(
        default=None, description="disk for what does not fit into cube_memory"
    )
    oidc: Annotated[
        tuple[Issuer, ...], NoDecode, BeforeValidator(values.from_json), AfterValidator(distinct)
    ] = Field(
        default=(), description="who signs people's tokens; JSON in the environment, [[oidc]] in the file"
    )
    local_tokens: bool | None = Field(
        default=None, description="accept tokens of `dangol token`; default: only where no issuer is named"
    )
    api_key_parameter: bool = Field(
        default=False,
        description="take a credential as `api_key` in the Slicer's addresses, from this machine only",
    )
    rate: int = Field(
        default=10_000,
        ge=1_000,
        description="points a second that one credential may ask for; ten seconds of it may be saved up",
    )
    bulk_rate: int = Field(default=100_000, ge=1_000, description="the same for bulk requests")
    processes: int = Field(
        default=1,
        ge=1,
        description="how many API processes share a load: each gives out its part of the rates",
    )
    live_connections: int = Field(
        default=1_000,
        ge=1,
        description="how many WebSockets and event streams one process holds open; more are told to come again",
    )
    development: bool | None = Field(
        default=None,
        description="GraphiQL in the browser, and clients may ask for the schema; default: where local tokens are",
    )
    allow_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(values.parted), AfterValidator(values.origins)
    ] = Field(default=(), description="whose pages may call the API from a browser, parted by commas (CORS)")
    jobs: bool = Field(
        default=True, description="do the jobs inside `dangol serve`; false where `dangol worker` does them"
    )
    feed_days: int = Field(
        default=30, ge=1, le=3650, description="how many days the feed of changes keeps its events"
    )
    export_hours: int = Field(
        default=24, ge=1, le=24 * 30, description="how many hours an export of a person may be fetched"
    )
    erasure_journal: Path | None = Field(
        default=None,
        description="the journal of erasures, instead of erasures.journal in the data directory",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="how much is logged"
    )

    @property
    def cube_path(self) -> Path:
        """The DuckDB file of the cube; with another engine what its one owner holds on this machine."""
        if self.cube_engine is not EngineName.DUCKDB:
            return self.data_dir / f"cube.{self.cube_engine}"
        if self.cube_url:
            return Path("/" + self.cube_url.removeprefix("duckdb:///").lstrip("/"))
        return self.data_dir / "cube.duckdb"

    @property
    def cube_place(self) -> "Place":
        """What the cube is, and where."""
        from olap.engines.ceilings import DISK, Ceilings
        from olap.opening import Place

        return Place(
            self.cube_path,
            self.cube_engine,
            url=self.cube_url or "",
            cluster=self.cube_cluster,
            ceilings=Ceilings(self.cube_memory, self.cube_disk or DISK),
        )

    @property
    def cube_requests_path(self) -> Path:
        """The log of what the cube was asked: columns and times, no members."""
        return self.data_dir / "cube.requests"

    @property
    def journal_path(self) -> Path:
        """The journal of erasures."""
        return self.erasure_journal or self.data_dir / "erasures.journal"

    @property
    def exports_path(self) -> Path:
        """The folder of files that leave the house."""
        return self.data_dir / "exports"

    @property
    def accepts_local_tokens(self) -> bool:
        """Whether tokens of `dangol token` are accepted at all."""
        return not self.oidc if self.local_tokens is None else self.local_tokens

    @property
    def is_development(self) -> bool:
        """Whether GraphiQL and introspection are served."""
        return self.accepts_local_tokens if self.development is None else self.development

    @property
    def key_path(self) -> Path:
        """The local signing key of development tokens."""
        return self.data_dir / "token.key"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: Any,
        **sources: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives comes first, then the environment; the file comes in through `load`."""
        return (EnvSettingsSource(settings_cls), init_settings)


def load(file: Path | None = None) -> Settings:
    """The settings in force. Raises SettingsError with the name, the value's fault and where it stands.

    `file` (or DANGOL_CONFIG, or dangol.toml in this folder if it is there) is read first; the environment
    goes over it.
    """
    names = sorted(Settings.model_fields)
    known = {PREFIX + name.upper() for name in names} | {PREFIX + "CONFIG"}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(
                f"unknown setting {name} in the environment; known: {', '.join(sorted(known))}"
            )
    path = file or (Path(os.environ[PREFIX + "CONFIG"]) if PREFIX + "CONFIG" in os.environ else None)
    given = _from_file(path or Path(FILE_NAME), required=path is not None)
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise SettingsError(
            f"unknown setting {unknown[0]!r} in {path or FILE_NAME}; known: {', '.join(names)}"
        )
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=True)[0]
        name, inside = str(fault["loc"][0]), "".join(f"[{step!r}]" for step in fault["loc"][1:])
        where = (
            PREFIX + name.upper()
            if PREFIX + name.upper() in os.environ
            else f"{name!r} in {path or FILE_NAME}"
        )
        shown = "" if name in SECRET else f" (given: {fault['input']!r})"
        raise SettingsError(f"{where}{inside}: {fault['msg'].removeprefix('Value error, ')}{shown}") from None


def environment(settings: Settings) -> Mapping[str, str]:
    """The settings as a process that is started with this environment reads them."""
    told = settings.model_dump(mode="json", exclude_none=True)
    return {
        PREFIX + name.upper(): value if isinstance(value, str) else json.dumps(value)
        for name, value in told.items()
    }


def _from_file(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError(f"no settings file {path}") from None
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}") from None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from None
