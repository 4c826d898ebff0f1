"""Extensions: what was asked for and granted, what may be, and clocks whose red waits for a decision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# An installation that already has limits gets those of the new clock and of extensions, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT new.code, new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    ('EXTENSION', 15, 'min', NULL, 'CRITICAL', NULL::boolean), ('EXTENSION', 30, 'min', NULL, 'URGENT', NULL),
    ('EXTENSION', 4, 'wh', 'CONSULT', 'NORMAL', NULL), ('EXTENSION', 4, 'wh', 'PRAISE', 'NORMAL', NULL),
    ('EXTENSION', 4, 'wh', 'OTHER', 'NORMAL', NULL), ('EXTENSION', 4, 'wh', 'HELP', 'NORMAL', NULL),
    ('EXTENSION', 4, 'wh', 'COMPLAINT', 'NORMAL', NULL), ('EXTENSION', 4, 'wh', NULL, NULL, NULL),
    ('EXTENSION', 4, 'wh', 'REPORT', 'NORMAL', NULL), ('EXTENSION', 1, 'wd', 'SUGGEST', 'NORMAL', NULL),
    ('EXTENSION', 2, 'wh', NULL, 'NORMAL', true), ('EXTENSION_FIRST', 24, 'h', NULL, 'URGENT', NULL),
    ('EXTENSION_FIRST', 2, 'wd', 'CONSULT', 'NORMAL', NULL), ('EXTENSION_FIRST', 2, 'wd', 'PRAISE', 'NORMAL', NULL),
    ('EXTENSION_FIRST', 2, 'wd', 'OTHER', 'NORMAL', NULL), ('EXTENSION_FIRST', 5, 'wd', 'HELP', 'NORMAL', NULL),
    ('EXTENSION_FIRST', 5, 'wd', 'COMPLAINT', 'NORMAL', NULL),
    ('EXTENSION_FIRST', 10, 'wd', 'SUGGEST', 'NORMAL', NULL), ('EXTENSION_FIRST', 5, 'wd', NULL, 'NORMAL', true),
    ('EXTENSION_SECOND', 10, 'wd', 'HELP', 'NORMAL', NULL),
    ('EXTENSION_SECOND', 10, 'wd', 'COMPLAINT', 'NORMAL', NULL), ('EXTENSION_SECOND', 10, 'wd', NULL, 'NORMAL', true)
  ) AS new (code, amount, basis, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""

LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('EXTENSION', 'YELLOW', '{HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('EXTENSION', 'RED', '{HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""


def upgrade() -> None:
    """Make room for them."""
    op.add_column("clock", sa.Column("held_since", sa.TIMESTAMP(timezone=True)))
    op.add_column("clock_segment", sa.Column("application_id", sa.BigInteger()))
    op.create_foreign_key("fk_clock_segment_application_id", "clock_segment", "application", ["application_id"], ["id"])
    op.add_column("assignment", sa.Column("extension_limits", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("assignment", sa.Column("extension_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("assignment", sa.Column("extension_filed_at", sa.TIMESTAMP(timezone=True)))
    op.add_column("application", sa.Column("clock_id", sa.BigInteger()))
    op.add_column("application", sa.Column("amount", sa.BigInteger()))
    op.add_column("application", sa.Column("granted", sa.BigInteger()))
    op.add_column("application", sa.Column("amount_basis", sa.String(4)))
    op.add_column("application", sa.Column("plan", sa.Text(), nullable=False, server_default=""))
    op.add_column("application", sa.Column("caller_informed", sa.Boolean(), nullable=False, server_default="false"))
    op.execute(LIMITS)
    op.execute(LADDER)


def downgrade() -> None:
    """Back to returns alone."""
    op.execute("DELETE FROM ladder_step WHERE code = 'EXTENSION'")
    op.execute("DELETE FROM limit_rule WHERE code LIKE 'EXTENSION%'")
    for column in ("caller_informed", "plan", "amount_basis", "granted", "amount", "clock_id"):
        op.drop_column("application", column)
    for column in ("extension_filed_at", "extension_count", "extension_limits"):
        op.drop_column("assignment", column)
    op.drop_column("clock_segment", "application_id")
    op.drop_column("clock", "held_since")
