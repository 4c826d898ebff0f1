"""The foundation: every table of the loop, and what no model can say.

`hotline_now` is the one clock (a time shift can be set for a rehearsal); `zh_bigrams` feeds the search index;
`next_ticket_serial` counts the tickets of a day without a lock; the chain trigger links and hashes every event,
whoever writes it; `ensure_month` makes a month's partition; every change of a setting raises `reference_version`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = """
CREATE FUNCTION hotline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT statement_timestamp() + coalesce(nullif(current_setting('hotline.time_shift', true), '')::interval, interval '0')
$$
"""

BIGRAMS = """
CREATE FUNCTION zh_bigrams(body text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM (
    SELECT c || lead(c) OVER (ORDER BY place) AS pair
      FROM unnest(string_to_array(body, NULL)) WITH ORDINALITY AS letters(c, place)
  ) AS pairs WHERE pair IS NOT NULL
$$
"""

SERIAL = """
CREATE FUNCTION next_ticket_serial(day date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  counter text := 'ticket_serial_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(counter) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext(counter));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', counter);
  END IF;
  RETURN nextval(counter);
END
$$
"""

MONTH = """
CREATE FUNCTION ensure_month(month date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', month);
  part text := 'ticket_event_' || to_char(first, 'YYYYMM');
BEGIN
  IF to_regclass(part) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF ticket_event FOR VALUES FROM (%L) TO (%L)', part,
                 first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  RETURN true;
END
$$
"""

AHEAD = """
CREATE FUNCTION prepare_ahead(months integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  made integer := 0;
  today date := (hotline_now() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  FOR ahead IN 0..months LOOP
    made := made + ensure_month((today + make_interval(months => ahead))::date)::integer;
  END LOOP;
  FOR ahead IN 0..1 LOOP
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', 'ticket_serial_' || to_char(today + ahead, 'YYYYMMDD'));
  END LOOP;
  RETURN made;
END
$$
"""

# Each event carries the hash of the one before it on the same ticket. The function runs as the owner, since the
# application may not write event_head; the row lock on event_head puts two writers of one ticket in order.
CHAIN = """
CREATE FUNCTION event_digest(e ticket_event) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(coalesce(e.previous_hash, ''::bytea) || convert_to(jsonb_build_array(
    e.ticket_id, e.sequence, extract(epoch FROM e.at), e.assignment_id, e.kind, e.from_state, e.to_state, e.actor_id,
    e.actor_name, e.actor_role, e.actor_unit_id, e.reason_code, e.note, e.data)::text, 'UTF8'))
$$;
CREATE FUNCTION link_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  head event_head;
BEGIN
  SELECT * INTO head FROM event_head WHERE ticket_id = NEW.ticket_id FOR UPDATE;
  NEW.sequence := coalesce(head.sequence, 0) + 1;
  NEW.previous_hash := head.hash;
  NEW.hash := event_digest(NEW);
  IF head.ticket_id IS NULL THEN
    INSERT INTO event_head (ticket_id, sequence, hash) VALUES (NEW.ticket_id, NEW.sequence, NEW.hash);
  ELSE
    UPDATE event_head SET sequence = NEW.sequence, hash = NEW.hash WHERE ticket_id = NEW.ticket_id;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER link_event BEFORE INSERT ON ticket_event FOR EACH ROW EXECUTE FUNCTION link_event()
"""

RAISE_VERSION = """
CREATE FUNCTION raise_reference_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE reference_version SET number = number + 1;
  RETURN NULL;
END
$$
"""
DROP_COUNTERS = """
DO $$
DECLARE
  counter text;
BEGIN
  FOR counter IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename LIKE 'ticket\\_serial\\_%' LOOP
    EXECUTE format('DROP SEQUENCE %I', counter);
  END LOOP;
END
$$
"""
REFERENCE_TABLES = ("unit", "area", "category", "work_calendar", "calendar_day", "limit_rule", "catalogue_rule")

# The application reads and writes rows; what is append-only it may only append to, and the heads of the chains
# are the database's own.
GRANTS = """
DO $$
DECLARE
  app text := current_setting('hotline.application_role');
BEGIN
  IF app = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
  EXECUTE format('REVOKE UPDATE, DELETE ON ticket_event, setting_event, sign_in_event, clock_segment FROM %I', app);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON event_head, alembic_version FROM %I', app);
END
$$
"""


def upgrade() -> None:
    """Make everything."""
    op.execute(NOW)
    op.execute(BIGRAMS)
    op.create_table('area',
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('initials', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('parent_id', sa.BigInteger(), nullable=True),
        sa.Column('path', sa.String(length=200), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['area.id'], name=op.f('fk_area_parent_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
        sa.UniqueConstraint('code', name=op.f('uq_area_code'))
    )
    op.create_table('calendar_day',
        sa.Column('date', sa.Date(), nullable=False),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('provisional', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('date', name=op.f('pk_calendar_day'))
    )
    op.create_table('category',
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('initials', sa.String(length=80), nullable=False),
        sa.Column('parent_id', sa.BigInteger(), nullable=True),
        sa.Column('level', sa.BigInteger(), nullable=False),
        sa.Column('path', sa.String(length=200), nullable=False),
        sa.Column('needs_place', sa.Boolean(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['category.id'], name=op.f('fk_category_parent_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
        sa.UniqueConstraint('code', name=op.f('uq_category_code'))
    )
    op.create_table('event_head',
        sa.Column('ticket_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('sequence', sa.BigInteger(), nullable=False),
        sa.Column('hash', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_event_head'))
    )
    op.create_table('heartbeat',
        sa.Column('role', sa.String(length=40), nullable=False),
        sa.Column('pid', sa.BigInteger(), nullable=False),
        sa.Column('host', sa.String(length=80), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('detail', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.PrimaryKeyConstraint('role', name=op.f('pk_heartbeat'))
    )
    op.create_table('idempotency_key',
        sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('key', sa.String(length=255), nullable=False),
        sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
        sa.Column('result', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_idempotency_key'))
    )
    op.create_index('ix_idempotency_key_created_at', 'idempotency_key', ['created_at'], unique=False)
    op.create_table('job',
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('params', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('file_path', sa.String(length=400), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=True),
        sa.Column('done', sa.BigInteger(), nullable=False),
        sa.Column('rejected', sa.BigInteger(), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by_id', sa.BigInteger(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancel_requested_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index('ix_job_created_by', 'job', ['created_by_id', 'id'], unique=False)
    op.create_table('notice',
        sa.Column('key', sa.String(length=80), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=False),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=True),
        sa.Column('ticket_no', sa.String(length=20), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('data', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
        sa.UniqueConstraint('key', name=op.f('uq_notice_key'))
    )
    op.create_index('ix_notice_addressee', 'notice', ['unit_id', 'role', 'id'], unique=False)
    op.create_table('outbox',
        sa.Column('key', sa.String(length=80), nullable=False),
        sa.Column('topic', sa.String(length=32), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=True),
        sa.Column('payload', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.BigInteger(), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_error', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
        sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index('ix_outbox_dead', 'outbox', ['dead_at'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.create_index('ix_outbox_waiting', 'outbox', ['not_before', 'id'], unique=False, postgresql_where=sa.text('sent_at IS NULL AND dead_at IS NULL'))
    op.create_table('reference_version',
        sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_reference_version_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reference_version'))
    )
    op.create_table('setting_event',
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.BigInteger(), nullable=True),
        sa.Column('actor_name', sa.String(length=80), nullable=False),
        sa.Column('subject', sa.String(length=20), nullable=False),
        sa.Column('subject_id', sa.String(length=40), nullable=False),
        sa.Column('action', sa.String(length=12), nullable=False),
        sa.Column('before', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column('after', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_setting_event'))
    )
    op.create_index('ix_setting_event_subject', 'setting_event', ['subject', 'subject_id', 'id'], unique=False)
    op.create_table('sign_in_event',
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('account', sa.String(length=80), nullable=False),
        sa.Column('user_id', sa.BigInteger(), nullable=True),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('address', sa.String(length=64), nullable=False),
        sa.Column('agent', sa.String(length=200), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_event'))
    )
    op.create_index(op.f('ix_sign_in_event_at'), 'sign_in_event', ['at'], unique=False)
    op.create_table('ticket_event',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('assignment_id', sa.BigInteger(), nullable=True),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('from_state', sa.String(length=16), nullable=True),
        sa.Column('to_state', sa.String(length=16), nullable=True),
        sa.Column('actor_id', sa.BigInteger(), nullable=True),
        sa.Column('actor_name', sa.String(length=80), nullable=False),
        sa.Column('actor_role', sa.String(length=20), nullable=False),
        sa.Column('actor_unit_id', sa.BigInteger(), nullable=True),
        sa.Column('reason_code', sa.String(length=24), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('data', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column('sequence', sa.BigInteger(), nullable=True),
        sa.Column('previous_hash', sa.LargeBinary(), nullable=True),
        sa.Column('hash', sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint('id', 'at', name=op.f('pk_ticket_event')),
        postgresql_partition_by='RANGE (at)'
    )
    op.create_index('ix_ticket_event_ticket', 'ticket_event', ['ticket_id', 'id'], unique=False)
    op.create_table('work_calendar',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('blocks', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('all_days', sa.Boolean(), nullable=False),
        sa.Column('is_default', sa.Boolean(), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_calendar')),
        sa.UniqueConstraint('name', name=op.f('uq_work_calendar_name'))
    )
    op.create_table('job_reject',
        sa.Column('job_id', sa.BigInteger(), nullable=False),
        sa.Column('row_no', sa.BigInteger(), nullable=False),
        sa.Column('reasons', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_job_reject_job_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job_reject'))
    )
    op.create_index('ix_job_reject_job', 'job_reject', ['job_id', 'row_no'], unique=False)
    op.create_table('job_row',
        sa.Column('job_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('row_no', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_job_row_job_id')),
        sa.PrimaryKeyConstraint('job_id', 'row_no', name=op.f('pk_job_row'))
    )
    op.create_table('ticket',
        sa.Column('no', sa.String(length=20), nullable=False),
        sa.Column('query_code_hash', sa.LargeBinary(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('channel', sa.String(length=20), nullable=False),
        sa.Column('channel_ref', sa.String(length=80), nullable=False),
        sa.Column('caller_type', sa.String(length=12), nullable=False),
        sa.Column('enterprise_name', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('category_id', sa.BigInteger(), nullable=True),
        sa.Column('area_id', sa.BigInteger(), nullable=True),
        sa.Column('place', sa.String(length=200), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('urgency', sa.String(length=12), nullable=False),
        sa.Column('anonymity', sa.String(length=12), nullable=False),
        sa.Column('need_reply', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by_id', sa.BigInteger(), nullable=True),
        sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('lead_assignment_id', sa.BigInteger(), nullable=True),
        sa.Column('lead_unit_id', sa.BigInteger(), nullable=True),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('hops', sa.BigInteger(), nullable=False),
        sa.Column('return_count', sa.BigInteger(), nullable=False),
        sa.Column('urge_count', sa.BigInteger(), nullable=False),
        sa.Column('send_back_count', sa.BigInteger(), nullable=False),
        sa.Column('route', postgresql.JSONB(astext_type=Text()), nullable=True),
        sa.Column('direct_answer', sa.Text(), nullable=False),
        sa.Column('reject_code', sa.String(length=4), nullable=True),
        sa.Column('reject_route', sa.Text(), nullable=False),
        sa.Column('callback_outcome', sa.String(length=16), nullable=True),
        sa.Column('close_type', sa.String(length=16), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("NOT (state IN ('CALLBACK', 'DISPATCHED', 'HANDLING', 'REPLIED', 'RETURN_REVIEW', 'REWORK')) OR lead_assignment_id IS NOT NULL", name=op.f('ck_ticket_held_has_a_lead')),
        sa.CheckConstraint("anonymity IN ('OPEN', 'WITHHELD', 'ANONYMOUS')", name=op.f('ck_ticket_anonymity_known')),
        sa.CheckConstraint("state <> 'ANSWERED_DIRECT' OR direct_answer <> ''", name=op.f('ck_ticket_answered_has_an_answer')),
        sa.CheckConstraint("state <> 'CLOSED' OR (closed_at IS NOT NULL AND close_type IS NOT NULL)", name=op.f('ck_ticket_closed_says_how_and_when')),
        sa.CheckConstraint("state <> 'REJECTED' OR (reject_code IS NOT NULL AND reject_route <> '')", name=op.f('ck_ticket_rejected_says_why_and_where_else')),
        sa.CheckConstraint("state = 'DRAFT' OR category_id IS NOT NULL", name=op.f('ck_ticket_past_draft_has_a_category')),
        sa.CheckConstraint('round >= 1', name=op.f('ck_ticket_rounds_count_from_one')),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_ticket_area_id')),
        sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_ticket_category_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
        sa.UniqueConstraint('no', name=op.f('uq_ticket_no')),
        postgresql_with={'fillfactor': '85'}
    )
    op.create_index('ix_ticket_category', 'ticket', ['category_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_ticket_area', 'ticket', ['area_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_ticket_lead_unit', 'ticket', ['lead_unit_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_ticket_dissatisfied', 'ticket', ['id'], unique=False, postgresql_where=sa.text("state = 'CALLBACK' AND callback_outcome = 'DISSATISFIED'"))
    op.create_index('ix_ticket_created_at', 'ticket', ['created_at', 'id'], unique=False)
    op.create_index('ix_ticket_created_by', 'ticket', ['created_by_id', 'id'], unique=False)
    op.create_index('ix_ticket_closed', 'ticket', ['closed_at', 'lead_unit_id'], unique=False, postgresql_where=sa.text("state = 'CLOSED'"))
    op.create_index('ix_ticket_open_state', 'ticket', ['state', 'id'], unique=False, postgresql_where=sa.text("state IN ('CALLBACK', 'CONFERENCE', 'DISPATCHED', 'DRAFT', 'HANDLING', 'REPLIED', 'RETURN_REVIEW', 'REVIEW', 'REWORK', 'SUSPENDED', 'TO_DISPATCH')"))
    op.create_table('unit',
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('short_name', sa.String(length=40), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('parent_id', sa.BigInteger(), nullable=True),
        sa.Column('path', sa.String(length=200), nullable=False),
        sa.Column('area_id', sa.BigInteger(), nullable=True),
        sa.Column('calendar_id', sa.BigInteger(), nullable=True),
        sa.Column('active_from', sa.Date(), nullable=False),
        sa.Column('active_to', sa.Date(), nullable=True),
        sa.Column('successor_id', sa.BigInteger(), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("path LIKE '/%/'", name=op.f('ck_unit_path_has_slashes')),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_unit_area_id')),
        sa.ForeignKeyConstraint(['calendar_id'], ['work_calendar.id'], name=op.f('fk_unit_calendar_id')),
        sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
        sa.ForeignKeyConstraint(['successor_id'], ['unit.id'], name=op.f('fk_unit_successor_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
        sa.UniqueConstraint('code', name=op.f('uq_unit_code'))
    )
    op.create_index('ix_unit_path', 'unit', ['path'], unique=False, postgresql_ops={'path': 'text_pattern_ops'})
    op.create_table('assignment',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=False),
        sa.Column('parent_id', sa.BigInteger(), nullable=True),
        sa.Column('role', sa.String(length=8), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('level', sa.BigInteger(), nullable=False),
        sa.Column('dispatched_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('dispatched_by_id', sa.BigInteger(), nullable=True),
        sa.Column('dispatch_note', sa.String(length=500), nullable=False),
        sa.Column('override_reason', sa.String(length=200), nullable=False),
        sa.Column('return_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('auto_signed', sa.Boolean(), nullable=False),
        sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('due_original', sa.DateTime(timezone=True), nullable=True),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('warn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('final_designation', sa.Boolean(), nullable=False),
        sa.Column('return_count', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state <> 'REPLIED' OR replied_at IS NOT NULL", name=op.f('ck_assignment_replied_says_when')),
        sa.CheckConstraint('due_at IS NULL OR due_original IS NULL OR due_at >= due_original', name=op.f('ck_assignment_due_never_moves_forward')),
        sa.ForeignKeyConstraint(['parent_id'], ['assignment.id'], name=op.f('fk_assignment_parent_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_assignment_ticket_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_assignment_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
        postgresql_with={'fillfactor': '85'}
    )
    op.create_index('ix_assignment_live_due', 'assignment', ['unit_id', 'state', 'due_at', 'id'], unique=False, postgresql_include=['warn_at'], postgresql_where=sa.text("state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.create_index('ix_assignment_owing_due', 'assignment', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state IN ('RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.create_index('ix_assignment_ticket_unit', 'assignment', ['ticket_id', 'unit_id'], unique=False)
    op.create_index('ix_assignment_unit_id', 'assignment', ['unit_id', 'id'], unique=False)
    op.create_index('ix_assignment_dispatched_at', 'assignment', ['dispatched_at', 'unit_id'], unique=False)
    op.create_index('ix_assignment_replied_at', 'assignment', ['replied_at', 'unit_id'], unique=False, postgresql_where=sa.text('replied_at IS NOT NULL'))
    op.create_index('uq_assignment_one_live_lead', 'assignment', ['ticket_id'], unique=True, postgresql_where=sa.text("role = 'LEAD' AND state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.create_table('catalogue_rule',
        sa.Column('category_id', sa.BigInteger(), nullable=True),
        sa.Column('area_id', sa.BigInteger(), nullable=True),
        sa.Column('kind', sa.String(length=12), nullable=True),
        sa.Column('enterprise', sa.Boolean(), nullable=True),
        sa.Column('unit_id', sa.BigInteger(), nullable=True),
        sa.Column('selector', sa.String(length=20), nullable=True),
        sa.Column('grassroots_allowed', sa.Boolean(), nullable=False),
        sa.Column('basis', sa.String(length=200), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint('(unit_id IS NULL) <> (selector IS NULL)', name=op.f('ck_catalogue_rule_unit_or_selector')),
        sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from - 1', name=op.f('ck_catalogue_rule_validity_runs_forward')),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_catalogue_rule_area_id')),
        sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_catalogue_rule_category_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_catalogue_rule_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_rule'))
    )
    op.create_index('ix_catalogue_rule_category_id', 'catalogue_rule', ['category_id'], unique=False)
    op.create_table('limit_rule',
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('basis', sa.String(length=4), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=True),
        sa.Column('category_id', sa.BigInteger(), nullable=True),
        sa.Column('urgency', sa.String(length=12), nullable=True),
        sa.Column('unit_id', sa.BigInteger(), nullable=True),
        sa.Column('enterprise', sa.Boolean(), nullable=True),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint('amount > 0', name=op.f('ck_limit_rule_amount_is_positive')),
        sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from - 1', name=op.f('ck_limit_rule_validity_runs_forward')),
        sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_limit_rule_category_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_limit_rule_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_rule'))
    )
    op.create_table('ticket_identity',
        sa.Column('ticket_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('caller_key', sa.LargeBinary(), nullable=True),
        sa.Column('name', sa.LargeBinary(), nullable=True),
        sa.Column('phone', sa.LargeBinary(), nullable=True),
        sa.Column('alt_phone', sa.LargeBinary(), nullable=True),
        sa.Column('id_no', sa.LargeBinary(), nullable=True),
        sa.Column('address', sa.LargeBinary(), nullable=True),
        sa.Column('masked_name', sa.String(length=40), nullable=False),
        sa.Column('masked_phone', sa.String(length=40), nullable=False),
        sa.Column('masked_address', sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_identity_ticket_id')),
        sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_identity'))
    )
    op.create_index('ix_ticket_identity_caller', 'ticket_identity', ['caller_key', sa.literal_column('ticket_id DESC')], unique=False, postgresql_where=sa.text('caller_key IS NOT NULL'))
    op.create_table('ticket_text',
        sa.Column('ticket_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('category_id', sa.BigInteger(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_text_ticket_id')),
        sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_text'))
    )
    op.create_index('ix_ticket_text_bigrams', 'ticket_text', [sa.literal_column('zh_bigrams(body)')], unique=False, postgresql_using='gin')
    op.create_table('urge',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('source', sa.String(length=8), nullable=False),
        sa.Column('by_name', sa.String(length=80), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_urge_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_urge'))
    )
    op.create_index(op.f('ix_urge_ticket_id'), 'urge', ['ticket_id'], unique=False)
    op.create_table('user_account',
        sa.Column('account', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('password_hash', sa.Text(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=False),
        sa.Column('locale', sa.String(length=8), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('must_change_password', sa.Boolean(), nullable=False),
        sa.Column('failed_count', sa.BigInteger(), nullable=False),
        sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('notices_seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_user_account_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
        sa.UniqueConstraint('account', name=op.f('uq_user_account_account'))
    )
    op.create_table('api_token',
        sa.Column('token_hash', sa.LargeBinary(), nullable=False),
        sa.Column('user_id', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_api_token_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    op.create_index(op.f('ix_api_token_user_id'), 'api_token', ['user_id'], unique=False)
    op.create_table('application',
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('assignment_id', sa.BigInteger(), nullable=False),
        sa.Column('reason_code', sa.String(length=24), nullable=False),
        sa.Column('basis', sa.Text(), nullable=False),
        sa.Column('suggested_unit_id', sa.BigInteger(), nullable=True),
        sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('filed_by_id', sa.BigInteger(), nullable=True),
        sa.Column('filed_by', sa.String(length=80), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
        sa.Column('decided_by', sa.String(length=80), nullable=False),
        sa.Column('opinion', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'FILED') = (decided_at IS NULL)", name=op.f('ck_application_decided_says_when')),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_application_assignment_id')),
        sa.ForeignKeyConstraint(['suggested_unit_id'], ['unit.id'], name=op.f('fk_application_suggested_unit_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_application_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_application'))
    )
    op.create_index('ix_application_filed', 'application', ['kind', 'filed_at'], unique=False, postgresql_where=sa.text("state = 'FILED'"))
    op.create_index('ix_application_ticket_id', 'application', ['ticket_id'], unique=False)
    op.create_index('ix_application_assignment_id', 'application', ['assignment_id'], unique=False)
    op.create_index('uq_application_one_filed', 'application', ['assignment_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'FILED'"))
    op.create_table('callback_task',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('assignment_id', sa.BigInteger(), nullable=False),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.BigInteger(), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('outcome', sa.String(length=16), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_callback_task_assignment_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_callback_task_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_callback_task')),
        sa.UniqueConstraint('ticket_id', 'round', name=op.f('uq_callback_task_ticket_id_round'))
    )
    op.create_index('ix_callback_task_open', 'callback_task', ['not_before', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL'))
    op.create_table('clock',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('assignment_id', sa.BigInteger(), nullable=True),
        sa.Column('code', sa.String(length=16), nullable=False),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=True),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.Column('rule', postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column('calendar_id', sa.BigInteger(), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('warn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('due_original', sa.DateTime(timezone=True), nullable=True),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('late_seconds', sa.BigInteger(), nullable=True),
        sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('void', sa.Boolean(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint('fired_at IS NULL OR fired_at >= due_at', name=op.f('ck_clock_never_fired_early')),
        sa.CheckConstraint('stopped_at IS NULL OR next_at IS NULL', name=op.f('ck_clock_stopped_waits_for_nothing')),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_clock_assignment_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_clock_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_clock')),
        sa.UniqueConstraint('ticket_id', 'assignment_id', 'code', 'round', name='uq_clock_owner_code_round', postgresql_nulls_not_distinct=True),
        postgresql_with={'fillfactor': '80'}
    )
    op.create_index('ix_clock_figures', 'clock', ['code', 'due_at', 'unit_id'], unique=False, postgresql_where=sa.text('NOT void'))
    op.create_index('ix_clock_next_at', 'clock', ['next_at'], unique=False, postgresql_where=sa.text('next_at IS NOT NULL'))
    op.create_index('ix_clock_running_due', 'clock', ['code', 'due_at', 'id', 'unit_id'], unique=False, postgresql_where=sa.text('stopped_at IS NULL AND due_at IS NOT NULL'))
    op.create_table('contact_log',
        sa.Column('assignment_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('by_name', sa.String(length=80), nullable=False),
        sa.Column('result', sa.String(length=16), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_contact_log_assignment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_log'))
    )
    op.create_index(op.f('ix_contact_log_assignment_id'), 'contact_log', ['assignment_id'], unique=False)
    op.create_table('draft',
        sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('form', sa.String(length=40), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_draft_user_id')),
        sa.PrimaryKeyConstraint('user_id', 'form', name=op.f('pk_draft'))
    )
    op.create_table('evaluation',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('assignment_id', sa.BigInteger(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), nullable=False),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('anonymity', sa.String(length=12), nullable=False),
        sa.Column('need_reply', sa.Boolean(), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('valid', sa.Boolean(), nullable=False),
        sa.Column('contacted', sa.Boolean(), nullable=True),
        sa.Column('solved', sa.String(length=16), nullable=True),
        sa.Column('satisfaction', sa.String(length=20), nullable=True),
        sa.Column('reason_code', sa.String(length=20), nullable=True),
        sa.Column('attempts', sa.BigInteger(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint('NOT valid OR solved IS NOT NULL OR satisfaction IS NOT NULL', name=op.f('ck_evaluation_valid_says_something')),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_evaluation_assignment_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_evaluation_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation')),
        sa.UniqueConstraint('ticket_id', 'round', name=op.f('uq_evaluation_ticket_id_round'))
    )
    op.create_index('ix_evaluation_finished', 'evaluation', ['finished_at', 'unit_id'], unique=False)
    op.create_table('reply',
        sa.Column('assignment_id', sa.BigInteger(), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('round', sa.BigInteger(), nullable=False),
        sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('submitted_by_id', sa.BigInteger(), nullable=True),
        sa.Column('submitted_by', sa.String(length=80), nullable=False),
        sa.Column('truth', sa.String(length=8), nullable=False),
        sa.Column('beyond_duty', sa.Boolean(), nullable=False),
        sa.Column('beyond_duty_kind', sa.String(length=80), nullable=False),
        sa.Column('resolution', sa.String(length=12), nullable=False),
        sa.Column('unresolved_reason', sa.String(length=16), nullable=True),
        sa.Column('internal_account', sa.Text(), nullable=False),
        sa.Column('public_answer', sa.Text(), nullable=False),
        sa.Column('measures', sa.Text(), nullable=False),
        sa.Column('legal_basis', sa.String(length=200), nullable=False),
        sa.Column('visited_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('visitors', sa.String(length=80), nullable=False),
        sa.Column('promised_on', sa.Date(), nullable=True),
        sa.Column('signed_by', sa.String(length=40), nullable=False),
        sa.Column('decision', sa.String(length=10), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by', sa.String(length=80), nullable=False),
        sa.Column('defects', postgresql.ARRAY(sa.String(length=4)), nullable=False),
        sa.Column('opinion', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_reply_assignment_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_reply_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reply'))
    )
    op.create_index(op.f('ix_reply_assignment_id'), 'reply', ['assignment_id'], unique=False)
    op.create_index(op.f('ix_reply_ticket_id'), 'reply', ['ticket_id'], unique=False)
    op.create_table('user_role',
        sa.Column('user_id', sa.BigInteger(), nullable=False),
        sa.Column('role', sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_role_user_id')),
        sa.PrimaryKeyConstraint('user_id', 'role', name=op.f('pk_user_role'))
    )
    op.create_table('user_session',
        sa.Column('token_hash', sa.LargeBinary(), nullable=False),
        sa.Column('user_id', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('address', sa.String(length=64), nullable=False),
        sa.Column('agent', sa.String(length=200), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_session_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    op.create_index('ix_user_session_user_id', 'user_session', ['user_id'], unique=False)
    op.create_table('callback_attempt',
        sa.Column('task_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('by_name', sa.String(length=80), nullable=False),
        sa.Column('result', sa.String(length=20), nullable=False),
        sa.Column('contacted', sa.Boolean(), nullable=True),
        sa.Column('solved', sa.String(length=16), nullable=True),
        sa.Column('satisfaction', sa.String(length=20), nullable=True),
        sa.Column('reason_code', sa.String(length=20), nullable=True),
        sa.Column('service', sa.String(length=20), nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['task_id'], ['callback_task.id'], name=op.f('fk_callback_attempt_task_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_callback_attempt'))
    )
    op.create_index(op.f('ix_callback_attempt_task_id'), 'callback_attempt', ['task_id'], unique=False)
    op.create_table('clock_segment',
        sa.Column('clock_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('minutes', sa.BigInteger(), nullable=False),
        sa.Column('due_before', sa.DateTime(timezone=True), nullable=True),
        sa.Column('due_after', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_clock_segment_clock_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_segment'))
    )
    op.create_index(op.f('ix_clock_segment_clock_id'), 'clock_segment', ['clock_id'], unique=False)
    _behaviour()


def _behaviour() -> None:
    for statement in (SERIAL, MONTH, AHEAD, CHAIN, RAISE_VERSION):
        op.execute(statement)
    for table in REFERENCE_TABLES:
        op.execute(
            f"CREATE TRIGGER raise_reference_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_version()"
        )
    op.execute("INSERT INTO reference_version (id, number) VALUES (1, 1)")
    # granted before any partition exists: the application reaches partitions only through their parent
    op.execute(GRANTS)
    op.execute("CREATE TABLE ticket_event_other PARTITION OF ticket_event DEFAULT")
    op.execute("SELECT prepare_ahead(3)")


def downgrade() -> None:
    """Leave nothing."""
    op.execute("DROP FUNCTION event_digest(ticket_event)")
    op.drop_index(op.f('ix_clock_segment_clock_id'), table_name='clock_segment')
    op.drop_table('clock_segment')
    op.drop_index(op.f('ix_callback_attempt_task_id'), table_name='callback_attempt')
    op.drop_table('callback_attempt')
    op.drop_index('ix_user_session_user_id', table_name='user_session')
    op.drop_table('user_session')
    op.drop_table('user_role')
    op.drop_index(op.f('ix_reply_ticket_id'), table_name='reply')
    op.drop_index(op.f('ix_reply_assignment_id'), table_name='reply')
    op.drop_table('reply')
    op.drop_index('ix_evaluation_finished', table_name='evaluation')
    op.drop_table('evaluation')
    op.drop_table('draft')
    op.drop_index(op.f('ix_contact_log_assignment_id'), table_name='contact_log')
    op.drop_table('contact_log')
    op.drop_index('ix_clock_running_due', table_name='clock', postgresql_where=sa.text('stopped_at IS NULL AND due_at IS NOT NULL'))
    op.drop_index('ix_clock_next_at', table_name='clock', postgresql_where=sa.text('next_at IS NOT NULL'))
    op.drop_index('ix_clock_figures', table_name='clock', postgresql_where=sa.text('NOT void'))
    op.drop_table('clock')
    op.drop_index('ix_callback_task_open', table_name='callback_task', postgresql_where=sa.text('done_at IS NULL'))
    op.drop_table('callback_task')
    op.drop_index('uq_application_one_filed', table_name='application', postgresql_where=sa.text("state = 'FILED'"))
    op.drop_index('ix_application_assignment_id', table_name='application')
    op.drop_index('ix_application_ticket_id', table_name='application')
    op.drop_index('ix_application_filed', table_name='application', postgresql_where=sa.text("state = 'FILED'"))
    op.drop_table('application')
    op.drop_index(op.f('ix_api_token_user_id'), table_name='api_token')
    op.drop_table('api_token')
    op.drop_table('user_account')
    op.drop_index(op.f('ix_urge_ticket_id'), table_name='urge')
    op.drop_table('urge')
    op.drop_index('ix_ticket_text_bigrams', table_name='ticket_text', postgresql_using='gin')
    op.drop_table('ticket_text')
    op.drop_index('ix_ticket_identity_caller', table_name='ticket_identity', postgresql_where=sa.text('caller_key IS NOT NULL'))
    op.drop_table('ticket_identity')
    op.drop_table('limit_rule')
    op.drop_index('ix_catalogue_rule_category_id', table_name='catalogue_rule')
    op.drop_table('catalogue_rule')
    op.drop_index('uq_assignment_one_live_lead', table_name='assignment', postgresql_where=sa.text("role = 'LEAD' AND state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.drop_index('ix_assignment_replied_at', table_name='assignment', postgresql_where=sa.text('replied_at IS NOT NULL'))
    op.drop_index('ix_assignment_dispatched_at', table_name='assignment')
    op.drop_index('ix_assignment_unit_id', table_name='assignment')
    op.drop_index('ix_assignment_ticket_unit', table_name='assignment')
    op.drop_index('ix_assignment_owing_due', table_name='assignment', postgresql_where=sa.text("state IN ('RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.drop_index('ix_assignment_live_due', table_name='assignment', postgresql_where=sa.text("state IN ('ACCEPTED', 'REPLIED', 'RETURN_ASKED', 'REWORK', 'WAIT_SIGN', 'WORKING')"))
    op.drop_table('assignment')
    op.drop_index('ix_unit_path', table_name='unit', postgresql_ops={'path': 'text_pattern_ops'})
    op.drop_table('unit')
    op.drop_index('ix_ticket_open_state', table_name='ticket', postgresql_where=sa.text("state IN ('CALLBACK', 'CONFERENCE', 'DISPATCHED', 'DRAFT', 'HANDLING', 'REPLIED', 'RETURN_REVIEW', 'REVIEW', 'REWORK', 'SUSPENDED', 'TO_DISPATCH')"))
    op.drop_index('ix_ticket_closed', table_name='ticket', postgresql_where=sa.text("state = 'CLOSED'"))
    op.drop_index('ix_ticket_created_by', table_name='ticket')
    op.drop_index('ix_ticket_created_at', table_name='ticket')
    op.drop_index('ix_ticket_dissatisfied', table_name='ticket', postgresql_where=sa.text("state = 'CALLBACK' AND callback_outcome = 'DISSATISFIED'"))
    op.drop_index('ix_ticket_lead_unit', table_name='ticket')
    op.drop_index('ix_ticket_area', table_name='ticket')
    op.drop_index('ix_ticket_category', table_name='ticket')
    op.drop_table('ticket')
    op.drop_table('job_row')
    op.drop_index('ix_job_reject_job', table_name='job_reject')
    op.drop_table('job_reject')
    op.drop_table('work_calendar')
    op.drop_index('ix_ticket_event_ticket', table_name='ticket_event')
    op.drop_table('ticket_event')
    op.drop_index(op.f('ix_sign_in_event_at'), table_name='sign_in_event')
    op.drop_table('sign_in_event')
    op.drop_index('ix_setting_event_subject', table_name='setting_event')
    op.drop_table('setting_event')
    op.drop_table('reference_version')
    op.drop_index('ix_outbox_waiting', table_name='outbox', postgresql_where=sa.text('sent_at IS NULL AND dead_at IS NULL'))
    op.drop_index('ix_outbox_dead', table_name='outbox', postgresql_where=sa.text('dead_at IS NOT NULL'))
    op.drop_table('outbox')
    op.drop_index('ix_notice_addressee', table_name='notice')
    op.drop_table('notice')
    op.drop_index('ix_job_created_by', table_name='job')
    op.drop_table('job')
    op.drop_index('ix_idempotency_key_created_at', table_name='idempotency_key')
    op.drop_table('idempotency_key')
    op.drop_table('heartbeat')
    op.drop_table('event_head')
    op.drop_table('category')
    op.drop_table('calendar_day')
    op.drop_table('area')
    for function in ("link_event()", "raise_reference_version()", "prepare_ahead(integer)", "ensure_month(date)",
                     "next_ticket_serial(date)", "zh_bigrams(text)", "hotline_now()"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute(DROP_COUNTERS)
