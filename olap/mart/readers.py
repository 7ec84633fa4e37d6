"""Who may read the mart besides the cube: login roles for BI tools, which see the mart's rows and nothing else.

They are members of one group that holds the rights, so that `create` gives them again with each version of the views.
A role is read only, has few connections, and its statements end after a while.
"""

import base64
import hashlib
import hmac
import re
import secrets

from olap import mart, source
from olap.errors import CubeError
from olap.mart.rights import GROUP, rights

NAME = re.compile(r"[a-z_][a-z0-9_]{0,59}")

SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "300s",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "mart",
}
CONNECTIONS = 20

ITERATIONS = 4096


def create_reader(url: str, name: str) -> str:
    """A login role of that name reads the mart; its password. One that there is gets a new password.

    Raises CubeError for a name that is none, one that is somebody's else, and where the database's user may not
    make roles.
    """
    if not NAME.fullmatch(name):
        raise CubeError("a role's name has lower-case letters, digits and _, and begins with a letter")
    password = secrets.token_urlsafe(24)
    import adbc_driver_manager as adbc

    with source.connect(url) as connection:
        try:
            for statement in _statements(name, password):
                source.execute(connection, statement)
        except adbc.Error as error:
            raise CubeError(f"the role {name} could not be made: {error}") from error
    return password


def _statements(name: str, password: str) -> list[str]:
    # Names are checked, the password is ours, and the server is told its hash alone: statements may be logged.
    return [
        f"""
        DO $do$ BEGIN
            CREATE ROLE {GROUP} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $do$
        """,
        rights(mart.views()),
        f"""
        DO $do$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
                CREATE ROLE {name} LOGIN IN ROLE {GROUP};
            ELSIF NOT pg_has_role('{name}', '{GROUP}', 'MEMBER') OR '{name}' = '{GROUP}' OR
                  (SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = '{name}') THEN
                RAISE EXCEPTION 'there is a role of that name for something else';
            END IF;
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO {GROUP}', current_database());
        END $do$
        """,  # noqa: S608
        f"ALTER ROLE {name} PASSWORD '{_verifier(password)}' CONNECTION LIMIT {CONNECTIONS}",
        *(f"ALTER ROLE {name} SET {setting} = '{value}'" for setting, value in SETTINGS.items()),
    ]


def _verifier(password: str) -> str:
    """What the server keeps of a password. Source: RFC 5802, section 3, with SHA-256."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    told = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{told[0]}${told[1]}:{told[2]}"
