"""People whom an issuer vouches for, as actors: who they are here is our own table of users."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.errors import ApiError, Code, Unauthenticated
from api.oidc.issuers import Issuer
from api.oidc.keys import Keys, NoKeys
from api.oidc.proof import Proved, Unproved, proved
from domain.access import Actor
from domain.messages import say
from domain.roles import Role, usual_scope
from domain.users.lookup import Identity, identify

if TYPE_CHECKING:
    import asyncpg

STRONGEST = (Role.ADMIN, Role.MARKETER, Role.AGENT, Role.ANALYST, Role.INTEGRATION, Role.VIEWER)
"""Of several roles that a claim maps to, the first of these counts."""


class People:
    """The people of one issuer."""

    def __init__(self, settings: Issuer, keys: Keys) -> None:
        self.issuer = settings.issuer
        self._settings = settings
        self._keys = keys

    async def actor(self, token: Unproved, reads: "asyncpg.Pool[asyncpg.Record]") -> tuple[Actor, float]:
        """Whom the token proves, and when it ends. Raises BadToken, Unauthenticated, and ApiError where the issuer's
        keys cannot be had."""
        try:
            found = await proved(token, self._settings, self._keys)
        except NoKeys:
            raise ApiError(
                Code.BUSY, say("the keys of the token's issuer cannot be fetched; ask again in a moment")
            ) from None
        subject = self._settings.subject_prefix + found.subject
        identity = await identify(reads, subject=subject)
        return self._known(subject, identity, found), found.expires_at

    def _known(self, subject: str, identity: Identity, found: Proved) -> Actor:
        if identity.user_id is None or identity.role is None:
            raise Unauthenticated(
                say(
                    "the token is good, but there is no user with its subject; an administrator must create one"
                )
            )
        if not identity.active:
            raise Unauthenticated(say("this user is deactivated"))
        role = self._role(found.claims) or identity.role
        return Actor(
            subject=subject,
            role=role,
            scope=identity.scope or usual_scope(role),
            user_id=identity.user_id,
            branch_ids=identity.branch_ids,
        )

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        """The role that a claim says, None where our own table does. Raises Unauthenticated if the claim says none."""
        if self._settings.role_claim is None:
            return None
        said = _at(claims, self._settings.role_claim)
        listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        mapped = {
            self._settings.roles[each]
            for each in listed
            if isinstance(each, str) and each in self._settings.roles
        }
        for role in STRONGEST:
            if role in mapped:
                return role
        raise Unauthenticated(
            say(
                "the token is good, but gives no role here; an administrator must assign one to you at the issuer"
            )
        )


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim at a path such as "realm_access.roles"; a claim of that whole name comes first."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
