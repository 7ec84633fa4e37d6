"""Cases, opportunities and tasks."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_10"
down_revision = "2026_11_22_09"
branch_labels = None
depends_on = None

ROOTS = {"cases": "case", "opportunities": "opportunity", "tasks": "task"}

PARTS = {
    "case_moves": ("cases", "case_id"),
    "case_touchpoints": ("cases", "case_id"),
    "opportunity_moves": ("opportunities", "opportunity_id"),
    "opportunity_offers": ("opportunities", "opportunity_id"),
    "opportunity_grants": ("opportunities", "opportunity_id"),
}


def upgrade() -> None:
    scripts.run("work")
    for root, aggregate in ROOTS.items():
        op.execute(f"SELECT follow_root('{root}', '{aggregate}')")
    for part, (root, column) in PARTS.items():
        op.execute(f"SELECT follow_part('{part}', '{root}', '{column}')")


def downgrade() -> None:
    op.execute("""
        DROP TABLE tasks, case_moves, case_touchpoints, cases, opportunity_moves, opportunity_offers,
            opportunity_grants, opportunities
    """)
    op.execute("DROP FUNCTION case_number()")
