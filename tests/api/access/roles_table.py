"""The table of roles in docs/security.md, made from the permission table.

python -m tests.api.access.roles_table      writes it anew
"""

from pathlib import Path

from api.permissions import TABLE, Key
from domain.roles import Role

PAGE = Path(__file__).resolve().parents[3] / "docs" / "security.md"
BEGIN, END = "<!-- roles: made from api/permissions.py -->\n", "<!-- end of roles -->\n"


def markdown() -> str:
    """A line for each set of entries that the same roles have, the widest first."""
    by_roles: dict[frozenset[Role], list[Key]] = {}
    for key, roles in TABLE.items():
        by_roles.setdefault(roles, []).append(key)
    lines = ["| roles | may |", "|---|---|"]
    for roles in sorted(by_roles, key=lambda roles: (-len(roles), sorted(roles))):
        named = (
            "all" if roles == frozenset(Role) else ", ".join(role.lower() for role in Role if role in roles)
        )
        lines.append(f"| {named or 'nobody'} | {'; '.join(_words(by_roles[roles]))} |")
    return "\n".join(lines) + "\n"


def _words(keys: list[Key]) -> list[str]:
    """E.g. "read: Branch, Customer (contact)"."""
    found: dict[str, list[str]] = {}
    for type_name, action, group in sorted(keys):
        name = type_name if group.value == "BASE" else f"{type_name} ({group.value.lower()})"
        found.setdefault(action.value.lower(), []).append(name)
    return [f"{action}: {', '.join(names)}" for action, names in found.items()]


def page(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{markdown()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
