"""What units want told to callers they may not know, passed on by the hotline."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPEN = "done_at IS NULL AND lapsed_at IS NULL"
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON relay TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE relay_id_seq TO %I', app);
  END IF;
END
$$
"""


def upgrade() -> None:
    """Add them."""
    op.add_column("ticket", sa.Column("open_relays", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "relay",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(80), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("done_at IS NULL OR lapsed_at IS NULL", name=op.f("ck_relay_done_or_lapsed")),
        sa.CheckConstraint("(done_at IS NULL) = (answer = '')", name=op.f("ck_relay_done_with_an_answer")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_relay_ticket_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_relay_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
    )
    op.create_index("uq_relay_one_open", "relay", ["ticket_id"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("ix_relay_open", "relay", ["asked_at", "id"], postgresql_where=sa.text(OPEN))
    op.create_index("ix_relay_ticket_id", "relay", ["ticket_id", "id"])
    op.execute(GRANTS)


def downgrade() -> None:
    """Without them."""
    op.drop_table("relay")
    op.drop_column("ticket", "open_relays")
