"""What a recount of running clocks moves, clock by clock."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON due_move TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "due_move",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clock_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_before", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_after", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_due_move_job_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_due_move_clock_id")),
        sa.PrimaryKeyConstraint("job_id", "clock_id", name=op.f("pk_due_move")),
    )
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("due_move")
