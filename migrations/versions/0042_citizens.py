"""Callers look for themselves: wrong codes are counted, and what they say is told from what they said when rung."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON query_guard TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for it."""
    op.create_table(
        "query_guard",
        sa.Column("no", sa.String(17), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("locked_until", sa.TIMESTAMP(timezone=True)),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_query_guard")),
    )
    op.create_index("ix_query_guard_locked", "query_guard", ["locked_until"],
                    postgresql_where=sa.text("locked_until IS NOT NULL"))
    op.create_index("ix_query_guard_since", "query_guard", ["since"])
    op.add_column("callback_attempt", sa.Column("channel", sa.String(8), nullable=False, server_default="PHONE"))
    op.execute(GRANTS)


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("callback_attempt", "channel")
    op.drop_table("query_guard")
