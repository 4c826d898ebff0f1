"""The escalation ladder as rows, the steps each clock took, and supervision orders.

The default ladder is written here, for every installation. Clocks that run on after red take up the later steps.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "answered_at IS NULL AND lapsed_at IS NULL"
SOURCE = "内置默认（可改）"
CLERK, LEAD = "UNIT:UNIT_CLERK", "UNIT:UNIT_LEAD"
SUPERVISOR, DIRECTOR = "HOTLINE:SUPERVISOR", "HOTLINE:HOTLINE_DIR"
LEADER, DISCIPLINE = "DISTRICT:LEADER", "DISTRICT:DISCIPLINE"

#: level, percent of the window or working days after the due, whom to tell
HANDLING = (
    ("BLUE", 50, [CLERK]),
    ("YELLOW", None, [CLERK]),
    ("RED", None, [CLERK, LEAD, SUPERVISOR]),
    ("URGE", 1, [CLERK, LEAD]),
    ("SUPERVISE_1", 2, [LEAD, SUPERVISOR]),
    ("SUPERVISE_2", 5, [LEAD, LEADER, DIRECTOR]),
    ("SUPERVISE_3", 10, [LEAD, LEADER, DISCIPLINE]),
    ("MEETING", 15, [LEADER, DIRECTOR]),
)
SIGNING = (("YELLOW", None, [CLERK]), ("RED", None, [CLERK, LEAD]))
LADDER = {
    "DISPATCH": (("YELLOW", None, ["HOTLINE:DISPATCHER"]), ("RED", None, ["HOTLINE:SHIFT_LEAD"])),
    "SIGN": SIGNING,
    "CONTACT": SIGNING,
    "HANDLING": HANDLING,
    "REWORK": HANDLING,
    "RETURN_DECISION": (("YELLOW", None, ["HOTLINE:DISPATCHER"]), ("RED", None, [SUPERVISOR])),
    "REVIEW": (("YELLOW", None, ["HOTLINE:REVIEWER"]), ("RED", None, [SUPERVISOR])),
    "CALLBACK": (("YELLOW", None, ["HOTLINE:CALLBACK"]), ("RED", None, [SUPERVISOR])),
    "SUPERVISION": (
        ("YELLOW", None, [CLERK, LEAD]),
        ("RED", None, [LEAD, SUPERVISOR]),
        ("SUPERVISE_2", 1, [LEAD, LEADER, DIRECTOR]),
        ("SUPERVISE_3", 3, [LEAD, LEADER, DISCIPLINE]),
    ),
}
#: Working days to answer a supervision order in: urgency, days.
ANSWER_IN = (("CRITICAL", 1), ("URGENT", 1), (None, 3))

SERIAL = """
CREATE FUNCTION next_order_serial(day date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  counter text := 'order_serial_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(counter) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext(counter));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', counter);
  END IF;
  RETURN nextval(counter);
END
$$
"""
DROP_COUNTERS = """
DO $$
DECLARE
  counter text;
BEGIN
  FOR counter IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename LIKE 'order\\_serial\\_%' LOOP
    EXECUTE format('DROP SEQUENCE %I', counter);
  END LOOP;
END
$$
"""
# Who holds which role is looked up by every step of the ladder; a sign-in touches the account but changes none of it.
TRIGGERS = (
    ("ladder_step", "INSERT OR UPDATE OR DELETE"),
    ("user_account", "INSERT OR DELETE OR UPDATE OF active, unit_id"),
    ("user_role", "INSERT OR UPDATE OR DELETE"),
)
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ladder_step TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON clock_firing TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON supervision_order TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE ladder_step_id_seq, supervision_order_id_seq TO %I', app);
END
$$
"""
# What ran past its due before there was a ladder waits for the first step after red; the sweep finds its moment.
TAKE_UP = """
UPDATE clock SET next_at = hotline_now(), next_level = 'URGE'
 WHERE stopped_at IS NULL AND fired_at IS NOT NULL AND next_at IS NULL AND code IN ('HANDLING', 'REWORK')
"""


def upgrade() -> None:
    """Add the ladder and the orders."""
    _ladder()
    op.add_column("clock", sa.Column("next_level", sa.String(12), nullable=True))
    op.create_table(
        "clock_firing",
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_seconds", sa.BigInteger(), nullable=False),
        sa.Column("collapsed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("at >= reached_at", name=op.f("ck_clock_firing_never_early")),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_firing_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", "level", "due_at", name=op.f("pk_clock_firing")),
    )
    op.add_column("ticket", sa.Column("open_orders", sa.BigInteger(), server_default="0", nullable=False))
    _orders()
    op.execute(SERIAL)
    for table, when in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER raise_reference_version AFTER {when} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()"
        )
    op.execute(GRANTS)
    op.execute(TAKE_UP)


def _ladder() -> None:
    table = op.create_table(
        "ladder_step",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("addressees", postgresql.ARRAY(sa.String(24)), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(level IN ('YELLOW', 'RED')) = (amount IS NULL)", name=op.f("ck_ladder_step_amount_where_one_is_needed")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ladder_step_amount_is_positive")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name=op.f("ck_ladder_step_validity_runs_forward")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ladder_step_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_step")),
    )
    op.bulk_insert(table, [
        {"code": code, "level": level, "amount": amount, "addressees": addressees, "source": SOURCE,
         "valid_from": date(2000, 1, 1), "version": 1}
        for code, steps in LADDER.items() for level, amount, addressees in steps
    ])


def _orders() -> None:
    op.create_table(
        "supervision_order",
        sa.Column("no", sa.String(20), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_by", sa.String(80), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.String(80), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_supervision_order_level_known")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_supervision_order_answered_in_writing")),
        sa.CheckConstraint("answered_at IS NULL OR lapsed_at IS NULL", name=op.f("ck_supervision_order_answered_or_lapsed")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_supervision_order_ticket_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_supervision_order_assignment_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_supervision_order_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("no", name=op.f("uq_supervision_order_no")),
    )
    op.create_index("uq_supervision_order_one_open", "supervision_order", ["ticket_id", "level"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("ix_supervision_order_ticket", "supervision_order", ["ticket_id", "id"])
    op.create_index("ix_supervision_order_clock_id", "supervision_order", ["clock_id"], unique=True)
    for urgency, days in ANSWER_IN:
        # an installation that is only being set up gets its limits with its calendars
        op.execute(sa.text(
            "INSERT INTO limit_rule (code, amount, basis, urgency, source, valid_from, version)"
            " SELECT 'SUPERVISION', :days, 'wd', CAST(:urgency AS varchar), :source, DATE '2000-01-01', 1"
            " WHERE EXISTS (SELECT FROM limit_rule)"
        ).bindparams(days=days, urgency=urgency, source=SOURCE))


def downgrade() -> None:
    """Take the orders and the ladder away."""
    op.execute("DELETE FROM limit_rule WHERE code = 'SUPERVISION'")
    for table, _ in reversed(TRIGGERS):
        op.execute(f"DROP TRIGGER raise_reference_version ON {table}")
    op.execute("DROP FUNCTION next_order_serial(date)")
    op.execute(DROP_COUNTERS)
    op.drop_table("supervision_order")
    op.execute("UPDATE clock SET stopped_at = hotline_now(), next_at = NULL WHERE code = 'SUPERVISION' AND stopped_at IS NULL")
    op.execute("UPDATE clock SET next_at = NULL WHERE fired_at IS NOT NULL")
    op.drop_column("ticket", "open_orders")
    op.drop_table("clock_firing")
    op.drop_column("clock", "next_level")
    op.drop_table("ladder_step")
