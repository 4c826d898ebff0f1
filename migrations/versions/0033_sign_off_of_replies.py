"""Replies signed inside the unit: what was written, who wrote it, which units want it, and the clock of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

LIVE = "state IN ('ACCEPTED', {0}'REPLIED', 'RETURN_ASKED', 'REWORK', 'SUSPENDED', 'TO_READ', 'WAIT_SIGN', 'WORKING')"
OWES = "state IN ({0}'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"
NEW = "'INTERNAL_SIGN', "
# An installation that already has limits gets those of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'SIGNOFF', new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）',
       DATE '2000-01-01', 1, ''
  FROM (VALUES
    (15, 'min', NULL, 'CRITICAL', NULL::boolean), (1, 'h', NULL, 'URGENT', NULL), (4, 'wh', 'CONSULT', 'NORMAL', NULL),
    (4, 'wh', 'PRAISE', 'NORMAL', NULL), (4, 'wh', 'OTHER', 'NORMAL', NULL), (1, 'wd', 'HELP', 'NORMAL', NULL),
    (1, 'wd', 'COMPLAINT', 'NORMAL', NULL), (1, 'wd', NULL, NULL, NULL), (1, 'wd', 'REPORT', 'NORMAL', NULL),
    (1, 'wd', 'SUGGEST', 'NORMAL', NULL), (4, 'wh', NULL, 'NORMAL', true)
  ) AS new (amount, basis, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('SIGNOFF', 'YELLOW', '{UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('SIGNOFF', 'RED', '{UNIT:UNIT_LEAD,UNIT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES
  ('sign_off_asked', 'UNIT_LEAD', '{email,sms}', 1), ('given_back', 'UNIT_CLERK', '{email}', 1)
ON CONFLICT (kind, role) DO NOTHING
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON reply_draft TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE reply_draft_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for it; a task before its leader is among those that owe an answer."""
    op.create_table(
        "reply_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger()),
        sa.Column("written_by", sa.String(80), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("decision", sa.String(10)),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"],
                                name=op.f("fk_reply_draft_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_reply_draft_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_draft")),
    )
    op.create_index(op.f("ix_reply_draft_ticket_id"), "reply_draft", ["ticket_id"])
    op.create_index("uq_reply_draft_one_waits", "reply_draft", ["assignment_id"], unique=True,
                    postgresql_where=sa.text("decision IS NULL"))
    op.add_column("assignment", sa.Column("drafted_by_id", sa.BigInteger()))
    op.add_column("unit", sa.Column("signs_replies", sa.String(8), nullable=False, server_default="WEIGHTY"))
    _index(NEW)
    for statement in (LIMITS, LADDER, NOTICES, GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """Take it away again; what waits for a signature is worked on."""
    op.execute("UPDATE assignment SET state = CASE ticket.state WHEN 'REWORK' THEN 'REWORK' ELSE 'WORKING' END"
               " FROM ticket WHERE ticket.id = assignment.ticket_id AND assignment.state = 'INTERNAL_SIGN'")
    op.execute("DELETE FROM subscription WHERE kind IN ('sign_off_asked', 'given_back')")
    op.execute("DELETE FROM ladder_step WHERE code = 'SIGNOFF'")
    op.execute("DELETE FROM limit_rule WHERE code = 'SIGNOFF'")
    _index("")
    op.drop_column("unit", "signs_replies")
    op.drop_column("assignment", "drafted_by_id")
    op.drop_table("reply_draft")


def _index(state: str) -> None:
    """Index the tasks that are not over, and those that owe an answer, with or without the new state."""
    live, owing = LIVE.format(state), OWES.format(state)
    for name in ("uq_assignment_one_live_lead", "ix_assignment_live_due", "ix_assignment_owing_due"):
        op.drop_index(name, table_name="assignment")
    op.create_index("uq_assignment_one_live_lead", "assignment", ["ticket_id"], unique=True,
                    postgresql_where=sa.text(f"role = 'LEAD' AND {live}"))
    op.create_index("ix_assignment_live_due", "assignment", ["unit_id", "state", "due_at", "id"],
                    postgresql_include=["warn_at", "role"], postgresql_where=sa.text(live))
    op.create_index("ix_assignment_owing_due", "assignment", ["due_at", "id"], postgresql_where=sa.text(owing))
