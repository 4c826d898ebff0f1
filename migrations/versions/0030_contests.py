"""Evaluations contested by their units: excluded by two persons, or asked for again by another caller-back."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
THRESHOLD = "INSERT INTO threshold (code, amount, source, version) VALUES ('CONTEST_DAYS', 5, '内置默认（可改）', 1)"
KINDS = (("evaluation_excluded", "UNIT_LEAD", "{email}"), ("evaluation_excluded", "UNIT_CLERK", "{}"),
         ("appeal_to_ring", "CALLBACK", "{}"), ("appeal_rung", "UNIT_LEAD", "{email}"),
         ("appeal_rung", "UNIT_CLERK", "{}"))


def upgrade() -> None:
    """Make room for them; nothing that was evaluated before can be contested."""
    op.add_column("evaluation", sa.Column("excluded_at", MOMENT))
    op.add_column("ticket", sa.Column("appeal_call", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("assignment", sa.Column("contest_until", MOMENT))
    for name in ("exclusion_round", "appeal_round"):
        op.add_column("assignment", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_application_excluded", "application", ["decided_at", "id"],
                    postgresql_where=sa.text("kind = 'EXCLUSION' AND state = 'GRANTED'"))
    op.execute(THRESHOLD)
    rows = ", ".join(f"('{kind}', '{role}', '{carriers}', 1)" for kind, role, carriers in KINDS)
    op.execute(f"INSERT INTO subscription (kind, role, carriers, version) VALUES {rows}"
               " ON CONFLICT (kind, role) DO NOTHING")


def downgrade() -> None:
    """Take them away again."""
    kinds = ", ".join(sorted({f"'{kind}'" for kind, _, _ in KINDS}))
    op.execute(f"DELETE FROM subscription WHERE kind IN ({kinds})")
    op.execute("DELETE FROM threshold WHERE code = 'CONTEST_DAYS'")
    op.drop_index("ix_application_excluded", "application")
    for name in ("appeal_round", "exclusion_round", "contest_until"):
        op.drop_column("assignment", name)
    op.drop_column("ticket", "appeal_call")
    op.drop_column("evaluation", "excluded_at")
