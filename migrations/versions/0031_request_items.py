"""Points of a request, an answer to each of them, and which of them a reply was sent back for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was logged before has its content as its one point."""
    op.add_column("ticket", sa.Column("request_items", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.create_check_constraint(op.f("ck_ticket_items_bounded"), "ticket", "cardinality(request_items) <= 20")
    op.add_column("reply", sa.Column("items", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("reply", sa.Column("defect_items", postgresql.ARRAY(sa.Integer()), nullable=False,
                                     server_default="{}"))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("reply", "defect_items")
    op.drop_column("reply", "items")
    op.drop_column("ticket", "request_items")
