"""What units were called before, so that history goes on calling them so."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
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
  EXECUTE format('GRANT SELECT, INSERT ON former_name TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE former_name_id_seq TO %I', app);
END
$$
"""


def upgrade() -> None:
    """Make room for it; every copy in memory is read anew when a name is added."""
    op.create_table(
        "former_name",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("short_name", sa.String(40), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_former_name_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index("ix_former_name_unit_id", "former_name", ["unit_id", "last_day"])
    op.execute("CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON former_name"
               " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()")
    op.execute(GRANTS)


def downgrade() -> None:
    """Forget the names."""
    op.drop_table("former_name")
