"""Requests looked over before dispatch: which channels, and what is still to be completed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

#: Bulk imports come from elsewhere, where they were looked over.
CHANNELS = (
    "PHONE", "WEB", "WECHAT", "APP", "SMS", "EMAIL", "LETTER", "WINDOW", "PROVINCE", "PETITION_OFFICE", "GRID",
    "TRANSFER_110", "MEDIA", "INSTRUCTION", "API", "MERGED_LINE", "SOCIAL", "MESSAGE_BOARD", "STATE_COMPLAINTS",
    "STATE_INSPECTION", "SERVICE_RATING", "SENSOR", "CONGRESS", "SUBCENTRE",
)
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES
  ('to_review', 'REVIEWER', '{}', 1), ('details_wanted', 'AGENT', '{}', 1), ('details_supplied', 'REVIEWER', '{}', 1)
ON CONFLICT (kind, role) DO NOTHING
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON pre_review_rule TO %I', app);
  END IF;
END
$$
"""


def upgrade() -> None:
    """No channel is looked over until an administrator says so."""
    rules = op.create_table(
        "pre_review_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pre_review_rule")),
        sa.UniqueConstraint("channel", name=op.f("uq_pre_review_rule_channel")),
    )
    op.bulk_insert(rules, [{"channel": channel, "wanted": False, "version": 1} for channel in CHANNELS])
    op.execute("CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON pre_review_rule"
               " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()")
    op.add_column("ticket", sa.Column("details_wanted", sa.String(12)))
    op.create_check_constraint(op.f("ck_ticket_details_are_wanted_before_dispatch"), "ticket",
                               "details_wanted IS NULL OR state = 'REVIEW'")
    op.create_index("ix_ticket_details_wanted", "ticket", ["id"], postgresql_where=sa.text("details_wanted IS NOT NULL"))
    for statement in (NOTICES, GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """Without it."""
    op.execute("DELETE FROM subscription WHERE kind IN ('to_review', 'details_wanted', 'details_supplied')")
    op.drop_index("ix_ticket_details_wanted", "ticket")
    op.drop_constraint(op.f("ck_ticket_details_are_wanted_before_dispatch"), "ticket", type_="check")
    op.drop_column("ticket", "details_wanted")
    op.drop_table("pre_review_rule")
