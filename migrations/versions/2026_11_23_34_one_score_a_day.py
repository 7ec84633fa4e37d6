"""A customer has one score of a scheme on a day, whoever writes it: of two the cube would count his facts twice."""

from alembic import op

from migrations import scripts

revision = "2026_11_23_34"
down_revision = "2026_11_23_33"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("one_score_a_day")


def downgrade() -> None:
    op.execute("DROP TRIGGER apart_inserted ON rfm_scores")
    op.execute("DROP TRIGGER apart_updated ON rfm_scores")
    op.execute("DROP FUNCTION rfm_scores_apart")
