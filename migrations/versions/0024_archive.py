"""The archive: packages nobody can change, chained by the database; archived tickets that stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: What an archived ticket is made of, beside itself.
KEPT = ("ticket_identity", "assignment", "application", "reply", "contribution", "evaluation", "attachment",
        "suspension", "withdrawal")
CHAIN = """
CREATE FUNCTION link_archive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last archive%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('archive'));
  SELECT * INTO last FROM archive ORDER BY sequence DESC LIMIT 1;
  NEW.sequence := coalesce(last.sequence, 0) + 1;
  NEW.previous_hash := last.hash;
  NEW.sha256 := sha256(convert_to(NEW.package, 'UTF8'));
  NEW.hash := sha256(coalesce(NEW.previous_hash, ''::bytea) || NEW.sha256);
  RETURN NEW;
END
$$
"""
REFUSE = """
CREATE FUNCTION refuse_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ticket % is archived', OLD.no USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
KEEP = """
CREATE FUNCTION keep_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM ticket WHERE id = OLD.ticket_id AND state = 'ARCHIVED') THEN
    RAISE EXCEPTION 'ticket % is archived', OLD.ticket_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$
"""
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app <> current_user THEN
    EXECUTE format('GRANT SELECT, INSERT ON archive TO %I', app);
  END IF;
END
$$
"""
MERGED = "(state = 'MERGED') = (master_id IS NOT NULL)"


def upgrade() -> None:
    """Make the archive, and let nothing change what is in it."""
    op.create_table(
        "archive",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("ticket_no", sa.String(20), nullable=False),
        sa.Column("archived_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state_before", sa.String(16), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary()),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_archive_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_archive")),
        sa.UniqueConstraint("sequence", name=op.f("uq_archive_sequence")),
    )
    for statement in (CHAIN, REFUSE, KEEP):
        op.execute(statement)
    op.execute("CREATE TRIGGER link_archive BEFORE INSERT ON archive FOR EACH ROW EXECUTE FUNCTION link_archive()")
    op.execute("CREATE TRIGGER refuse_archived BEFORE UPDATE OR DELETE ON ticket FOR EACH ROW"
               " WHEN (OLD.state = 'ARCHIVED') EXECUTE FUNCTION refuse_archived()")
    for table in KEPT:
        op.execute(f"CREATE TRIGGER keep_archived BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
                   " EXECUTE FUNCTION keep_archived()")
    _merged(f"state = 'ARCHIVED' OR {MERGED}")
    _closed("close_type IS NOT NULL")
    op.create_index("ix_ticket_to_archive", "ticket", ["closed_at", "id"],
                    postgresql_where=sa.text("closed_at IS NOT NULL AND state <> 'ARCHIVED'"))
    op.execute("INSERT INTO threshold (code, amount, source, version)"
               " VALUES ('ARCHIVE_DAYS', 30, '内置默认（可改）', 1)")
    op.execute(GRANTS)


def _merged(condition: str) -> None:
    op.drop_constraint(op.f("ck_ticket_merged_follows_a_master"), "ticket")
    op.create_check_constraint(op.f("ck_ticket_merged_follows_a_master"), "ticket", condition)


def _closed(condition: str) -> None:
    """Tickets by when they were closed, archived or not."""
    op.drop_index("ix_ticket_closed", "ticket")
    op.create_index("ix_ticket_closed", "ticket", ["closed_at", "lead_unit_id"], postgresql_where=sa.text(condition))


def downgrade() -> None:
    """Without an archive; what was in it is over as it was before."""
    op.execute("DROP TRIGGER refuse_archived ON ticket")
    for table in KEPT:
        op.execute(f"DROP TRIGGER keep_archived ON {table}")
    op.execute("UPDATE ticket SET state = archive.state_before FROM archive WHERE archive.ticket_id = ticket.id")
    op.execute("DELETE FROM threshold WHERE code = 'ARCHIVE_DAYS'")
    op.drop_index("ix_ticket_to_archive", "ticket")
    _closed("state = 'CLOSED'")
    _merged(MERGED)
    op.drop_table("archive")
    for function in ("link_archive()", "refuse_archived()", "keep_archived()"):
        op.execute(f"DROP FUNCTION {function}")
