"""Who asked for a request to be refused and how long the decision may take; where an answer on the line came from."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# An installation that already has limits gets those of the new clock, as a new one does.
LIMITS = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version, stage_name)
SELECT 'ADMISSION', new.amount, 'min', new.kind, new.urgency, new.enterprise, '内置默认（可改）', DATE '2000-01-01', 1, ''
  FROM (VALUES
    (15, NULL, 'CRITICAL', NULL::boolean), (15, NULL, 'URGENT', NULL), (30, 'CONSULT', 'NORMAL', NULL),
    (30, 'PRAISE', 'NORMAL', NULL), (30, 'OTHER', 'NORMAL', NULL), (30, 'HELP', 'NORMAL', NULL),
    (30, 'COMPLAINT', 'NORMAL', NULL), (30, NULL, NULL, NULL), (30, 'REPORT', 'NORMAL', NULL),
    (30, 'SUGGEST', 'NORMAL', NULL), (30, NULL, 'NORMAL', true)
  ) AS new (amount, kind, urgency, enterprise)
 WHERE EXISTS (SELECT FROM limit_rule)
"""
LADDER = """
INSERT INTO ladder_step (code, level, addressees, source, valid_from, version) VALUES
  ('ADMISSION', 'YELLOW', '{HOTLINE:SHIFT_LEAD}', '内置默认（可改）', DATE '2000-01-01', 1),
  ('ADMISSION', 'RED', '{HOTLINE:SHIFT_LEAD,HOTLINE:SUPERVISOR}', '内置默认（可改）', DATE '2000-01-01', 1)
"""
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES ('refusal_asked', 'SHIFT_LEAD', '{}', 1)
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
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON knowledge_gap TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE knowledge_gap_id_seq TO %I', app);
END
$$
"""
CHECKS = {
    "answer_names_its_source": "answer_source IN ('', 'OWN') OR answer_ref <> ''",
    "refusal_asked_for_says_why_and_where_else":
        "refusal_by_id IS NULL OR (reject_code IS NOT NULL AND reject_route <> '')",
}


def upgrade() -> None:
    """Add them."""
    op.add_column("ticket", sa.Column("refusal_by_id", sa.BigInteger()))
    op.add_column("ticket", sa.Column("answer_source", sa.String(12), nullable=False, server_default=""))
    op.add_column("ticket", sa.Column("answer_ref", sa.String(80), nullable=False, server_default=""))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_ticket_{name}"), "ticket", rule)
    _gaps()
    for statement in (LIMITS, LADDER, NOTICES, GRANTS):
        op.execute(statement)


def _gaps() -> None:
    op.create_table(
        "knowledge_gap",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("found_by_id", sa.BigInteger()),
        sa.Column("found_by", sa.String(80), nullable=False),
        sa.Column("settled_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("settled_by_id", sa.BigInteger()),
        sa.Column("settled_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("settled_with", sa.String(200), nullable=False, server_default=""),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_with = '')",
                           name=op.f("ck_knowledge_gap_settled_says_with_what")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_knowledge_gap_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gap")),
    )
    op.create_index("uq_knowledge_gap_ticket_id", "knowledge_gap", ["ticket_id"], unique=True)
    op.create_index("ix_knowledge_gap_open", "knowledge_gap", ["id"], postgresql_where=sa.text("settled_at IS NULL"))
    op.create_index("ix_knowledge_gap_settled", "knowledge_gap", ["settled_at", "id"],
                    postgresql_where=sa.text("settled_at IS NOT NULL"))


def downgrade() -> None:
    """Without them."""
    op.execute("DELETE FROM subscription WHERE kind = 'refusal_asked'")
    op.execute("DELETE FROM ladder_step WHERE code = 'ADMISSION'")
    op.execute("DELETE FROM limit_rule WHERE code = 'ADMISSION'")
    op.drop_table("knowledge_gap")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_ticket_{name}"), "ticket", type_="check")
    for column in ("answer_ref", "answer_source", "refusal_by_id"):
        op.drop_column("ticket", column)
