"""The running clocks judged by a rule are found without reading all that run."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them by the rule's number."""
    op.create_index("ix_clock_judged_by", "clock", [sa.literal_column("(rule ->> 'rule_id')"), "id"],
                    postgresql_where=sa.text("stopped_at IS NULL AND fired_at IS NULL AND due_at IS NOT NULL"))


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_clock_judged_by", "clock")
