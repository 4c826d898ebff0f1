"""How and when the answer reached its caller, without which nothing closes."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what was closed before was told in the call-back, or to nobody who wanted it."""
    op.add_column("ticket", sa.Column("answer_way", sa.String(12)))
    op.add_column("ticket", sa.Column("answer_at", sa.TIMESTAMP(timezone=True)))
    op.execute(
        "UPDATE ticket SET answer_at = closed_at, answer_way = CASE WHEN anonymity = 'ANONYMOUS' THEN 'ANONYMOUS'"
        " WHEN NOT need_reply THEN 'NOT_WANTED' ELSE 'CALL' END WHERE state = 'CLOSED'"
    )
    op.create_check_constraint(op.f("ck_ticket_closed_reached_its_caller"), "ticket",
                               "state <> 'CLOSED' OR (answer_way IS NOT NULL AND answer_at IS NOT NULL)")
    op.execute("INSERT INTO subscription (kind, role, carriers, version) VALUES ('answered', 'CITIZEN', '{sms}', 1)"
               " ON CONFLICT (kind, role) DO NOTHING")


def downgrade() -> None:
    """Take it away again."""
    op.execute("DELETE FROM subscription WHERE kind = 'answered'")
    op.drop_constraint(op.f("ck_ticket_closed_reached_its_caller"), "ticket")
    op.drop_column("ticket", "answer_at")
    op.drop_column("ticket", "answer_way")
