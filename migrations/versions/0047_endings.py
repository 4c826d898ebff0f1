"""Which terminations and refusals are looked into, and what was found; receipts that are waited for, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON spot_check TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE spot_check_id_seq TO %I', app);
  END IF;
END
$$
"""
WAITING = "to_check AND checked_at IS NULL"


def upgrade() -> None:
    """Add the table, its settings, the mark of a ticket, and the index."""
    op.create_index("ix_petition_waiting", "petition", ["id"], postgresql_where=sa.text("receipt_at IS NULL"))
    op.add_column("ticket", sa.Column("awaits_check", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "spot_check",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("ended_as", sa.String(16), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason_code", sa.String(24), nullable=False),
        sa.Column("by_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("by_name", sa.String(80), nullable=False),
        sa.Column("sampled_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("to_check", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("checked_by_id", sa.BigInteger()),
        sa.Column("checked_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("proper", sa.Boolean()),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(proper IS NULL) = (checked_at IS NULL)",
                           name=op.f("ck_spot_check_checked_says_what_was_found")),
        sa.CheckConstraint("checked_at IS NULL OR (to_check AND note <> '')",
                           name=op.f("ck_spot_check_checked_says_why")),
        sa.CheckConstraint("checked_by_id IS NULL OR NOT (checked_by_id = ANY (by_ids))",
                           name=op.f("ck_spot_check_checked_by_another")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_spot_check_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
    )
    op.create_index("uq_spot_check_ending", "spot_check", ["ticket_id", "ended_at"], unique=True)
    op.create_index("ix_spot_check_waiting", "spot_check", ["sampled_at", "id"], postgresql_where=sa.text(WAITING))
    op.create_index("ix_spot_check_checked_at", "spot_check", ["checked_at", "id"],
                    postgresql_where=sa.text("checked_at IS NOT NULL"))
    op.create_index("ix_spot_check_ended_at", "spot_check", ["ended_at"])
    op.execute("INSERT INTO threshold (code, amount, source, version) VALUES"
               " ('CHECK_SHARE', 20, '内置默认（可改）', 1), ('CHECK_MOST', 100, '内置默认（可改）', 1)")
    op.execute("INSERT INTO subscription (kind, role, carriers, version) VALUES"
               " ('overturn', 'UNIT_CLERK', '{email,sms}', 1), ('overturn', 'UNIT_LEAD', '{email}', 1)"
               " ON CONFLICT (kind, role) DO NOTHING")
    op.execute(GRANTS)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM subscription WHERE kind = 'overturn'")
    op.execute("DELETE FROM threshold WHERE code IN ('CHECK_SHARE', 'CHECK_MOST')")
    op.drop_table("spot_check")
    op.drop_column("ticket", "awaits_check")
    op.drop_index("ix_petition_waiting", "petition")
