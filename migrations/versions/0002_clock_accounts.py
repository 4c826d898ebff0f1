"""Lines of a clock's account say who decided, by which code, and what of; words of a language leave the table."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODES = """
UPDATE clock_segment SET reason = CASE kind
  WHEN 'CREDIT' THEN 'RETURN_DECIDED_LATE' WHEN 'RESUMED' THEN 'SENT_BACK_IN_TIME' ELSE 'CALENDAR_CHANGED' END
"""
WORDS = """
UPDATE clock_segment SET reason = CASE kind
  WHEN 'CREDIT' THEN 'return decided late by the hotline' WHEN 'RESUMED' THEN 'HANDLING' ELSE 'calendar changed' END
"""


def upgrade() -> None:
    """Add what the lines of an account need."""
    op.add_column("clock_segment", sa.Column("by_name", sa.String(80), nullable=False, server_default=""))
    op.add_column("clock_segment", sa.Column("since", sa.TIMESTAMP(timezone=True)))
    op.add_column("clock_segment", sa.Column("amount", sa.BigInteger()))
    op.add_column("clock_segment", sa.Column("basis", sa.String(4)))
    op.add_column("clock_segment", sa.Column("calendar_version", sa.BigInteger(), nullable=False, server_default="0"))
    for column in ("by_name", "calendar_version"):
        op.alter_column("clock_segment", column, server_default=None)
    op.execute(CODES)
    op.alter_column("clock_segment", "reason", type_=sa.String(24))
    for column in ("due_before", "due_after"):
        op.alter_column("clock_segment", column, nullable=False)


def downgrade() -> None:
    """Back to lines without them."""
    for column in ("due_before", "due_after"):
        op.alter_column("clock_segment", column, nullable=True)
    op.alter_column("clock_segment", "reason", type_=sa.String(200))
    op.execute(WORDS)
    for column in ("calendar_version", "basis", "amount", "since", "by_name"):
        op.drop_column("clock_segment", column)
