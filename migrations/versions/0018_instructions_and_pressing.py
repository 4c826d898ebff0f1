"""Instructions of leaders, supervision orders of a fourth level, and how the hotline pressed, in which batch."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
  EXECUTE format('GRANT SELECT, INSERT ON instruction TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE instruction_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "instruction",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.String(80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger()),
        sa.Column("by_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instruction"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_instruction_ticket_id"),
        sa.CheckConstraint("words <> ''", name=op.f("ck_instruction_says_something")),
    )
    op.create_index("ix_instruction_ticket", "instruction", ["ticket_id", "id"])
    op.add_column("ticket", sa.Column("instructed_at", sa.TIMESTAMP(timezone=True)))
    op.add_column("urge", sa.Column("way", sa.String(8), nullable=False, server_default=""))
    op.add_column("urge", sa.Column("job_id", sa.BigInteger()))
    op.create_index("uq_urge_batch", "urge", ["job_id", "ticket_id"], unique=True,
                    postgresql_where=sa.text("job_id IS NOT NULL"))
    op.execute(GRANTS)
    _levels(4)


def downgrade() -> None:
    """Back to three levels, without instructions."""
    op.execute("UPDATE supervision_order SET level = 3 WHERE level = 4")
    _levels(3)
    op.drop_index("uq_urge_batch", "urge")
    op.drop_column("urge", "job_id")
    op.drop_column("urge", "way")
    op.drop_column("ticket", "instructed_at")
    op.drop_table("instruction")


def _levels(most: int) -> None:
    op.drop_constraint(op.f("ck_supervision_order_level_known"), "supervision_order", type_="check")
    op.create_check_constraint(op.f("ck_supervision_order_level_known"), "supervision_order", f"level BETWEEN 1 AND {most}")
