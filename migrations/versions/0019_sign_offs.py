"""The leaders' sign-off of each kind of application as a row an administrator can switch."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Suspensions and terminations are signed, as they were without a row."""
    op.execute("INSERT INTO sign_off_rule (kind, wanted, version) VALUES ('SUSPENSION', true, 1), ('TERMINATION', true, 1)"
               " ON CONFLICT DO NOTHING")


def downgrade() -> None:
    """Without rows leaders sign."""
    op.execute("DELETE FROM sign_off_rule WHERE unit_id IS NULL")
