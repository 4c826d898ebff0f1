"""Chains of approvals: their steps and who signs first; suspensions with their ledger; terminations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LIVE_BEFORE = "state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'TO_READ', 'WAIT_SIGN', 'WORKING')"
LIVE = "state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'SUSPENDED', 'TO_READ', 'WAIT_SIGN', 'WORKING')"
HELD_BEFORE = "'CALLBACK', 'DISPATCHED', 'HANDLING', 'REPLIED', 'RETURN_REVIEW', 'REWORK'"
HELD = f"{HELD_BEFORE}, 'SUSPENDED'"
CAUSES = ("PROPERTY_CERTIFICATE", "OLD_ESTATE", "PLANNING", "BUDGET", "LITIGATION", "SEASON", "CONSTRUCTION",
          "OTHER_BY_LAW")
# An installation that already has limits gets that of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'SUSPENSION', 30, 'cd', new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    (NULL, 'CRITICAL', NULL::boolean), (NULL, 'URGENT', NULL), ('CONSULT', 'NORMAL', NULL),
    ('PRAISE', 'NORMAL', NULL), ('OTHER', 'NORMAL', NULL), ('HELP', 'NORMAL', NULL), ('COMPLAINT', 'NORMAL', NULL),
    (NULL, NULL, NULL), ('REPORT', 'NORMAL', NULL), ('SUGGEST', 'NORMAL', NULL), (NULL, 'NORMAL', true)
  ) AS new (kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('SUSPENSION', 'YELLOW', '{UNIT:UNIT_CLERK,UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('SUSPENSION', 'RED', '{UNIT:UNIT_LEAD,HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
RULES = ("sign_off_rule", "suspension_cause_rule")
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON application_step, suspension, sign_off_rule, suspension_cause_rule'
                 ' TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for them."""
    _tasks(HELD, LIVE)
    op.add_column("assignment", sa.Column("asked", postgresql.JSONB()))
    op.add_column("assignment", sa.Column("suspension_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("application", sa.Column("details", postgresql.JSONB(), nullable=False, server_default="{}"))
    _steps()
    _ledger()
    op.create_table(
        "sign_off_rule",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_sign_off_rule_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_off_rule"),
        sa.UniqueConstraint("kind", "unit_id", name="uq_sign_off_rule_kind_unit", postgresql_nulls_not_distinct=True),
    )
    causes = op.create_table(
        "suspension_cause_rule",
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suspension_cause_rule"),
        sa.UniqueConstraint("cause", name="uq_suspension_cause_rule_cause"),
    )
    op.bulk_insert(causes, [{"cause": cause, "allowed": True, "version": 1} for cause in CAUSES])
    for table in RULES:
        op.execute(
            f"CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()"
        )
    op.execute(LIMITS)
    op.execute(LADDER)
    op.execute(GRANTS)


def _tasks(held: str, live: str) -> None:
    """What holds of tickets a unit has, and how tasks that are not over are found."""
    op.drop_constraint(op.f("ck_ticket_held_has_a_lead"), "ticket")
    op.create_check_constraint(op.f("ck_ticket_held_has_a_lead"), "ticket",
                               f"NOT (state IN ({held})) OR lead_assignment_id IS NOT NULL")
    op.drop_index("uq_assignment_one_live_lead", "assignment")
    op.create_index("uq_assignment_one_live_lead", "assignment", ["ticket_id"], unique=True,
                    postgresql_where=sa.text(f"role = 'LEAD' AND {live}"))
    op.drop_index("ix_assignment_live_due", "assignment")
    op.create_index("ix_assignment_live_due", "assignment", ["unit_id", "state", "due_at", "id"],
                    postgresql_include=["warn_at", "role"], postgresql_where=sa.text(live))


def _steps() -> None:
    op.create_table(
        "application_step",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("decision", sa.String(8)),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="ck_application_step_decided_says_how"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_application_step_application_id"),
        sa.PrimaryKeyConstraint("id", name="pk_application_step"),
    )
    op.create_index("uq_application_step_position", "application_step", ["application_id", "position"], unique=True)
    op.create_index("uq_application_step_decider", "application_step", ["application_id", "decided_by_id"], unique=True,
                    postgresql_where=sa.text("decided_by_id IS NOT NULL"))
    op.create_index("ix_application_step_waiting", "application_step", ["role", "unit_id", "opened_at", "id"],
                    postgresql_where=sa.text("opened_at IS NOT NULL AND decided_at IS NULL"))


def _ledger() -> None:
    op.create_table(
        "suspension",
        sa.Column("no", sa.String(20), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("obstacles", sa.Text(), nullable=False),
        sa.Column("milestones", postgresql.JSONB(), nullable=False),
        sa.Column("leader_name", sa.String(40), nullable=False),
        sa.Column("leader_office", sa.String(80), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("state_before", sa.String(16), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("granted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reviews", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("resumed_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("cleared_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("cleared_by", sa.String(16), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("cleared_at IS NULL OR resumed_at IS NOT NULL",
                           name="ck_suspension_cleared_after_it_was_resumed"),
        sa.CheckConstraint("(cleared_at IS NULL) = (cleared_by = '')", name="ck_suspension_cleared_says_by_what"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_suspension_application_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_suspension_ticket_id"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name="fk_suspension_assignment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_suspension"),
        sa.UniqueConstraint("no", name="uq_suspension_no"),
        sa.UniqueConstraint("application_id", name="uq_suspension_application_id"),
    )
    op.create_index("uq_suspension_one_running", "suspension", ["assignment_id"], unique=True,
                    postgresql_where=sa.text("resumed_at IS NULL"))
    op.create_index("ix_suspension_open", "suspension", ["granted_at", "id"],
                    postgresql_where=sa.text("cleared_at IS NULL"))
    op.create_index("ix_suspension_ticket_id", "suspension", ["ticket_id"])


def downgrade() -> None:
    """Back to what one person decides."""
    op.execute("DELETE FROM ladder_step WHERE code = 'SUSPENSION'")
    op.execute("DELETE FROM limit_rule WHERE code = 'SUSPENSION'")
    for table in ("suspension_cause_rule", "sign_off_rule", "suspension", "application_step"):
        op.drop_table(table)
    op.drop_column("application", "details")
    op.drop_column("assignment", "suspension_count")
    op.drop_column("assignment", "asked")
    _tasks(HELD_BEFORE, LIVE_BEFORE)
