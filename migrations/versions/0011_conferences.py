"""Conferences: units called together, their opinions, the time that stands still, and from when on a ticket goes up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = (
    "state IN ('CALLBACK', 'CONFERENCE', 'DISPATCHED', 'DRAFT', 'HANDLING', 'REPLIED', 'RETURN_REVIEW', 'REVIEW',"
    " 'REWORK', 'SUSPENDED', 'TO_DISPATCH')"
)
THRESHOLDS = """
INSERT INTO threshold (code, amount, source, version) VALUES
  ('CONFER_RETURNS', 2, '内置默认（可改）', 1),
  ('ESCALATE_RETURNS', 3, '内置默认（可改）；济南条例第29、30条', 1),
  ('ESCALATE_UNITS', 3, '内置默认（可改）；潍坊条例第23条', 1)
"""
# An installation that already has limits gets those of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'CONFERENCE', new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）',
       DATE '2000-01-01', 1, ''
  FROM (VALUES
    (2, 'h', NULL, 'CRITICAL', NULL::boolean), (24, 'h', NULL, 'URGENT', NULL), (2, 'wd', 'CONSULT', 'NORMAL', NULL),
    (2, 'wd', 'PRAISE', 'NORMAL', NULL), (2, 'wd', 'OTHER', 'NORMAL', NULL), (3, 'wd', 'HELP', 'NORMAL', NULL),
    (3, 'wd', 'COMPLAINT', 'NORMAL', NULL), (3, 'wd', NULL, NULL, NULL), (3, 'wd', 'REPORT', 'NORMAL', NULL),
    (3, 'wd', 'SUGGEST', 'NORMAL', NULL), (2, 'wd', NULL, 'NORMAL', true)
  ) AS new (amount, basis, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('CONFERENCE', 'YELLOW', '{HOTLINE:DISPATCHER}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('CONFERENCE', 'RED', '{HOTLINE:SUPERVISOR,HOTLINE:HOTLINE_DIR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON conference, conference_opinion, threshold TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE conference_id_seq, conference_opinion_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for them."""
    _conference()
    _opinion()
    op.create_table(
        "threshold",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 99", name=op.f("ck_threshold_amount_in_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_threshold")),
    )
    op.execute(
        "CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON threshold"
        " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()"
    )
    op.add_column("clock", sa.Column("paused_since", sa.TIMESTAMP(timezone=True)))
    op.create_check_constraint(op.f("ck_clock_paused_stands_still"), "clock",
                               "paused_since IS NULL OR stopped_at IS NOT NULL")
    op.add_column("ticket", sa.Column("must_confer", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("ticket", sa.Column("escalation_level", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("invited_unit_ids", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.create_check_constraint(op.f("ck_ticket_escalation_level_known"), "ticket", "escalation_level BETWEEN 0 AND 3")
    op.create_check_constraint(op.f("ck_ticket_conference_has_units"), "ticket",
                               "(state = 'CONFERENCE') = (invited_unit_ids <> '[]')")
    op.create_index("ix_ticket_raised", "ticket", ["escalation_level", "id"],
                    postgresql_where=sa.text(f"escalation_level >= 2 AND {OPEN}"))
    for statement in (THRESHOLDS, LIMITS, LADDER, GRANTS):
        op.execute(statement)


def _conference() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("reason_code", sa.String(24), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger()),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("outcome", sa.String(12)),
        sa.Column("lead_unit_id", sa.BigInteger()),
        sa.Column("minutes", sa.Text(), nullable=False, server_default=""),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("ended_by_id", sa.BigInteger()),
        sa.Column("ended_by", sa.String(80), nullable=False, server_default=""),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_conference_level_known")),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_conference_ended_says_how")),
        sa.CheckConstraint("outcome <> 'DECIDED' OR (minutes <> '' AND lead_unit_id IS NOT NULL)",
                           name=op.f("ck_conference_decided_has_minutes")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_conference_ticket_id")),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name=op.f("fk_conference_lead_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
    )
    op.create_index("uq_conference_one_open", "conference", ["ticket_id"], unique=True,
                    postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("ix_conference_ticket_id", "conference", ["ticket_id", "id"])
    op.create_index("ix_conference_ended_at", "conference", ["ended_at", "id"],
                    postgresql_where=sa.text("ended_at IS NOT NULL"))


def _opinion() -> None:
    op.create_table(
        "conference_opinion",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("conference_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("stance", sa.String(12)),
        sa.Column("opinion", sa.Text(), nullable=False, server_default=""),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("given_by_id", sa.BigInteger()),
        sa.Column("given_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("(given_at IS NULL) = (opinion = '')", name=op.f("ck_conference_opinion_given_in_writing")),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_conference_opinion_conference_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_conference_opinion_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_conference_opinion_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_opinion")),
    )
    op.create_index("uq_conference_opinion_unit", "conference_opinion", ["conference_id", "unit_id"], unique=True)
    op.create_index("ix_conference_opinion_ticket_id", "conference_opinion", ["ticket_id"])
    op.create_index("ix_conference_opinion_open", "conference_opinion", ["ticket_id", "unit_id"],
                    postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("ix_conference_opinion_unit", "conference_opinion", ["unit_id", "id"])


def downgrade() -> None:
    """Back to tickets that are only sent on."""
    op.execute("DELETE FROM ladder_step WHERE code = 'CONFERENCE'")
    op.execute("DELETE FROM limit_rule WHERE code = 'CONFERENCE'")
    op.drop_index("ix_ticket_raised", "ticket")
    op.drop_constraint("ck_ticket_conference_has_units", "ticket")
    for column in ("invited_unit_ids", "escalation_level", "must_confer"):
        op.drop_column("ticket", column)
    op.drop_column("clock", "paused_since")
    for table in ("threshold", "conference_opinion", "conference"):
        op.drop_table(table)
