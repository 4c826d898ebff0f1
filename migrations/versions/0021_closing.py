"""Closing: hazards with their re-check, callers written to who could not be rung, and the days they have to answer."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no matter is a hazard until an administrator says so."""
    no = sa.text("false")
    op.add_column("category", sa.Column("hazard", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("ticket", sa.Column("recheck_pending", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("callback_task", sa.Column("surveyed_at", sa.TIMESTAMP(timezone=True)))
    op.create_index("ix_callback_task_surveyed", "callback_task", ["id"],
                    postgresql_where=sa.text("done_at IS NULL AND surveyed_at IS NOT NULL"))
    op.execute("INSERT INTO threshold (code, amount, source, version) VALUES ('SURVEY_DAYS', 3, '内置默认（可改）', 1)")
    op.execute("INSERT INTO subscription (kind, role, carriers, version) VALUES ('survey', 'CITIZEN', '{sms}', 1)"
               " ON CONFLICT (kind, role) DO NOTHING")


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM subscription WHERE kind = 'survey'")
    op.execute("DELETE FROM threshold WHERE code = 'SURVEY_DAYS'")
    op.drop_column("callback_task", "surveyed_at")
    op.drop_column("ticket", "recheck_pending")
    op.drop_column("category", "hazard")
