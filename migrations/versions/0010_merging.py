"""Merging: a ticket follows a master, which knows how many follow it; their callers are rung when it ends."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_ticket_merged_follows_a_master": "(state = 'MERGED') = (master_id IS NOT NULL)",
    "ck_ticket_merged_has_no_task": "state <> 'MERGED' OR lead_assignment_id IS NULL",
}


def upgrade() -> None:
    """Make room for them."""
    op.add_column("ticket", sa.Column("master_id", sa.BigInteger()))
    op.add_column("ticket", sa.Column("supporters", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("supporters_unhappy", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("awaits_call", sa.Boolean(), nullable=False, server_default="false"))
    op.create_foreign_key("fk_ticket_master_id", "ticket", "ticket", ["master_id"], ["id"])
    for name, holds in CHECKS.items():
        op.create_check_constraint(op.f(name), "ticket", holds)
    op.create_index("ix_ticket_master_id", "ticket", ["master_id", "id"],
                    postgresql_where=sa.text("master_id IS NOT NULL"))
    op.alter_column("callback_task", "assignment_id", nullable=True)
    op.add_column("evaluation", sa.Column("master_id", sa.BigInteger()))
    op.create_index("ix_evaluation_master_id", "evaluation", ["master_id", "round"],
                    postgresql_where=sa.text("master_id IS NOT NULL"))


def downgrade() -> None:
    """Every ticket by itself. Refused by the database where a merged caller waits for a call about no unit's task."""
    op.drop_index("ix_evaluation_master_id", "evaluation")
    op.drop_column("evaluation", "master_id")
    op.alter_column("callback_task", "assignment_id", nullable=False)
    op.drop_index("ix_ticket_master_id", "ticket")
    for name in CHECKS:
        op.drop_constraint(op.f(name), "ticket")
    op.drop_constraint("fk_ticket_master_id", "ticket")
    for column in ("awaits_call", "supporters_unhappy", "supporters", "master_id"):
        op.drop_column("ticket", column)
