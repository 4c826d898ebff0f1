"""Bulletins are told each morning: on screen to supervisors, by e-mail too to the director and the leaders."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the rows administrators may change."""
    op.execute("""
INSERT INTO subscription (kind, role, carriers, version) VALUES
  ('bulletin', 'SUPERVISOR', '{}', 1), ('bulletin', 'HOTLINE_DIR', '{email}', 1), ('bulletin', 'LEADER', '{email}', 1)
ON CONFLICT (kind, role) DO NOTHING""")


def downgrade() -> None:
    """Without them."""
    op.execute("DELETE FROM subscription WHERE kind = 'bulletin'")
