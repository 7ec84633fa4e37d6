"""What the settings say about an issuer of tokens."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.roles import Role

Algorithm = Literal["RS256", "ES256", "EdDSA"]


def _https(url: str | None) -> str | None:
    """An address of this machine may be http: nobody listens between."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname and _here(parts.hostname):
        return url
    raise ValueError("must be an https address")


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Address = Annotated[str, AfterValidator(_https)]


class Issuer(BaseModel):
    """One issuer, as a table [[oidc]] of the settings file or an object of DANGOL_OIDC.

    Keys are found by discovery, at `jwks_url`, or in `jwks_file`. `role_claim` (with dots into objects) and `roles`
    let the issuer say the role instead of our table of users. `subject_prefix` goes before the issuer's subjects.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Address
    audience: str = Field(min_length=1)
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256", "EdDSA")
    jwks_url: Address | None = None
    jwks_file: Path | None = None
    subject_prefix: str = ""
    role_claim: str | None = None
    roles: dict[str, Role] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> "Issuer":
        if self.jwks_url is not None and self.jwks_file is not None:
            raise ValueError("give jwks_url or jwks_file, not both")
        if (self.role_claim is None) != (not self.roles):
            raise ValueError("role_claim and roles go together")
        if not self.algorithms:
            raise ValueError("algorithms must name at least one of RS256, ES256, EdDSA")
        return self


def distinct(issuers: Sequence[Issuer]) -> Sequence[Issuer]:
    """The issuers, which cannot name each other's users. Raises ValueError."""
    if len({each.issuer for each in issuers}) < len(issuers):
        raise ValueError("an issuer is named twice")
    if len({each.subject_prefix for each in issuers}) < len(issuers):
        raise ValueError("each of several issuers needs a subject_prefix of its own")
    return issuers
