"""What granted returns say of the dispatch catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON catalogue_proposal TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE catalogue_proposal_id_seq TO %I', app);
END
$$
"""
KEYS = {
    "ticket_id": "ticket", "application_id": "application", "category_id": "category", "area_id": "area",
    "from_unit_id": "unit", "suggested_unit_id": "unit", "dispatched_unit_id": "unit", "rule_id": "catalogue_rule",
    "made_rule_id": "catalogue_rule",
}
NEEDED = {"ticket_id", "application_id", "category_id", "from_unit_id"}


def upgrade() -> None:
    """Add the proposals."""
    op.create_table(
        "catalogue_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=name not in NEEDED) for name in KEYS),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("proposed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False, server_default=""),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("decided_by", sa.String(80), nullable=False, server_default=""),
        sa.CheckConstraint("state IN ('OPEN', 'ACCEPTED', 'REJECTED')", name=op.f("ck_catalogue_proposal_state_known")),
        sa.CheckConstraint("(state = 'OPEN') = (decided_at IS NULL)", name=op.f("ck_catalogue_proposal_decided_says_when")),
        sa.CheckConstraint("state <> 'REJECTED' OR opinion <> ''", name=op.f("ck_catalogue_proposal_rejected_says_why")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_catalogue_proposal_{name}"))
            for name, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_proposal")),
    )
    is_open, is_decided = sa.text("state = 'OPEN'"), sa.text("state <> 'OPEN'")
    op.create_index("ix_catalogue_proposal_open", "catalogue_proposal", ["category_id", "from_unit_id"],
                    postgresql_where=is_open)
    op.create_index("ix_catalogue_proposal_ticket_id", "catalogue_proposal", ["ticket_id"], postgresql_where=is_open)
    op.create_index("ix_catalogue_proposal_decided_at", "catalogue_proposal", ["decided_at", "id"],
                    postgresql_where=is_decided)
    op.create_index("uq_catalogue_proposal_application_id", "catalogue_proposal", ["application_id"], unique=True)
    op.execute(GRANTS)


def downgrade() -> None:
    """Back to returns that nobody learns from."""
    op.drop_table("catalogue_proposal")
