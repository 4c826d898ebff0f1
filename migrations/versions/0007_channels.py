"""How notices leave: who is written to by which channel, addresses of staff, absences, and what became of messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING, DEAD = "sent_at IS NULL AND dead_at IS NULL", "dead_at IS NOT NULL"
EMAIL, SMS = "email", "sms"
#: What an installation begins with: clerks are rung out of their day only by what they must act on, leaders by red.
DEFAULTS = (
    ("dispatched", "UNIT_CLERK", [EMAIL]),
    ("rework", "UNIT_CLERK", [EMAIL, SMS]),
    ("rework", "UNIT_LEAD", [EMAIL]),
    ("sent_back", "UNIT_CLERK", [EMAIL]),
    ("return_refused", "UNIT_CLERK", [EMAIL]),
    ("urged", "UNIT_CLERK", [SMS]),
    ("urged", "UNIT_LEAD", [SMS]),
    ("reminded", "UNIT_CLERK", []),
    ("warned", "UNIT_CLERK", [SMS]),
    ("expired", "UNIT_CLERK", [EMAIL, SMS]),
    ("expired", "UNIT_LEAD", [EMAIL, SMS]),
    ("expired", "SHIFT_LEAD", [SMS]),
    ("expired", "SUPERVISOR", [EMAIL]),
    ("supervised", "UNIT_CLERK", [EMAIL, SMS]),
    ("supervised", "UNIT_LEAD", [EMAIL, SMS]),
    ("supervised", "LEADER", [EMAIL]),
    ("meeting", "LEADER", [EMAIL]),
    ("digest", "UNIT_LEAD", [EMAIL]),
)
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON subscription, absence TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make the tables, the columns and the indexes, and write what an installation begins with."""
    subscription = op.create_table(
        "subscription",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("carriers", postgresql.ARRAY(sa.String(16)), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("kind", "role", name="uq_subscription_kind_role"),
    )
    op.create_table(
        "absence",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="ck_absence_days_run_forward"),
        sa.CheckConstraint("delegate_id <> user_id", name="ck_absence_delegate_is_another"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_absence_user_id"),
        sa.ForeignKeyConstraint(["delegate_id"], ["user_account.id"], name="fk_absence_delegate_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_user_id", "absence", ["user_id", "last_day"])
    op.create_index("ix_absence_delegate_id", "absence", ["delegate_id", "last_day"])
    for name, length in (("work_phone", 20), ("email", 120)):
        op.add_column("user_account", sa.Column(name, sa.String(length), nullable=False, server_default=""))
        op.alter_column("user_account", name, server_default=None)
    op.create_index("ix_user_account_unit_id", "user_account", ["unit_id"])
    op.add_column("outbox", sa.Column("dropped", sa.String(16)))
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_index("ix_outbox_dead", "outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["topic", "not_before", "id"], postgresql_where=sa.text(WAITING))
    op.create_index("ix_outbox_dead", "outbox", ["id"], postgresql_where=sa.text(DEAD))
    op.create_index("ix_outbox_retried", "outbox", ["id"], postgresql_where=sa.text(f"attempts > 0 AND {WAITING}"))
    op.bulk_insert(
        subscription, [{"kind": k, "role": r, "carriers": c, "version": 1} for k, r, c in DEFAULTS]
    )
    op.execute(GRANTS)


def downgrade() -> None:
    """Back to notices on the screen alone."""
    op.execute("DELETE FROM outbox WHERE topic <> 'notice'")
    for name in ("ix_outbox_retried", "ix_outbox_dead", "ix_outbox_waiting"):
        op.drop_index(name, "outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["not_before", "id"], postgresql_where=sa.text(WAITING))
    op.create_index("ix_outbox_dead", "outbox", ["dead_at"], postgresql_where=sa.text(DEAD))
    op.drop_column("outbox", "dropped")
    op.drop_index("ix_user_account_unit_id", "user_account")
    op.drop_column("user_account", "email")
    op.drop_column("user_account", "work_phone")
    op.drop_table("absence")
    op.drop_table("subscription")
