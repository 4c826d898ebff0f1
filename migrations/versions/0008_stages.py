"""Limits in stages: one rule, several successive clocks inside the handling."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERED = "stages_are_numbered"
STEPS = (("YELLOW", ["UNIT:UNIT_CLERK"]), ("RED", ["UNIT:UNIT_CLERK", "UNIT:UNIT_LEAD"]))


def upgrade() -> None:
    """Number and name the stages; the ladder tells the unit of them."""
    op.add_column("limit_rule", sa.Column("stage", sa.SmallInteger()))
    op.add_column("limit_rule", sa.Column("stage_name", sa.String(40), nullable=False, server_default=""))
    op.alter_column("limit_rule", "stage_name", server_default=None)
    op.create_check_constraint(op.f(f"ck_limit_rule_{NUMBERED}"), "limit_rule", "(code = 'STAGE') = (stage IS NOT NULL)")
    ladder = sa.table(
        "ladder_step", sa.column("code"), sa.column("level"), sa.column("addressees", postgresql.ARRAY(sa.String(24))),
        sa.column("source"), sa.column("valid_from", sa.Date()), sa.column("version"),
    )
    op.bulk_insert(ladder, [
        {"code": "STAGE", "level": level, "addressees": told, "source": "内置默认（可改）", "valid_from": date(2000, 1, 1),
         "version": 1}
        for level, told in STEPS
    ])


def downgrade() -> None:
    """Without stages."""
    op.execute("DELETE FROM ladder_step WHERE code = 'STAGE'")
    op.execute("DELETE FROM limit_rule WHERE code = 'STAGE'")
    op.drop_constraint(op.f(f"ck_limit_rule_{NUMBERED}"), "limit_rule")
    op.drop_column("limit_rule", "stage_name")
    op.drop_column("limit_rule", "stage")
