"""Branches that staged rows name by their code."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.branches.model import BranchKind
from domain.intake.staging import CUSTOMERS, LINES, TOUCHPOINTS

_MISSING = f"""
    SELECT code FROM (SELECT branch AS code FROM {LINES} UNION SELECT branch FROM {TOUCHPOINTS}
                      UNION SELECT home_branch FROM {CUSTOMERS}) AS named
    WHERE code IS NOT NULL AND NOT EXISTS (SELECT FROM branches b WHERE b.code = named.code)
"""


async def merge_branches(
    connection: AsyncConnection, *, kind: BranchKind = BranchKind.SHOP, dry_run: bool = False
) -> int:
    """Every branch that staged rows name is here; how many were made, with their code as name. One statement."""
    if dry_run:
        return int(await connection.scalar(text(f"SELECT count(*) FROM ({_MISSING}) AS missing")) or 0)
    made = await connection.execute(
        text(f"""
            INSERT INTO branches (code, name, kind)
            SELECT code, code, :kind FROM ({_MISSING}) AS missing ORDER BY code
            ON CONFLICT DO NOTHING
            RETURNING id
        """),
        {"kind": kind.value},
    )
    return len(made.all())
