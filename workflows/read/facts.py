"""What is kept of every day (`model.fact`): which of it may be shown, and what it adds up to.

The job that keeps it (`workflows.facts`) is seconds behind the histories. A day whose facts may have been wrong for
longer than `GRACE` is counted from its tickets instead, and so is every such day where the answer is to be exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from sqlalchemy import ARRAY, BigInteger, Date, Row, Select, bindparam, cast, func, literal, select, text

from workflows.model.base import db, now
from workflows.model.fact import FactCursor, FactSpan, FigureFact, IntakeFact
from workflows.model.reference import ZONE
from workflows.read.periods import LONGEST, Period, runs
from workflows.rules.indicators import CAME_BACK, FORMULA_VERSION
from workflows.rules.roles import Actor
from workflows.rules.tallying import GRACE, By, Line
from workflows.scope import counted_for

#: Every day on which something is counted of the tickets some events are about, was counted before them, or is counted
#: of another ticket because of these: an earlier one of the same caller (came back), one merged with it (the mean).
TOUCHED = text("""
WITH told AS (SELECT DISTINCT ticket_id AS id FROM ticket_event WHERE id > :after AND id <= :upto),
touched AS (SELECT t.id, t.created_at, t.closed_at, t.master_id FROM told JOIN ticket t USING (id)),
moments (at) AS (
  SELECT created_at FROM touched UNION ALL SELECT closed_at FROM touched
  UNION ALL SELECT e.at FROM touched t JOIN LATERAL (
    SELECT at FROM ticket_event WHERE ticket_id = t.id AND at >= t.created_at - interval '1 day') e ON true
  UNION ALL SELECT unnest(ARRAY[a.dispatched_at, a.replied_at]) FROM touched t JOIN assignment a ON a.ticket_id = t.id
  UNION ALL SELECT c.due_at FROM touched t JOIN clock c ON c.ticket_id = t.id
  UNION ALL SELECT unnest(ARRAY[s.due_before, s.due_after]) FROM touched t JOIN clock c ON c.ticket_id = t.id
              JOIN clock_segment s ON s.clock_id = c.id
  UNION ALL SELECT k.created_at FROM touched t JOIN callback_task k ON k.ticket_id = t.id
  UNION ALL SELECT e.finished_at FROM touched t JOIN evaluation e ON e.ticket_id = t.id
  UNION ALL SELECT e.finished_at FROM touched t JOIN evaluation e ON e.master_id IN (t.master_id, t.id)
  UNION ALL SELECT o.issued_at FROM touched t JOIN supervision_order o ON o.ticket_id = t.id
  UNION ALL SELECT s.granted_at FROM touched t JOIN suspension s ON s.ticket_id = t.id
  UNION ALL SELECT w.checked_at FROM touched t JOIN withdrawal w ON w.ticket_id = t.id
  UNION ALL SELECT unnest(ARRAY[o.created_at, o.closed_at]) FROM touched t
              JOIN ticket_identity mine ON mine.ticket_id = t.id
              JOIN ticket_identity theirs ON theirs.caller_key = mine.caller_key
              JOIN ticket o ON o.id = theirs.ticket_id
             WHERE greatest(o.created_at, o.closed_at) >= t.created_at - CAST(:came_back AS interval)
)
SELECT DISTINCT (at AT TIME ZONE :zone)::date AS day FROM moments WHERE at IS NOT NULL ORDER BY day
""").columns(day=Date)


_ONE = FactCursor.one == 1


@dataclass(frozen=True)
class Kept:
    """Spans of a period whose facts are used: no two share a day."""

    months: tuple[Period, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def spans(self) -> tuple[Period, ...]:
        """All of them."""
        return (*self.months, *(Period(day, day) for day in self.days))


def kept_of(period: Period, *, exact: bool = False, whole_months: bool = True) -> tuple[Kept, list[Period]]:
    """What of a period is kept, and the days of it that have to be counted."""
    at = now()
    read_at = db.session.scalar(select(FactCursor.read_at).where(_ONE))
    if read_at is None or (not exact and abs(at - read_at) > GRACE):
        return Kept(), [period]
    good = _trusted(period, at if exact else at - GRACE)
    if exact:
        touched = touched_days(db.session.scalar(select(FactCursor.done_id).where(_ONE)), last_event())
        good = [span for span in good if not any(span.first <= day <= span.last for day in touched)]
    months = tuple(span for span in good if span.first < span.last) if whole_months else ()
    in_months = set(chain.from_iterable(month.days for month in months))
    days = tuple(span.first for span in good if span.first == span.last and span.first not in in_months)
    have = in_months.union(days)
    return Kept(months, days), runs([day for day in period.days if day not in have], LONGEST.days)


def _trusted(period: Period, at: datetime) -> list[Period]:
    span = FactSpan
    rows = db.session.execute(select(span.first_day, span.last_day).where(
        span.first_day >= period.first, span.last_day <= period.last, span.formula == FORMULA_VERSION,
        span.counted_at.is_not(None), (span.good_until > at) | span.good_until.is_(None),
    ).order_by(span.first_day, span.last_day))
    return [Period(*row) for row in rows]


def as_of(period: Period) -> datetime:
    """Until when everything that happened is in the figures of a period that are shown now."""
    at = now()
    kept, _ = kept_of(period)
    if not kept.spans:
        return at
    span = FactSpan
    first = db.session.scalar(select(func.min(span.good_until)).where(
        span.first_day >= period.first, span.last_day <= period.last, span.good_until > at - GRACE))
    read_at = db.session.scalar(select(FactCursor.read_at).where(_ONE)) or at
    return min(at, read_at, first or at)


def touched_days(after: int, upto: int) -> list[date]:
    """The days whose figures the events above one number, up to another, may have changed."""
    if upto <= after:
        return []
    said = {"after": after, "upto": upto, "zone": str(ZONE), "came_back": CAME_BACK}
    return list(db.session.scalars(TOUCHED, said))


def last_event() -> int:
    """The highest number of an event; 0 before there is one."""
    return db.session.scalar(text("SELECT coalesce(max(id), 0) FROM ticket_event"))


def sums(kept: Kept, lines: Iterable[Line], actor: Actor) -> Sequence[Row]:
    """(line, unit_id, denominator, numerator) of the spans together, for these eyes."""
    if not kept.spans:
        return []
    fact = FigureFact
    spans = func.unnest(
        bindparam("firsts", [span.first for span in kept.spans], ARRAY(Date)),
        bindparam("lasts", [span.last for span in kept.spans], ARRAY(Date)),
    ).table_valued("first", "last", name="span").render_derived()
    return db.session.execute(
        select(fact.line, fact.unit_id, cast(func.sum(fact.denominator), BigInteger), func.sum(fact.numerator))
        .join(spans, (fact.first_day == spans.c.first) & (fact.last_day == spans.c.last))
        .where(fact.line.in_([str(line) for line in lines]), counted_for(actor, fact.unit_id))
        .group_by(fact.line, fact.unit_id)
    ).all()


def arrivals(days: Sequence[date], actor: Actor) -> Sequence[Row]:
    """(by, value, how many) of the requests of these days, for these eyes."""
    fact = IntakeFact
    return _of_days(select(fact.by, fact.value, func.sum(fact.count)).group_by(fact.by, fact.value), days, actor)


def arrivals_by_day(days: Sequence[date], actor: Actor) -> Sequence[Row]:
    """(day, how many) of the requests of these days, for these eyes."""
    fact = IntakeFact
    one = select(fact.day, func.sum(fact.count)).where(fact.by == str(By.CHANNEL)).group_by(fact.day)
    return _of_days(one, days, actor)


def matters_by_day(days: Sequence[date], actor: Actor) -> Sequence[Row]:
    """(day, matter, how many) of the requests of these days, for these eyes."""
    fact = IntakeFact
    each = select(fact.day, fact.value, func.sum(fact.count)).where(fact.by == str(By.MATTER))
    return _of_days(each.group_by(fact.day, fact.value), days, actor)


def _of_days(asked: Select, days: Sequence[date], actor: Actor) -> Sequence[Row]:
    if not days:
        return []
    fact = IntakeFact
    among = fact.day == func.any(literal(list(days), ARRAY(Date)))
    return db.session.execute(asked.where(among, counted_for(actor, fact.unit_id))).all()
