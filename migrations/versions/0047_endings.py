"""Receipts that are waited for, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them."""
    op.create_index("ix_petition_waiting", "petition", ["id"], postgresql_where=sa.text("receipt_at IS NULL"))


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_petition_waiting", "petition")
