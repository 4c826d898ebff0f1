"""Hand-overs to the petition procedure, with the clock that watches for the receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# An installation that already has limits gets that of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'PETITION', 15, 'cd', new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    (NULL, 'CRITICAL', NULL::boolean), (NULL, 'URGENT', NULL), ('CONSULT', 'NORMAL', NULL),
    ('PRAISE', 'NORMAL', NULL), ('OTHER', 'NORMAL', NULL), ('HELP', 'NORMAL', NULL), ('COMPLAINT', 'NORMAL', NULL),
    (NULL, NULL, NULL), ('REPORT', 'NORMAL', NULL), ('SUGGEST', 'NORMAL', NULL), (NULL, 'NORMAL', true)
  ) AS new (kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('PETITION', 'YELLOW', '{HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('PETITION', 'RED', '{HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON petition TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE petition_id_seq TO %I', app);
  END IF;
END
$$
"""


def upgrade() -> None:
    """Add the table, the limits and the ladder of the clock."""
    op.create_table(
        "petition",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("criterion", sa.String(12), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("handed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("handed_by_id", sa.BigInteger()),
        sa.Column("handed_by", sa.String(80), nullable=False),
        sa.Column("receipt_no", sa.String(80), nullable=False),
        sa.Column("receipt_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("told <> ''", name=op.f("ck_petition_caller_was_told")),
        sa.CheckConstraint("(receipt_no = '') = (receipt_at IS NULL)", name=op.f("ck_petition_receipt_says_when")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_petition_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
    )
    op.create_index("ix_petition_ticket_id", "petition", ["ticket_id", "id"])
    op.execute("CREATE TRIGGER keep_archived BEFORE UPDATE OR DELETE ON petition FOR EACH ROW"
               " EXECUTE FUNCTION keep_archived()")
    op.execute(LIMITS)
    op.execute(LADDER)
    op.execute(GRANTS)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM clock_firing USING clock WHERE clock.id = clock_id AND clock.code = 'PETITION'")
    op.execute("DELETE FROM clock WHERE code = 'PETITION'")
    op.execute("DELETE FROM ladder_step WHERE code = 'PETITION'")
    op.execute("DELETE FROM limit_rule WHERE code = 'PETITION'")
    op.drop_table("petition")
