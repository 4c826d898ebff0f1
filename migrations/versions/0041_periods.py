"""Periods of figures locked as they were published, which the application cannot change again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
PUBLISHED = ("published_period", "published_unit", "published_figure", "published_row", "period_correction")
GRANTS = f"""
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON period_lock TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT ON {", ".join(PUBLISHED)} TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE period_lock_id_seq, period_correction_id_seq TO %I', app);
END
$$
"""
CHECKS = {
    "state_known": "state IN ('ASKED', 'GRANTED', 'LOCKED', 'REFUSED')",
    "runs_forward": "first_day <= last_day",
    "granted_by_somebody": "state NOT IN ('GRANTED', 'LOCKED') OR decided_at IS NOT NULL",
    "two_persons_or_the_director":
        "state NOT IN ('GRANTED', 'LOCKED') OR by_director OR decided_by_id <> asked_by_id",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "period_lock",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("decided_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("by_director", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("opinion", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_period_lock_{name}")) for name, rule in CHECKS.items()),
        postgresql.ExcludeConstraint(
            (sa.func.daterange(sa.text("first_day"), sa.text("last_day"), sa.text("'[]'")), "&&"),
            name="ex_period_lock_days_once", using="gist", where=sa.text("state <> 'REFUSED'")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_lock")),
    )
    op.create_index("ix_period_lock_granted", "period_lock", ["first_day"],
                    postgresql_where=sa.text("state = 'GRANTED'"))
    _published("published_period", _big("period_id"),
               sa.Column("first_day", sa.Date(), nullable=False), sa.Column("last_day", sa.Date(), nullable=False),
               sa.Column("formula", sa.String(16), nullable=False), sa.Column("note", sa.Text(), nullable=False),
               sa.Column("asked_by", sa.String(80), nullable=False),
               sa.Column("granted_by", sa.String(80), nullable=False),
               sa.Column("published_at", MOMENT, nullable=False), sa.Column("digest", sa.String(64), nullable=False),
               key=("period_id",))
    op.create_index("ix_published_period_last_day", "published_period", ["last_day"])
    _published("published_unit", _big("period_id"), _big("unit_id"),
               sa.Column("name", sa.String(80), nullable=False), sa.Column("kind", sa.String(12), nullable=False),
               *(sa.Column(name, sa.Integer(), nullable=False) for name in ("received", "closed")),
               sa.Column("handling_days", sa.Double(), nullable=False),
               sa.Column("answers", sa.Integer(), nullable=False), sa.Column("standing", sa.String(12)),
               sa.Column("place", sa.Integer()), sa.Column("total", sa.Numeric(10, 2)),
               key=("period_id", "unit_id"))
    _published("published_figure", _big("period_id"), _figure(), _big("unit_id"), _number("numerator"),
               _big("denominator"), key=("period_id", "figure", "unit_id"))
    _published("published_row", _big("period_id"), _figure(), _big("key"), _big("ticket_id"), _big("unit_id"),
               sa.Column("at", MOMENT, nullable=False), _number("hit"), key=("period_id", "figure", "key"))
    _published("period_correction", _big("period_id"), _big("of_period_id"), _figure(), _big("unit_id"),
               _number("was_numerator"), _big("was_denominator"), _number("numerator"), _big("denominator"),
               sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False), key=("id",))
    op.create_index("uq_period_correction", "period_correction", ["period_id", "of_period_id", "figure", "unit_id"],
                    unique=True)
    op.create_index("ix_period_correction_of", "period_correction", ["of_period_id"])
    op.execute(GRANTS)


def _published(table: str, *columns: sa.Column, key: tuple[str, ...]) -> None:
    """A table of what belongs to a period."""
    periods = [column.name for column in columns if column.name.endswith("period_id")]
    op.create_table(
        table, *columns,
        *(sa.ForeignKeyConstraint([name], ["period_lock.id"], name=op.f(f"fk_{table}_{name}")) for name in periods),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
    )


def _big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Numeric(), nullable=False)


def _figure() -> sa.Column:
    return sa.Column("figure", sa.String(24), nullable=False)


def downgrade() -> None:
    """Take them away again."""
    for table in (*reversed(PUBLISHED), "period_lock"):
        op.drop_table(table)
