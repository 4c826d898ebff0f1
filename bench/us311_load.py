"""Requests of two American cities as tickets of ours, by set-based SQL.

What a file says becomes ours: its offices units, its matters categories, a request a ticket its office handled. What it
does not say is as short as the lifecycle allows: dispatched, signed for and rung when it was opened, answered, accepted
and closed when it was closed. Nobody called. Local times are taken as they stand, as wall times of the hotline's zone.
As in `bench.fill`, the hashes of the histories are made up.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import psycopg
from sqlalchemy import func, insert, select

from bench import fill, place, town
from bench.us311_recount import BOSTON, LONGER, NEW_YORK, open_file
from workflows.model.base import db, transaction
from workflows.model.directory import Category, Unit
from workflows.model.reference import ZONE, reference
from workflows.model.settings import LimitRule
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import Kind, UnitKind, Urgency

#: New York's file knows days only: opened when the offices open, closed before they close.
OPENS, CLOSES = time(9), time(17)
UNNAMED = "未注明"


@dataclass(frozen=True)
class Request:
    """A request as its file has it. Without `due` where the file names none."""

    key: str
    office: str
    matter: str
    opened: datetime
    due: datetime | None
    closed: datetime | None


def new_york(folder: Path, every: int = 1) -> list[Request]:
    """Every so many-th request of New York, in the order of the file."""
    with open_file(folder / NEW_YORK) as lines:
        return [
            Request(row["unique_key"], row["account"], row["complaint_type"] or UNNAMED,
                    _at(row["opendate"], OPENS), None, _at(row["closedate"], CLOSES))
            for row in list(csv.DictReader(lines))[::every]
        ]


def boston(folder: Path, every: int = 1) -> list[Request]:
    """Every so many-th case of Boston, in the order of the file."""
    with open_file(folder / BOSTON) as lines:
        return [
            Request(row["case_enquiry_id"], row["department"] or UNNAMED, row["type"] or UNNAMED, _at(row["open_dt"]),
                    _at(row["target_dt"]), _at(row["closed_dt"]))
            for row in list(csv.DictReader(lines))[::every]
        ]


def _at(written: str, hour: time | None = None) -> datetime | None:
    if not written:
        return None
    moment = datetime.fromisoformat(written).replace(tzinfo=ZONE)
    return moment if hour is None else datetime.combine(moment.date(), hour, ZONE)


def last_day(requests: Iterable[Request]) -> date:
    """The last day on which anything was opened or closed."""
    return max(at.date() for one in requests for at in (one.opened, one.closed) if at is not None)


STAGED = """
CREATE UNLOGGED TABLE bench_request (id bigint, key text, unit_id bigint, category_id bigint, opened timestamptz,
  due timestamptz, closed timestamptz, seen timestamptz)
"""
COPY = "COPY bench_request FROM STDIN"
NUMBERED = """
CREATE UNLOGGED TABLE bench_fate AS
SELECT *, day || '01' || lpad(row_number() OVER (PARTITION BY day ORDER BY id)::text, 6, '0') AS body
  FROM (SELECT *, to_char(opened AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') AS day FROM bench_request) AS dated
"""
MONTHS = """
SELECT ensure_month(month::date)
  FROM generate_series((SELECT date_trunc('month', min(opened) - interval '1 day') FROM bench_request),
                       (SELECT max(seen) FROM bench_request), interval '1 month') AS month
"""

TICKETS = """
INSERT INTO ticket (id, no, query_code_hash, state, version, channel, channel_ref, caller_type, enterprise_name, kind,
  category_id, place, title, content, urgency, anonymity, need_reply, created_at, created_by_id, submitted_at,
  closed_at, changed_at, lead_assignment_id, lead_unit_id, round, hops, return_count, urge_count, send_back_count,
  direct_answer, reject_route, close_type, answer_way, answer_at)
SELECT id, body || bench_check_digit(body), sha256(body::bytea), CASE WHEN closed IS NULL THEN 'HANDLING' ELSE 'CLOSED'
  END, CASE WHEN closed IS NULL THEN 4 ELSE 7 END, 'IMPORT', key, 'PERSON', '', 'HELP', category_id, '', key, '',
  'NORMAL', 'OPEN', true, opened, 1, opened, closed, coalesce(closed, opened), id, unit_id, 1, 1, 0, 0, 0, '', '',
  CASE WHEN closed IS NOT NULL THEN 'SOLVED' END, CASE WHEN closed IS NOT NULL THEN 'CALL' END, closed
  FROM bench_fate
"""
IDENTITIES = """
INSERT INTO ticket_identity (ticket_id, masked_name, masked_phone, masked_address)
SELECT id, '', '', '' FROM bench_fate
"""
ASSIGNMENTS = """
INSERT INTO assignment (id, ticket_id, unit_id, role, state, round, level, dispatched_at, dispatch_note,
  override_reason, signed_at, auto_signed, contacted_at, replied_at, accepted_at, ended_at, due_original, due_at,
  warn_at, final_designation, return_count)
SELECT id, id, unit_id, 'LEAD', CASE WHEN closed IS NULL THEN 'WORKING' ELSE 'DONE' END, 1, 1, opened, '', '', opened,
  false, opened, closed, closed, closed, due, due, due, false, 0
  FROM bench_fate
"""
#: The caller's clock, which only measures, and the unit's; those of steps that took no time are left out.
CLOCKS = """
INSERT INTO clock (ticket_id, assignment_id, code, round, unit_id, role, rule, calendar_id, started_at, warn_at,
  due_original, due_at, next_at, fired_at, late_seconds, stopped_at, void)
SELECT id, assignment_id, code, 1, unit, role, jsonb_build_object('code', code), (SELECT id FROM work_calendar
    WHERE is_default), opened, due, due, due, CASE WHEN closed IS NULL AND due > seen THEN due END,
  CASE WHEN due <= coalesce(closed, seen) THEN due END, CASE WHEN due <= coalesce(closed, seen) THEN 0 END, closed,
  false
FROM (
  SELECT f.id, f.opened, f.closed, f.seen, k.* FROM bench_fate f CROSS JOIN LATERAL (VALUES
    ('TOTAL', NULL::bigint, NULL::bigint, 'SYSTEM', NULL::timestamptz),
    ('HANDLING', f.id, f.unit_id, 'UNIT_CLERK', f.due)
  ) AS k(code, assignment_id, unit, role, due)
) AS clocks
"""
EVENTS = """
INSERT INTO ticket_event (at, ticket_id, assignment_id, kind, from_state, to_state, actor_id, actor_name, actor_role,
  actor_unit_id, note, sequence, hash)
SELECT at, id, CASE WHEN sequence > 2 THEN id END, kind, before, after, NULL, '系统', 'SYSTEM', NULL, '', sequence,
  sha256((id || kind)::bytea)
FROM (
  SELECT f.id, k.* FROM bench_fate f CROSS JOIN LATERAL (VALUES
    (1, opened, 'create', NULL, 'DRAFT'), (2, opened, 'submit', 'DRAFT', 'TO_DISPATCH'),
    (3, opened, 'dispatch', 'TO_DISPATCH', 'DISPATCHED'), (4, opened, 'sign', 'DISPATCHED', 'HANDLING'),
    (5, closed, 'reply', 'HANDLING', 'REPLIED'), (6, closed, 'accept_reply', 'REPLIED', 'CALLBACK'),
    (7, closed, 'close', 'CALLBACK', 'CLOSED')
  ) AS k(sequence, at, kind, before, after) WHERE k.at IS NOT NULL
) AS events
"""
HEADS = """
INSERT INTO event_head (ticket_id, sequence, hash)
SELECT id, CASE WHEN closed IS NULL THEN 4 ELSE 7 END, sha256(id::text::bytea) FROM bench_fate
"""
LOADS = (EVENTS, CLOCKS, TICKETS, ASSIGNMENTS, IDENTITIES, HEADS)


def load(admin_url: str, requests: Iterable[Request], seen: datetime, *, limited: bool) -> int:
    """Put the requests in the place of whatever tickets there are, as they stood at a moment. Needs a superuser.

    What was opened later is not there, what was closed later was open. `limited`: they are due by the product's limits
    and calendar, not by their file. Returns how many there are.
    """
    with place.timed("read and given dues"):
        rows = list(_rows([one for one in requests if one.opened < seen], seen, limited))
    db.session.rollback()
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"TRUNCATE {', '.join(fill.TABLES)} CASCADE")
        admin.execute(STAGED)
        with place.timed("copied"), admin.cursor() as cursor, cursor.copy(COPY) as copy:
            for row in rows:
                copy.write_row(row)
        admin.execute(MONTHS)
        admin.execute(fill.CHECK_DIGIT)
        admin.execute(NUMBERED)
        with fill.without_indexes(admin, admin_url), place.timed("rows"):
            fill.together(admin_url, LOADS)
        admin.execute("DROP TABLE bench_request, bench_fate; DROP FUNCTION bench_check_digit")
        fill.together(admin_url, [f"VACUUM ANALYZE {table}" for table in fill.TABLES])
    return len(rows)


def _rows(requests: list[Request], seen: datetime, limited: bool) -> Iterator[tuple]:
    units, matters = _offices(requests), _matters(requests)
    promised = _promises() if limited else lambda one, *_: one.due
    for number, one in enumerate(requests, start=1):
        unit_id, category_id = units[one.office], matters[one.matter]
        closed = one.closed if one.closed and one.closed < seen else None
        yield number, one.key, unit_id, category_id, one.opened, promised(one, unit_id, category_id), closed, seen


def _promises() -> Callable[[Request, int, int], datetime]:
    """When a request of a unit in a matter is due, by the limits and the calendar as they are."""
    ref, known = reference(), {}

    def promised(one: Request, unit_id: int, category_id: int) -> datetime:
        asked = (one.opened, unit_id, category_id)
        if asked not in known:
            limit = ref.limits.select(
                code=ClockCode.HANDLING, kind=Kind.HELP, category_path=ref.categories[category_id].path,
                urgency=Urgency.NORMAL, unit_id=unit_id, enterprise=False, on=one.opened.date(),
            )
            known[asked] = calendar.due(ref.calendar_of(unit_id)[1], one.opened, limit.basis, limit.amount)
        return known[asked]

    return promised


def _offices(requests: Iterable[Request]) -> dict[str, int]:
    """The units of the offices named; those not yet there are founded."""
    known = dict(db.session.execute(select(Unit.name, Unit.id).where(Unit.code.like("311-%"))).all())
    first = db.session.scalar(select(func.max(Unit.id))) + 1
    new = {name: first + n for n, name in enumerate(sorted({one.office for one in requests} - known.keys()))}
    rows = [{"id": key, "code": f"311-{key}", "name": name, "short_name": name[:40], "kind": str(UnitKind.BUREAU),
             "path": f"/{key}/", "area_id": 1, "active_from": town.FOUNDED} for name, key in new.items()]
    _found(Unit, rows)
    return known | new


def _matters(requests: Iterable[Request]) -> dict[str, int]:
    """The categories of the matters named; those not yet there are founded, with the limits they have."""
    known = dict(db.session.execute(select(Category.name, Category.id).where(Category.code.like("311-%"))).all())
    first = db.session.scalar(select(func.max(Category.id))) + 1
    new = {name: first + n for n, name in enumerate(sorted({one.matter for one in requests} - known.keys()))}
    _found(Category, [{"id": key, "code": f"311-{key}", "name": name, "level": 1, "path": f"/{key}/"}
                      for name, key in new.items()])
    _found(LimitRule, [{"code": str(ClockCode.HANDLING), "amount": LONGER[name], "basis": str(Basis.WD),
                        "category_id": key, "source": "测试", "valid_from": date(2000, 1, 1)}
                       for name, key in new.items() if name in LONGER])
    return known | new


def _found(model: type, rows: list[dict]) -> None:
    db.session.rollback()
    if rows:
        with transaction():
            db.session.execute(insert(model), rows)
