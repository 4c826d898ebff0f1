"""What the daily reconciliation found, run by run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON reconciliation TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT ON discrepancy TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE reconciliation_id_seq, discrepancy_id_seq TO %I', app);
  END IF;
END
$$
"""


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "reconciliation",
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("repaired", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "discrepancy",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_no", sa.String(length=20), nullable=False),
        sa.Column("repaired", sa.Boolean(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["reconciliation.id"], name=op.f("fk_discrepancy_run_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy")),
    )
    op.create_index("ix_discrepancy_run", "discrepancy", ["run_id", "id"])
    op.execute(GRANTS)


def downgrade() -> None:
    """Remove both."""
    op.drop_table("discrepancy")
    op.drop_table("reconciliation")
