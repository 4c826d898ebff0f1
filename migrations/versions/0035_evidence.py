"""Matters whose replies must show a picture; files that go with applications."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No matter wants a picture until an administrator says so."""
    op.add_column("category", sa.Column("needs_picture", sa.Boolean(), nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    """Without it."""
    op.drop_column("category", "needs_picture")
