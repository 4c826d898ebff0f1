"""Files of tickets: what is known of each; the bytes lie in a folder."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
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
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON attachment TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "attachment",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger()),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("application_id", sa.BigInteger()),
        sa.Column("reply_id", sa.BigInteger()),
        sa.Column("group", sa.String(12), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger()),
        sa.Column("height", sa.BigInteger()),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger()),
        sa.Column("uploaded_by", sa.String(80), nullable=False),
        sa.Column("released_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("released_by", sa.String(80), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("size > 0", name="ck_attachment_not_empty"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_attachment_application_id"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name="fk_attachment_assignment_id"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"], name="fk_attachment_reply_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_attachment_ticket_id"),
        sa.PrimaryKeyConstraint("key", name="pk_attachment"),
    )
    op.create_index("uq_attachment_once", "attachment", ["ticket_id", "group", "sha256"], unique=True,
                    postgresql_where=sa.text("removed_at IS NULL"))
    op.create_index("ix_attachment_pending", "attachment", ["assignment_id"],
                    postgresql_where=sa.text("reply_id IS NULL"))
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop it; the files stay in their folder."""
    op.drop_table("attachment")
