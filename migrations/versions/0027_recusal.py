"""Recusal: the unit a request accuses."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no ticket taken before accuses anybody."""
    op.add_column("ticket", sa.Column("respondent_unit_id", sa.BigInteger()))
    op.create_foreign_key("fk_ticket_respondent_unit_id", "ticket", "unit", ["respondent_unit_id"], ["id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("ticket", "respondent_unit_id")
