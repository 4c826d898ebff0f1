"""What the bulletin of a period is counted by."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each part of it is found by its moment."""
    op.create_index("ix_application_filed_at", "application", ["kind", "filed_at"])
    op.create_index("ix_callback_attempt_at", "callback_attempt", ["at"])
    op.create_index("ix_risk_alert_raised_at", "risk_alert", ["raised_at"])
    op.create_index("ix_suspension_cleared_at", "suspension", ["cleared_at"],
                    postgresql_where=sa.text("cleared_at IS NOT NULL"))


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_suspension_cleared_at", "suspension")
    op.drop_index("ix_risk_alert_raised_at", "risk_alert")
    op.drop_index("ix_callback_attempt_at", "callback_attempt")
    op.drop_index("ix_application_filed_at", "application")
