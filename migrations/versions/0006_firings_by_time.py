"""What fired on a day is found without reading all that ever fired."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say which pages hold which days."""
    op.create_index("ix_clock_firing_at", "clock_firing", ["at"], postgresql_using="brin",
                    postgresql_with={"autosummarize": "on"})


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_clock_firing_at", "clock_firing")
