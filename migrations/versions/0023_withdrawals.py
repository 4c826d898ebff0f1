"""Withdrawals, which of them are looked into, and the notices of tickets that leave a unit for good."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON withdrawal TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE withdrawal_id_seq TO %I', app);
  END IF;
END
$$
"""
NOTICES = (
    ("left", "UNIT_CLERK", "{email}"), ("left", "UNIT_LEAD", "{}"), ("reinstate", "UNIT_CLERK", "{email,sms}"),
    ("reinstate", "UNIT_LEAD", "{email}"), ("pressed", "SUPERVISOR", "{email}"),
)


def upgrade() -> None:
    """Add the table, its settings and the rows of its notices."""
    op.create_table(
        "withdrawal",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger()),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("reason_code", sa.String(12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state_before", sa.String(16), nullable=False),
        sa.Column("withdrawn_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger()),
        sa.Column("by_name", sa.String(80), nullable=False),
        sa.Column("sampled_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("to_check", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("checked_by_id", sa.BigInteger()),
        sa.Column("checked_by", sa.String(80), nullable=False),
        sa.Column("pressed", sa.Boolean()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("sampled_at IS NOT NULL OR NOT to_check", name=op.f("ck_withdrawal_chosen_when_sampled")),
        sa.CheckConstraint("pressed IS NULL OR checked_at IS NOT NULL", name=op.f("ck_withdrawal_pressed_says_when")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_withdrawal_ticket_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_withdrawal_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    for name, columns, where in (
        ("waiting", ["sampled_at", "id"], "to_check AND checked_at IS NULL"),
        ("unsampled", ["withdrawn_at", "id"], "sampled_at IS NULL"),
        ("checked_at", ["checked_at", "unit_id"], "pressed IS NOT NULL"),
        ("assignment_id", ["assignment_id"], "assignment_id IS NOT NULL"),
    ):
        op.create_index(f"ix_withdrawal_{name}", "withdrawal", columns, postgresql_where=sa.text(where))
    op.create_index("ix_withdrawal_ticket_id", "withdrawal", ["ticket_id", "id"])
    _amounts(1000)
    op.execute("INSERT INTO threshold (code, amount, source, version) VALUES"
               " ('RECHECK_SHARE', 100, '内置默认（可改）', 1), ('RECHECK_MOST', 300, '内置默认（可改）', 1)")
    rows = ", ".join(f"('{kind}', '{role}', '{carriers}', 1)" for kind, role, carriers in NOTICES)
    op.execute(f"INSERT INTO subscription (kind, role, carriers, version) VALUES {rows}"
               " ON CONFLICT (kind, role) DO NOTHING")
    op.execute(GRANTS)


def _amounts(most: int) -> None:
    op.drop_constraint(op.f("ck_threshold_amount_in_range"), "threshold")
    op.create_check_constraint(op.f("ck_threshold_amount_in_range"), "threshold", f"amount BETWEEN 1 AND {most}")


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM subscription WHERE kind IN ('left', 'reinstate', 'pressed')")
    op.execute("DELETE FROM threshold WHERE code IN ('RECHECK_SHARE', 'RECHECK_MOST')")
    op.execute("UPDATE threshold SET amount = 99 WHERE amount > 99")
    _amounts(99)
    op.drop_table("withdrawal")
