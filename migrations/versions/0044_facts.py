"""What every day added up to is kept, so that figures need not count the tickets of three years."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
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
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON fact_span, figure_fact, intake_fact, fact_cursor TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for it; a job fills it."""
    op.create_table(
        "fact_span",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("formula", sa.String(16), nullable=False),
        sa.Column("counted_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("good_until", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_fact_span_runs_forward")),
        sa.PrimaryKeyConstraint("first_day", "last_day", name=op.f("pk_fact_span")),
    )
    op.create_index("ix_fact_span_good_until", "fact_span", ["good_until"])
    op.create_table(
        "figure_fact",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("line", sa.String(24), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("numerator", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("first_day", "last_day", "line", "unit_id", name=op.f("pk_figure_fact")),
    )
    op.create_table(
        "intake_fact",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(8), nullable=False),
        sa.Column("value", sa.String(24), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "by", "value", "unit_id", name=op.f("pk_intake_fact")),
    )
    op.create_table(
        "fact_cursor",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("done_id", sa.BigInteger(), nullable=False),
        sa.Column("safe_id", sa.BigInteger(), nullable=False),
        sa.Column("safe_xid", sa.BigInteger(), nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_fact_cursor_one_row")),
        sa.CheckConstraint("done_id <= safe_id AND safe_id <= seen_id", name=op.f("ck_fact_cursor_in_order")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_fact_cursor")),
    )
    op.execute(GRANTS)


def downgrade() -> None:
    """Take it away again."""
    for table in ("fact_cursor", "intake_fact", "figure_fact", "fact_span"):
        op.drop_table(table)
