"""Who is rung back: all callers or a sample of them, whom somebody named, and what they ask for anew on the line."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0044"
branch_labels = None
depends_on = None

OPEN = "done_at IS NULL AND basis <> 'NOT_DRAWN'"


def upgrade() -> None:
    """Everybody is rung, as so far."""
    op.add_column("rate_policy", sa.Column("callback_percent", sa.SmallInteger(), nullable=False, server_default="100"))
    op.create_check_constraint(op.f("ck_rate_policy_callbacks_are_a_share"), "rate_policy",
                               "callback_percent BETWEEN 1 AND 100")
    op.add_column("callback_task", sa.Column("basis", sa.String(12), nullable=False, server_default="FULL"))
    op.drop_index("ix_callback_task_open", "callback_task")
    op.create_index("ix_callback_task_open", "callback_task", ["not_before", "id"], postgresql_where=sa.text(OPEN))
    op.create_index("ix_callback_task_not_drawn", "callback_task", ["not_before", "id"],
                    postgresql_where=sa.text("done_at IS NULL AND basis = 'NOT_DRAWN'"))
    op.add_column("ticket", sa.Column("call_named", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("ticket", sa.Column("raised_in_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_ticket_raised_in_id_ticket"), "ticket", "ticket", ["raised_in_id"], ["id"])
    op.create_index("ix_ticket_raised_in_id", "ticket", ["raised_in_id"],
                    postgresql_where=sa.text("raised_in_id IS NOT NULL"))


def downgrade() -> None:
    """Take it away again; who was not drawn is to be rung then."""
    op.drop_index("ix_ticket_raised_in_id", "ticket")
    op.drop_constraint(op.f("fk_ticket_raised_in_id_ticket"), "ticket", type_="foreignkey")
    op.drop_column("ticket", "raised_in_id")
    op.drop_column("ticket", "call_named")
    op.drop_index("ix_callback_task_not_drawn", "callback_task")
    op.drop_index("ix_callback_task_open", "callback_task")
    op.create_index("ix_callback_task_open", "callback_task", ["not_before", "id"],
                    postgresql_where=sa.text("done_at IS NULL"))
    op.drop_column("callback_task", "basis")
    op.drop_constraint(op.f("ck_rate_policy_callbacks_are_a_share"), "rate_policy", type_="check")
    op.drop_column("rate_policy", "callback_percent")
