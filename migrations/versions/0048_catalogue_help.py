"""Units the catalogue proposes to help the lead."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("catalogue_rule", sa.Column("co_unit_ids", sa.ARRAY(sa.BigInteger()), nullable=False,
                                              server_default=sa.text("'{}'")))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("catalogue_rule", "co_unit_ids")
