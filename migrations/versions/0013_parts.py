"""Parts: several units work on a ticket, each by its own number, inside the lead's time."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LIVE_BEFORE = "state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"
LIVE = "state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'TO_READ', 'WAIT_SIGN', 'WORKING')"

NUMBERS = """
UPDATE assignment SET path = counted.place::text
  FROM (SELECT id, row_number() OVER (PARTITION BY ticket_id ORDER BY id) AS place FROM assignment) counted
 WHERE counted.id = assignment.id AND counted.place > 1
"""
STREETS = """
UPDATE assignment SET of_street = true
  FROM unit, unit street
 WHERE unit.id = assignment.unit_id AND street.kind = 'STREET' AND unit.path LIKE street.path || '%'
"""
# An installation that already has limits gets those of the new clocks, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT new.code, new.amount, new.basis, new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
%s
  ) AS new (code, amount, basis, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
SELECTORS = {
    "CRITICAL": "NULL, 'CRITICAL', NULL::boolean", "URGENT": "NULL, 'URGENT', NULL",
    "CONSULT": "'CONSULT', 'NORMAL', NULL", "PRAISE": "'PRAISE', 'NORMAL', NULL", "OTHER": "'OTHER', 'NORMAL', NULL",
    "HELP": "'HELP', 'NORMAL', NULL", "COMPLAINT": "'COMPLAINT', 'NORMAL', NULL", "ANY": "NULL, NULL, NULL",
    "REPORT": "'REPORT', 'NORMAL', NULL", "SUGGEST": "'SUGGEST', 'NORMAL', NULL",
    "ENTERPRISE": "NULL, 'NORMAL', true",
}
AMOUNTS = {
    "PART_SIGN": ("15 min", "30 min", "4 wh", "4 wh", "4 wh", "4 wh", "4 wh", "4 wh", "4 wh", "1 wd", "2 wh"),
    "CO": ("15 min", "2 h", *["1 wd"] * 9),
    "SUB": ("15 min", "2 h", *["4 wh"] * 3, *["1 wd"] * 6),
}
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('PART_SIGN', 'YELLOW', '{UNIT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('PART_SIGN', 'RED', '{UNIT:UNIT_CLERK,UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('CO', 'YELLOW', '{UNIT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('CO', 'RED', '{UNIT:UNIT_CLERK,UNIT:UNIT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('SUB', 'YELLOW', '{UNIT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('SUB', 'RED', '{UNIT:UNIT_CLERK,UNIT:UNIT_LEAD,PARENT:UNIT_CLERK}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON contribution TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE contribution_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Number the tasks, make room for parts."""
    op.add_column("ticket", sa.Column("open_parts", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("open_objections", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("reply", sa.Column("ahead_reason", sa.String(200), server_default="", nullable=False))
    op.add_column("assignment", sa.Column("path", sa.String(24), server_default="1", nullable=False))
    op.add_column("assignment", sa.Column("whistle", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("assignment", sa.Column("of_street", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("assignment", sa.Column("open_parts", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(NUMBERS)
    op.execute(STREETS)
    op.create_index("uq_assignment_number", "assignment", ["ticket_id", "path"], unique=True)
    op.create_check_constraint(
        op.f("ck_assignment_handed_down_says_by_which"), "assignment", "(role = 'SUB') = (parent_id IS NOT NULL)"
    )
    op.create_check_constraint(op.f("ck_assignment_level_known"), "assignment", "level BETWEEN 1 AND 4")
    _live(LIVE, ["warn_at", "role"])
    _contribution()
    op.execute(GRANTS)
    values = []
    for code, cells in AMOUNTS.items():
        for cell, selector in zip(cells, SELECTORS.values(), strict=True):
            amount, basis = cell.split()
            values.append(f"    ('{code}', {amount}, '{basis}', {selector})")
    op.execute(LIMITS % ",\n".join(values))
    op.execute(LADDER)


def _live(live: str, include: list[str]) -> None:
    op.drop_index("uq_assignment_one_live_lead", "assignment")
    op.drop_index("ix_assignment_live_due", "assignment")
    op.create_index("uq_assignment_one_live_lead", "assignment", ["ticket_id"], unique=True,
                    postgresql_where=sa.text(f"role = 'LEAD' AND {live}"))
    op.create_index("ix_assignment_live_due", "assignment", ["unit_id", "state", "due_at", "id"],
                    postgresql_include=include, postgresql_where=sa.text(live))


def _contribution() -> None:
    op.create_table(
        "contribution",
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_by", sa.String(80), nullable=False),
        sa.Column("resolution", sa.String(12), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("ahead_reason", sa.String(200), nullable=False),
        sa.Column("decision", sa.String(10), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_contribution_assignment_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_contribution_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index("ix_contribution_assignment_id", "contribution", ["assignment_id"])
    op.create_index("ix_contribution_ticket_id", "contribution", ["ticket_id"])


def downgrade() -> None:
    """Back to one task a ticket: those of others go, with all that hangs on them."""
    op.execute("DELETE FROM ladder_step WHERE code IN ('PART_SIGN', 'CO', 'SUB')")
    op.execute("DELETE FROM limit_rule WHERE code IN ('PART_SIGN', 'CO', 'SUB')")
    op.drop_table("contribution")
    parts = "SELECT id FROM assignment WHERE role <> 'LEAD'"
    op.execute(f"DELETE FROM clock_firing WHERE clock_id IN (SELECT id FROM clock WHERE assignment_id IN ({parts}))")
    for table in ("clock", "contact_log"):
        op.execute(f"DELETE FROM {table} WHERE assignment_id IN ({parts})")
    op.execute(f"DELETE FROM application WHERE kind = 'DECLINE' OR assignment_id IN ({parts})")
    op.execute("DELETE FROM assignment WHERE role <> 'LEAD'")
    _live(LIVE_BEFORE, ["warn_at"])
    op.drop_constraint(op.f("ck_assignment_level_known"), "assignment")
    op.drop_constraint(op.f("ck_assignment_handed_down_says_by_which"), "assignment")
    op.drop_index("uq_assignment_number", "assignment")
    for column in ("open_parts", "of_street", "whistle", "path"):
        op.drop_column("assignment", column)
    op.drop_column("reply", "ahead_reason")
    for column in ("open_objections", "open_parts"):
        op.drop_column("ticket", column)
