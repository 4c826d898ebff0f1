"""Tickets linked to one another, people recused from a ticket, and whom it is told that somebody is accused."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON ticket_link TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON recusal TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE ticket_link_id_seq, recusal_id_seq TO %I', app);
END
$$
"""
NOTICES = """
INSERT INTO subscription (kind, role, carriers, version) VALUES
  ('accusation', 'DISCIPLINE', '{email}', 1), ('accusation', 'HOTLINE_DIR', '{email}', 1)
ON CONFLICT (kind, role) DO NOTHING
"""


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "ticket_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("low_id", sa.BigInteger(), nullable=False),
        sa.Column("high_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("linked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("linked_by_id", sa.BigInteger()),
        sa.Column("linked_by", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("ended_by", sa.String(80), nullable=False, server_default=""),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_ticket_link_earlier_first")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name=op.f("ck_ticket_link_ended_says_by_whom")),
        sa.ForeignKeyConstraint(["low_id"], ["ticket.id"], name=op.f("fk_ticket_link_low_id_ticket")),
        sa.ForeignKeyConstraint(["high_id"], ["ticket.id"], name=op.f("fk_ticket_link_high_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
    )
    op.create_index("uq_ticket_link_pair", "ticket_link", ["low_id", "high_id"], unique=True,
                    postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("ix_ticket_link_high_id", "ticket_link", ["high_id"])
    op.create_table(
        "recusal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("named_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("named_by_id", sa.BigInteger()),
        sa.Column("named_by", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_recusal_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recusal_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index("uq_recusal_person", "recusal", ["ticket_id", "user_id"], unique=True)
    op.create_index("ix_recusal_user_id", "recusal", ["user_id"])
    op.add_column("ticket", sa.Column("links", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute(GRANTS)
    op.execute(NOTICES)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM subscription WHERE kind = 'accusation'")
    op.drop_column("ticket", "links")
    op.drop_table("recusal")
    op.drop_table("ticket_link")
