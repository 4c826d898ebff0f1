"""The switches of the figures and how units are scored, as rows; what the new indicators are found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FORWARD = "valid_to IS NULL OR valid_to >= valid_from - 1"
SOURCE = "内置默认（可改）"
DEFAULTS = f"""
INSERT INTO rate_policy (partly, solved_kinds, rated_kinds, count_anonymous, merged_once, by_first_due, source,
                         valid_from, version)
VALUES (0.5, '{{HELP,COMPLAINT,REPORT}}', '{{CONSULT,HELP,COMPLAINT,REPORT,SUGGEST,PRAISE,OTHER}}', false, true, false,
        '{SOURCE}', DATE '2000-01-01', 1);
INSERT INTO scoring_plan (kind, model, parts, least_sample, ranked, interval, source, valid_from, version)
SELECT kind, 'WEIGHTED',
       '[{{"figure": "RESPONSE", "worth": "30"}}, {{"figure": "SOLVED", "worth": "35"}},
         {{"figure": "SATISFIED", "worth": "35"}}]'::jsonb,
       10, true, false, '{SOURCE}', DATE '2000-01-01', 1
  FROM unnest(ARRAY['DISTRICT', 'STREET', 'BUREAU', 'UTILITY']) AS kind;
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON rate_policy, scoring_plan TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE rate_policy_id_seq, scoring_plan_id_seq TO %I', app);
END
$$
"""
TABLES = ("rate_policy", "scoring_plan")


def upgrade() -> None:
    """Make the tables with what held so far in them."""
    op.create_table(
        "rate_policy",
        sa.Column("partly", sa.Numeric(3, 2), nullable=False),
        sa.Column("solved_kinds", postgresql.ARRAY(sa.String(12)), nullable=False),
        sa.Column("rated_kinds", postgresql.ARRAY(sa.String(12)), nullable=False),
        sa.Column("count_anonymous", sa.Boolean(), nullable=False),
        sa.Column("merged_once", sa.Boolean(), nullable=False),
        sa.Column("by_first_due", sa.Boolean(), nullable=False),
        *_rule(),
        sa.CheckConstraint("partly BETWEEN 0 AND 1", name=op.f("ck_rate_policy_partly_is_a_share")),
        sa.CheckConstraint(FORWARD, name=op.f("ck_rate_policy_validity_runs_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_policy")),
    )
    op.create_table(
        "scoring_plan",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("model", sa.String(12), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("least_sample", sa.Integer(), nullable=False),
        sa.Column("ranked", sa.Boolean(), nullable=False),
        sa.Column("interval", sa.Boolean(), nullable=False),
        *_rule(),
        sa.CheckConstraint("least_sample >= 0", name=op.f("ck_scoring_plan_sample_is_a_number")),
        sa.CheckConstraint(FORWARD, name=op.f("ck_scoring_plan_validity_runs_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_plan")),
    )
    op.create_index("ix_callback_task_created_at", "callback_task", ["created_at"])
    op.create_index("ix_supervision_order_issued_at", "supervision_order", ["issued_at", "unit_id"])
    op.create_index("ix_suspension_granted_at", "suspension", ["granted_at", "unit_id"])
    for table in TABLES:
        op.execute(f"CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
                   " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()")
    op.execute(DEFAULTS)
    op.execute(GRANTS)


def _rule() -> tuple[sa.Column, ...]:
    """What every rule with a validity has."""
    return (
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_suspension_granted_at", "suspension")
    op.drop_index("ix_supervision_order_issued_at", "supervision_order")
    op.drop_index("ix_callback_task_created_at", "callback_task")
    for table in reversed(TABLES):
        op.drop_table(table)
