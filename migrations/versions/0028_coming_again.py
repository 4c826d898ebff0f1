"""Coming again: until when a closed ticket may be reopened, what a new one repeats, calls that were told the result."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is closed may be reopened as long as it could before."""
    op.add_column("ticket", sa.Column("reopen_until", sa.TIMESTAMP(timezone=True)))
    op.add_column("ticket", sa.Column("reopens_id", sa.BigInteger()))
    op.add_column("ticket", sa.Column("repeat_calls", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_foreign_key(op.f("fk_ticket_reopens_id"), "ticket", "ticket", ["reopens_id"], ["id"])
    op.create_index("ix_ticket_reopens_id", "ticket", ["reopens_id"], postgresql_where=sa.text("reopens_id IS NOT NULL"))
    op.execute("UPDATE ticket SET reopen_until = closed_at + interval '30 days' WHERE state = 'CLOSED'")
    op.execute("INSERT INTO threshold (code, amount, source, version)"
               " VALUES ('REOPEN_DAYS', 30, '内置默认（可改）', 1)")


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM threshold WHERE code = 'REOPEN_DAYS'")
    op.drop_index("ix_ticket_reopens_id", "ticket")
    op.drop_constraint(op.f("fk_ticket_reopens_id"), "ticket")
    for column in ("repeat_calls", "reopens_id", "reopen_until"):
        op.drop_column("ticket", column)
