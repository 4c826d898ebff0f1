"""Numbers that may not write to the hotline for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

WAITING, IN_FORCE = "state IN ('ASKED', 'SECONDED')", "state = 'IN_FORCE'"
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON caller_block TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE caller_block_id_seq TO %I', app);
END
$$
"""
CHECKS = {
    "state_known": "state IN ('ASKED', 'IN_FORCE', 'LIFTED', 'REFUSED', 'SECONDED')",
    "days_within_bounds": "days BETWEEN 7 AND 30",
    "says_why_and_shows_it": "reason <> '' AND evidence <> ''",
    "in_force_until_then": "state NOT IN ('IN_FORCE', 'LIFTED') OR (until IS NOT NULL AND seconded_at IS NOT NULL)",
    "seconded_by_another": "seconded_by_id IS NULL OR seconded_by_id <> asked_by_id",
    "granted_by_a_third": f"NOT ({IN_FORCE}) OR decided_by_id NOT IN (asked_by_id, seconded_by_id)",
}


def upgrade() -> None:
    """Add them."""
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "caller_block",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("caller_key", sa.LargeBinary(), nullable=False),
        sa.Column("masked_phone", sa.String(40), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("seconded_at", moment),
        sa.Column("seconded_by_id", sa.BigInteger()),
        sa.Column("seconded_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("decided_at", moment),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("decided_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("opinion", sa.Text(), nullable=False, server_default=""),
        sa.Column("until", moment),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_caller_block_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_block")),
    )
    op.create_index("uq_caller_block_one_waits", "caller_block", ["caller_key"], unique=True,
                    postgresql_where=sa.text(WAITING))
    op.create_index("ix_caller_block_in_force", "caller_block", ["caller_key", "until"],
                    postgresql_where=sa.text(IN_FORCE))
    op.create_index("ix_caller_block_state", "caller_block", ["state", "id"])
    op.execute(GRANTS)


def downgrade() -> None:
    """Without them."""
    op.drop_table("caller_block")
