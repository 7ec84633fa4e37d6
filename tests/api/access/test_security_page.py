"""docs/security.md says what the code does."""

import re
import tomllib

from graphql import parse, validate

from api.graphql.schema import schema
from api.oidc.issuers import Issuer
from tests.api.access.roles_table import PAGE, page


class TestPage:
    def test_its_roles_are_those_of_the_permission_table(self) -> None:
        text = PAGE.read_text("utf-8")

        assert text == page(text), "run python -m tests.api.access.roles_table"

    def test_its_settings_are_settings(self) -> None:
        (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        whole = re.sub(
            r"^# (role_claim|roles|subject_prefix|algorithms)( =.*?)(   +.*)?$",
            r"\1\2",
            example,
            flags=re.MULTILINE,
        )

        [told] = tomllib.loads(whole)["oidc"]

        assert Issuer(**told).roles["crm-agent"] == "AGENT"

    def test_its_documents_are_valid(self) -> None:
        for document in re.findall(r"```graphql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
            assert validate(schema(), parse(document)) == []
