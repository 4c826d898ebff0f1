"""A database of N tickets in minutes, by set-based SQL instead of by use cases.

N tickets of the last 200 days, or of as many as asked for: all that are open are among the last 30 days (10 % of the
tickets of 200 days); 98 units with work; the assignments, identities, clocks, events, replies, contacts, call-backs and
evaluations each of them would have by now; some 9 % of the open ones overdue. What a benchmark does not read is left
out: notices, the outbox, the hashes of the histories (which the database would chain one by one), and search texts
unless they are asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, town
from workflows.model.secrets import box

SPAN_DAYS, OPEN_DAYS = 200, 30
TICKETS_PER_CALLER = 3
#: Callers whose identity is really sealed, so that they can be looked up: numbers 13900000000 and on.
KNOWN_CALLERS = 200

TABLES = ("ticket", "ticket_identity", "assignment", "clock", "ticket_event", "event_head", "reply", "contact_log",
          "application", "callback_task", "callback_attempt", "evaluation", "ticket_text")

#: Every ticket's fate. Stages: 0 to dispatch, 1 dispatched, 2 signed, 3 contacted, 4 replied, 5 to ring, 6 closed.
FATES = """
CREATE UNLOGGED TABLE bench_fate AS
WITH drawn AS (
  SELECT n AS id, abs(hashint8(n)::bigint) AS h,
         hotline_now() - make_interval(secs => (%(tickets)s - n) * (%(span)s * 86400.0 / %(tickets)s) + 60) AS born,
         hotline_now() AS now
    FROM generate_series(%(first)s::bigint, %(tickets)s::bigint) AS n
), aged AS (
  SELECT *, now - born AS age, born > now - make_interval(days => %(open)s) AND h %% 3 < 2 AS open, h / 7 %% 100 AS lot
    FROM drawn
), staged AS (
  SELECT *, CASE WHEN NOT open THEN 'CLOSED' WHEN lot < 4 THEN 'TO_DISPATCH' WHEN lot < 16 THEN 'DISPATCHED'
                 WHEN lot < 72 THEN 'HANDLING' WHEN lot < 75 THEN 'RETURN_REVIEW' WHEN lot < 83 THEN 'REPLIED'
                 WHEN lot < 96 THEN 'CALLBACK' ELSE 'REWORK' END AS state,
         CASE WHEN NOT open THEN 6 WHEN lot < 4 THEN 0 WHEN lot < 16 THEN 1 WHEN lot < 46 THEN 2 WHEN lot < 72 THEN 3
              WHEN lot < 75 THEN 2 WHEN lot < 83 THEN 4 WHEN lot < 96 THEN 5 ELSE 6 END AS stage,
         (h / 11 %% %(matters)s)::int AS matter, (h / 13 %% %(communities)s)::int AS community,
         least(1.0, extract(epoch FROM age) / 777600) AS pace
    FROM aged
)
SELECT id, h, state, stage, open, now, born,
       to_char(born AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') AS day,
       row_number() OVER (PARTITION BY (born AT TIME ZONE 'Asia/Shanghai')::date ORDER BY id) AS serial,
       %(first_matter)s + matter AS category_id, %(first_community)s + community AS area_id,
       CASE WHEN matter %% 5 = 4 THEN %(first_street)s + community / 3
            ELSE %(first_bureau)s + (matter / 5 * 4 + matter %% 5) %% %(bureaus)s END AS unit_id,
       (ARRAY['COMPLAINT', 'HELP', 'CONSULT', 'SUGGEST'])[1 + h / 17 %% 4] AS kind,
       (h / 19 %% greatest(%(tickets)s / %(per_caller)s, 1))::bigint AS caller,
       born + pace * interval '30 minutes' AS dispatched, born + pace * interval '4 hours' AS signed,
       born + pace * interval '1 day' AS contacted, born + pace * interval '5 days' AS replied,
       born + pace * interval '6 days' AS accepted, born + pace * interval '8 days' AS closed,
       born + make_interval(days => 22 + (h / 23 %% 12)::int) AS due,
       now + make_interval(mins => (h / 29 %% 2880)::int - 240) AS soon
  FROM staged
"""

CHECK_DIGIT = """
CREATE FUNCTION bench_check_digit(digits text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE product int := 10; total int;
BEGIN
  FOR place IN 1..length(digits) LOOP
    total := (product + substr(digits, place, 1)::int) % 10;
    product := (CASE total WHEN 0 THEN 10 ELSE total END * 2) % 11;
  END LOOP;
  RETURN ((11 - product) % 10)::text;
END
$$
"""

TICKETS = """
INSERT INTO ticket (id, no, query_code_hash, state, version, channel, channel_ref, caller_type, enterprise_name, kind,
  category_id, area_id, place, title, content, urgency, anonymity, need_reply, created_at, created_by_id, submitted_at,
  closed_at, changed_at, lead_assignment_id, lead_unit_id, round, hops, return_count, urge_count, send_back_count,
  route, direct_answer, reject_route, callback_outcome, close_type, answer_way, answer_at)
SELECT id, body || bench_check_digit(body), sha256(body::bytea), state, 2 + stage, 'PHONE', '', 'PERSON', '', kind,
  category_id, area_id, '幸福路' || h % 999 || '号',
  '第' || id || '件 ' || (ARRAY['垃圾没有清运', '电梯停运三天', '路灯不亮', '深夜施工扰民', '停水无人答复'])[1 + h % 5],
  repeat('来电人反映小区附近的问题已经持续多日，影响居民生活，请有关部门尽快处理。', 5),
  CASE h % 50 WHEN 0 THEN 'URGENT' ELSE 'NORMAL' END, 'OPEN', true, born, 1, born,
  CASE state WHEN 'CLOSED' THEN closed END,
  CASE WHEN stage = 0 THEN born WHEN stage = 1 THEN dispatched WHEN stage = 2 THEN signed WHEN stage = 3 THEN contacted
       WHEN stage = 4 THEN replied WHEN stage = 5 THEN accepted ELSE closed END,
  CASE WHEN stage > 0 THEN id END, CASE WHEN stage > 0 THEN unit_id END, CASE state WHEN 'REWORK' THEN 2 ELSE 1 END,
  least(stage, 1), 0, 0, 0,
  jsonb_build_object('decision', CASE stage WHEN 0 THEN 'AMBIGUOUS' ELSE 'CERTAIN' END, 'unit_id', unit_id,
    'candidates', jsonb_build_array(jsonb_build_object('unit_id', unit_id, 'rule_id', 1, 'reason', 'CATEGORY',
    'specificity', jsonb_build_array(2, 0, 0, 0)))), '', '',
  CASE state WHEN 'CLOSED' THEN 'SATISFIED' WHEN 'REWORK' THEN 'DISSATISFIED' END,
  CASE state WHEN 'CLOSED' THEN 'SOLVED' END, CASE state WHEN 'CLOSED' THEN 'CALL' END,
  CASE state WHEN 'CLOSED' THEN closed END
  FROM (SELECT *, day || '01' || lpad(serial::text, 6, '0') AS body FROM bench_fate) AS fate
"""

IDENTITIES = """
INSERT INTO ticket_identity (ticket_id, caller_key, name, phone, address, masked_name, masked_phone, masked_address)
SELECT id, decode(md5(caller::text), 'hex'), decode(repeat(md5('n' || id), 2), 'hex'),
  decode(repeat(md5('p' || id), 2), 'hex'), decode(repeat(md5('a' || id), 3), 'hex'), '林**', '139****' || h % 10000,
  '****'
  FROM bench_fate
"""

ASSIGNMENTS = """
INSERT INTO assignment (id, ticket_id, unit_id, role, state, round, level, dispatched_at, dispatch_note,
  override_reason, return_until, signed_at, auto_signed, contacted_at, replied_at, accepted_at, ended_at, due_original,
  due_at, warn_at, final_designation, return_count)
SELECT id, id, unit_id, 'LEAD',
  CASE state WHEN 'DISPATCHED' THEN 'WAIT_SIGN' WHEN 'HANDLING' THEN 'WORKING' WHEN 'RETURN_REVIEW' THEN 'RETURN_ASKED'
    WHEN 'REPLIED' THEN 'REPLIED' WHEN 'CALLBACK' THEN 'ACCEPTED' WHEN 'REWORK' THEN 'REWORK' ELSE 'DONE' END,
  CASE state WHEN 'REWORK' THEN 2 ELSE 1 END, 1, dispatched, '', '', dispatched + interval '1 day',
  CASE WHEN stage >= 2 THEN signed END, false, CASE WHEN stage >= 3 THEN contacted END,
  CASE WHEN stage >= 4 THEN replied END, CASE WHEN stage >= 5 THEN accepted END,
  CASE state WHEN 'CLOSED' THEN closed END, due, due, due - interval '1 day', false,
  CASE state WHEN 'RETURN_REVIEW' THEN 1 ELSE 0 END
  FROM bench_fate WHERE stage > 0
"""

CLOCKS = """
INSERT INTO clock (ticket_id, assignment_id, code, round, unit_id, role, rule, calendar_id, started_at, warn_at,
  due_original, due_at, next_at, warned_at, fired_at, late_seconds, stopped_at, void)
SELECT id, assignment_id, code, 1, unit, role, jsonb_build_object('code', code, 'basis', 'wd', 'amount', 5, 'source',
    '内置默认（可改）', 'rule_id', 1, 'calendar_version', 1), 1, started, due - interval '1 day', due, due,
  CASE WHEN stopped IS NULL AND due > now THEN CASE WHEN due - interval '1 day' > now THEN due - interval '1 day'
    ELSE due END END,
  CASE WHEN due - interval '1 day' <= coalesce(stopped, now) THEN due - interval '1 day' END,
  CASE WHEN due <= coalesce(stopped, now) THEN due END, CASE WHEN due <= coalesce(stopped, now) THEN 0 END,
  stopped, false
FROM (
  SELECT f.id, f.now, k.* FROM bench_fate f CROSS JOIN LATERAL (VALUES
    (true, NULL::bigint, 'TOTAL', NULL::bigint, 'SYSTEM', born, NULL::timestamptz,
      CASE state WHEN 'CLOSED' THEN closed END),
    (true, NULL, 'DISPATCH', NULL, 'DISPATCHER', born, CASE WHEN stage = 0 THEN soon ELSE born + interval '4 hours' END,
      CASE WHEN stage > 0 THEN dispatched END),
    (stage > 0, f.id, 'SIGN', unit_id, 'UNIT_CLERK', dispatched,
      CASE WHEN stage = 1 THEN soon ELSE dispatched + interval '1 day' END, CASE WHEN stage >= 2 THEN signed END),
    (stage > 0, f.id, 'CONTACT', unit_id, 'UNIT_CLERK', dispatched,
      CASE WHEN stage <= 2 THEN soon ELSE dispatched + interval '2 days' END, CASE WHEN stage >= 3 THEN contacted END),
    (stage > 0, f.id, 'HANDLING', unit_id, 'UNIT_CLERK', dispatched, due, CASE WHEN stage >= 4 THEN replied END),
    (state = 'RETURN_REVIEW', f.id, 'RETURN_DECISION', NULL, 'DISPATCHER', signed, soon, NULL),
    (stage >= 4, f.id, 'REVIEW', NULL, 'REVIEWER', replied,
      CASE WHEN stage = 4 THEN soon ELSE replied + interval '2 days' END, CASE WHEN stage >= 5 THEN accepted END),
    (stage >= 5, f.id, 'CALLBACK', NULL, 'CALLBACK', accepted,
      CASE WHEN stage = 5 THEN soon ELSE accepted + interval '4 days' END, CASE WHEN stage = 6 THEN closed END),
    (state = 'REWORK', f.id, 'REWORK', unit_id, 'UNIT_CLERK', closed, soon, NULL)
  ) AS k(there, assignment_id, code, unit, role, started, due, stopped) WHERE k.there
) AS clocks
"""

EVENTS = """
INSERT INTO ticket_event (at, ticket_id, assignment_id, kind, from_state, to_state, actor_id, actor_name, actor_role,
  actor_unit_id, note, data, sequence, hash)
SELECT at, id, CASE WHEN sequence > 2 THEN id END, kind, before, after, actor, name, role, unit, '', data, sequence,
  sha256((id || kind)::bytea)
FROM (
  SELECT f.id, k.* FROM bench_fate f CROSS JOIN LATERAL (VALUES
    (0, 1, born, 'create', NULL, 'DRAFT', 1, '受理员', 'AGENT', 1, '{"channel": "PHONE"}'::jsonb),
    (0, 2, born, 'submit', 'DRAFT', 'TO_DISPATCH', 1, '受理员', 'AGENT', 1, '{"route": "CERTAIN"}'),
    (1, 3, dispatched, 'dispatch', 'TO_DISPATCH', 'DISPATCHED', NULL, '系统', 'SYSTEM', NULL,
      jsonb_build_object('unit_id', unit_id)),
    (2, 4, signed, 'sign', 'DISPATCHED', 'HANDLING', 7, '经办人', 'UNIT_CLERK', unit_id, NULL),
    (3, 5, contacted, 'contact', 'HANDLING', 'HANDLING', 7, '经办人', 'UNIT_CLERK', unit_id, '{"result": "REACHED"}'),
    (4, 6, replied, 'reply', 'HANDLING', 'REPLIED', 7, '经办人', 'UNIT_CLERK', unit_id, '{"resolution": "RESOLVED"}'),
    (5, 7, accepted, 'accept_reply', 'REPLIED', 'CALLBACK', 5, '审核员', 'REVIEWER', 1, NULL),
    (6, 8, closed, 'record_callback', 'CALLBACK', 'CALLBACK', 6, '回访员', 'CALLBACK', 1, '{"solved": "SOLVED"}'),
    (6, 9, closed, CASE state WHEN 'REWORK' THEN 'rework' ELSE 'close' END, 'CALLBACK', state, 6, '回访员', 'CALLBACK',
      1, NULL)
  ) AS k(stage, sequence, at, kind, before, after, actor, name, role, unit, data) WHERE f.stage >= k.stage
) AS events
"""

HEADS = """
INSERT INTO event_head (ticket_id, sequence, hash)
SELECT id, (ARRAY[2, 3, 4, 5, 6, 7, 9])[1 + stage], sha256(id::text::bytea) FROM bench_fate
"""

REPLIES = """
INSERT INTO reply (assignment_id, ticket_id, round, submitted_at, submitted_by_id, submitted_by, truth, beyond_duty,
  beyond_duty_kind, resolution, internal_account, public_answer, measures, legal_basis, visitors, signed_by, decision,
  decided_at, decided_by, defects, opinion)
SELECT id, id, 1, replied, 7, '经办人', 'TRUE', false, '', 'RESOLVED', repeat('已到现场核查并约谈责任单位。', 5),
  repeat('您反映的问题已经处理完毕，感谢您的监督。', 4), '', '', '', '', CASE WHEN stage >= 5 THEN 'ACCEPTED' END,
  CASE WHEN stage >= 5 THEN accepted END, CASE WHEN stage >= 5 THEN '审核员' ELSE '' END, '{}', ''
  FROM bench_fate WHERE stage >= 4
"""

CONTACTS = """
INSERT INTO contact_log (assignment_id, at, by_id, by_name, result, note)
SELECT id, contacted, 7, '经办人', 'REACHED', '已联系' FROM bench_fate WHERE stage >= 3
"""

RETURNS = """
INSERT INTO application (kind, state, ticket_id, assignment_id, reason_code, basis, filed_at, filed_by_id, filed_by,
  decided_by, opinion)
SELECT 'RETURN', 'FILED', id, id, 'UNCLEAR_DUTY', '三定方案第四条', signed, 7, '经办人', '', ''
  FROM bench_fate WHERE state = 'RETURN_REVIEW'
"""

TASKS = """
INSERT INTO callback_task (id, ticket_id, assignment_id, round, created_at, not_before, due_at, attempts, done_at,
  outcome)
SELECT id, id, id, 1, accepted, accepted, accepted + interval '4 days', CASE stage WHEN 6 THEN 1 ELSE 0 END,
  CASE stage WHEN 6 THEN closed END, CASE WHEN stage = 6 THEN CASE state WHEN 'REWORK' THEN 'DISSATISFIED'
    ELSE 'SATISFIED' END END
  FROM bench_fate WHERE stage >= 5
"""

ATTEMPTS = """
INSERT INTO callback_attempt (task_id, at, by_id, by_name, result, contacted, solved, satisfaction, words)
SELECT id, closed, 6, '回访员', 'ANSWERED', true, 'SOLVED', 'SATISFIED', '' FROM bench_fate WHERE stage = 6
"""

EVALUATIONS = """
INSERT INTO evaluation (ticket_id, assignment_id, unit_id, round, kind, anonymity, need_reply, finished_at, valid,
  contacted, solved, satisfaction, attempts)
SELECT id, id, unit_id, 1, kind, 'OPEN', true, closed, true, h % 20 > 0, CASE WHEN h % 10 > 0 THEN 'SOLVED' ELSE
  'UNSOLVED' END, CASE WHEN h % 12 > 0 THEN 'SATISFIED' ELSE 'DISSATISFIED' END, 1
  FROM bench_fate WHERE stage = 6
"""

TEXTS = """
INSERT INTO ticket_text (ticket_id, category_id, created_at, body)
SELECT id, category_id, created_at, lower(title || ' ' || place || ' ' || content) FROM ticket WHERE id >= %(first)s
"""

#: The longest first, so that two connections end at about the same time.
LOADS = (EVENTS, CLOCKS, TICKETS, ASSIGNMENTS, IDENTITIES, REPLIES, EVALUATIONS, TASKS, ATTEMPTS, CONTACTS, HEADS,
         RETURNS)

MONTHS = "SELECT ensure_month((hotline_now() - make_interval(months => n))::date) FROM generate_series(0, %s) AS n"
SECONDARY = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_class t ON t.oid = i.indrelid
 WHERE t.relname = ANY(%s) AND t.relkind = 'r' AND NOT i.indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
ADVANCE = """
SELECT setval('ticket_id_seq', max(id)), setval('assignment_id_seq', max(id)), setval('callback_task_id_seq', max(id))
  FROM bench_fate
"""
ADVANCE_SERIAL = """
SELECT next_ticket_serial(today), setval('ticket_serial_' || to_char(today, 'YYYYMMDD'),
       (SELECT 1 + count(*) FROM bench_fate WHERE day = to_char(today, 'YYYYMMDD')))
  FROM (SELECT (hotline_now() AT TIME ZONE 'Asia/Shanghai')::date AS today) AS t
"""
KNOWN = "SELECT f.caller, t.id, t.no FROM bench_fate f JOIN ticket t ON t.id = f.id WHERE f.caller < %s"
SEAL = "UPDATE ticket_identity SET caller_key = %s, name = %s, phone = %s, address = %s WHERE ticket_id = %s"


def fill(admin_url: str, tickets: int, first: int = 1, span: int = SPAN_DAYS, *, texts: bool = False) -> None:
    """Fill the city's database up to so many tickets of `span` days, beginning with number `first`.

    Needs a superuser. With `texts` they can be searched.
    """
    numbers = {
        "tickets": tickets, "first": first, "span": span, "open": OPEN_DAYS, "per_caller": TICKETS_PER_CALLER,
        "matters": town.TOPICS * town.MATTERS, "communities": town.STREETS * town.COMMUNITIES, "bureaus": town.BUREAUS,
        "first_matter": town.FIRST_MATTER, "first_community": town.FIRST_COMMUNITY,
        "first_street": town.FIRST_STREET_UNIT, "first_bureau": town.FIRST_BUREAU,
    }
    with psycopg.connect(admin_url, autocommit=True) as admin:
        with place.timed("fates"):
            admin.execute("SET work_mem = '256MB'")
            admin.execute(FATES, numbers)
            admin.execute("ANALYZE bench_fate")
        admin.execute(CHECK_DIGIT)
        admin.execute(MONTHS, [span // 28 + 1])
        with without_indexes(admin, admin_url), place.timed("rows"):
            together(admin_url, LOADS)
            if texts:
                admin.execute(TEXTS, {"first": first})
        admin.execute(ADVANCE)
        admin.execute(ADVANCE_SERIAL)
        _seal_known(admin)
        admin.execute("DROP TABLE bench_fate; DROP FUNCTION bench_check_digit")
        with place.timed("vacuum"):
            together(admin_url, [f"VACUUM ANALYZE {table}" for table in TABLES])
            admin.execute("CHECKPOINT")


@contextmanager
def without_indexes(admin: psycopg.Connection, admin_url: str) -> Iterable[None]:
    """While the block writes, the filled tables have no indexes but their keys; afterwards as before."""
    found = admin.execute(SECONDARY, [list(TABLES)]).fetchall()
    for name, _ in found:
        admin.execute(f"DROP INDEX {name}")
    yield
    with place.timed("indexes"):
        together(admin_url, [definition for _, definition in found])


def together(admin_url: str, statements: Iterable[str]) -> None:
    """Run statements on two connections, each as soon as one is free; no triggers, no waiting for the disk."""

    def run(statement: str) -> None:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            connection.execute("SET maintenance_work_mem = '512MB'")
            connection.execute(statement)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, statements))


def known_phone(caller: int) -> str:
    """The number of a caller below KNOWN_CALLERS."""
    return f"139{caller:08d}"


def _seal_known(admin: psycopg.Connection) -> None:
    """Give some callers identities that open, and the keys their numbers are found by."""
    sealed = box()
    rows = []
    for caller, key, no in admin.execute(KNOWN, [KNOWN_CALLERS]).fetchall():
        phone = f"+86{known_phone(caller)}"
        rows.append((sealed.caller_key(phone), sealed.seal("林小满", f"{no}:name"), sealed.seal(phone, f"{no}:phone"),
                     sealed.seal("幸福路1号", f"{no}:address"), key))
    with admin.cursor() as cursor:
        cursor.executemany(SEAL, rows)


def main() -> None:
    """Fill, and say how long each step took."""
    asked = place.arguments(__doc__, tickets=1_000_000)
    with place.prepared() as environ, place.opened(environ), place.timed("in all"):
        fill(environ[place.ADMIN], asked.tickets)
    place.finish({"tickets": asked.tickets})


if __name__ == "__main__":
    main()
