"""Keeps the facts of every day (`model.fact`): reads what the histories tell, and counts anew the days they touch.

A pass may be run twice, by two at once, and be cut off anywhere. What is marked is counted by a later pass, a day is
replaced as a whole, and a cursor that was not moved only has the same events read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import ARRAY, Date, Select, case, delete, func, insert, literal, or_, select, text, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflows.model.base import db, now, transaction
from workflows.model.fact import FactCursor, FactSpan, FigureFact, IntakeFact
from workflows.model.reference import ZONE
from workflows.read import facts, intake
from workflows.read.periods import Period, runs
from workflows.read.tallies import tallies
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.tallying import LINES, By, good_until

#: Events read in one step, and days counted in one.
EVENTS, DAYS = 20_000, 31
#: A day that changes all the time is counted no more often than this.
REST = timedelta(seconds=60)
#: Seconds a pass takes up new days; the next pass takes up what is left.
LONGEST_PASS = 60.0
#: How far back a day is counted anew each night, whatever the histories tell.
NIGHTLY = timedelta(days=400)
_CITY = {"zone": str(ZONE)}

#: Whether every transaction before a number has ended, and the first that has not begun.
_ENDED = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= :xid")
_NEXT = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
#: Every day since the first of the month of the first ticket, so that every month there is has all its days.
_NEW_DAYS = text("""
INSERT INTO fact_span (first_day, last_day, formula, good_until)
SELECT day, day, '', to_timestamp(0)
  FROM (SELECT date_trunc('month', min(created_at) AT TIME ZONE :zone) AS first FROM ticket) AS t,
       generate_series(first, (hotline_now() AT TIME ZONE :zone)::date, interval '1 day') AS day
    ON CONFLICT DO NOTHING
""")
#: Months that are over and all counted, of which a day was counted since they were added up.
_MONTHS = text("""
SELECT month, (month + interval '1 month - 1 day')::date AS last
  FROM (SELECT date_trunc('month', first_day)::date AS month, max(counted_at) AS counted_at, count(*) AS days
          FROM fact_span WHERE first_day = last_day AND counted_at IS NOT NULL AND formula = :formula
         GROUP BY 1) AS counted
 WHERE days = extract(day FROM month + interval '1 month - 1 day')
   AND month + interval '1 month' <= hotline_now() AT TIME ZONE :zone
   AND NOT EXISTS (SELECT FROM fact_span s WHERE s.first_day = month AND s.last_day > month AND s.formula = :formula
                      AND s.counted_at >= counted.counted_at)
 ORDER BY month
""")


def keep_facts(longest: float = LONGEST_PASS) -> int:
    """Bring the facts up to date, for so many seconds at most. Returns how many days were counted."""
    begun, done = monotonic(), 0
    with _alone():
        db.session.execute(_NEW_DAYS, _CITY)
    while _read_on():
        pass
    while (days := _due()) and (not done or monotonic() - begun < longest):
        for run in runs(days, DAYS):
            _count(run)
        done += len(days)
    for month in _months():
        _add_up(month)
    return done


def forget(period: Period) -> None:
    """Have days counted anew, for a reason no history tells."""
    with _alone() as at:
        _mark(period.days, at)


def forget_lately() -> int:
    """Have the last year counted anew, so that what no history told, a new calendar say, is in it a night later."""
    with _alone() as at:
        today = at.astimezone(ZONE).date()
        _mark(Period(today - NIGHTLY, today).days, at)
    return NIGHTLY.days


@contextmanager
def _alone() -> Iterator[datetime]:
    """A transaction while which no other pass writes, and its moment."""
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('keep_facts'))"))
        yield now()


def _read_on() -> bool:
    """Read the next events and mark the days they touch; whether more can be read at once."""
    with _alone() as at:
        cursor = db.session.get(FactCursor, 1, populate_existing=True)
        last = facts.last_event()
        # after the last event: whoever holds a number up to it and has not ended is older than this
        xid = db.session.scalar(_NEXT)
        if cursor is None:
            # every day is still to be counted; only what is not committed yet could be missed
            db.session.add(FactCursor(one=1, done_id=max(last - EVENTS, 0), safe_id=last, safe_xid=xid, seen_id=last,
                                      read_at=at))
            return last > 0
        if cursor.seen_id < last:
            upto = min(last, cursor.seen_id + EVENTS)
            _mark(facts.touched_days(cursor.seen_id, upto), at)
            cursor.seen_id = upto
            cursor.read_at = at if upto == last else cursor.read_at
            return True
        cursor.read_at = at
        return _read_again(cursor, xid, at)


def _read_again(cursor: FactCursor, xid: int, at: datetime) -> bool:
    """Read what was read, once none can be missing in it any more; whether that can go on."""
    if cursor.done_id < cursor.safe_id:
        if not db.session.scalar(_ENDED, {"xid": cursor.safe_xid}):
            return False
        upto = min(cursor.safe_id, cursor.done_id + EVENTS)
        _mark(facts.touched_days(cursor.done_id, upto), at)
        cursor.done_id = upto
        return True
    cursor.safe_id, cursor.safe_xid = cursor.seen_id, xid
    return cursor.done_id < cursor.safe_id


def _mark(days: Sequence[date], at: datetime) -> None:
    """What is kept of these days, and of the months they are in, may be wrong from now on."""
    if not days:
        return
    day = func.unnest(literal(list(days), ARRAY(Date))).table_valued("day", name="touched").render_derived()
    db.session.execute(
        update(FactSpan).where(
            select(day.c.day).where(day.c.day.between(FactSpan.first_day, FactSpan.last_day)).exists(),
            or_(FactSpan.good_until.is_(None), FactSpan.good_until > at),
        ).values(good_until=at).execution_options(synchronize_session=False)
    )


def _due() -> list[date]:
    """Some days to count, in order; the latest first to come."""
    at, span = now(), FactSpan
    rested = or_(span.counted_at.is_(None), span.counted_at <= at - REST, span.counted_at > at)
    wrong = or_(span.good_until <= at, span.formula != FORMULA_VERSION, span.counted_at > at)
    days = db.session.scalars(
        select(span.first_day).where(span.first_day == span.last_day, wrong, rested)
        .order_by(span.first_day.desc()).limit(DAYS)
    ).all()
    db.session.rollback()  # no transaction stays open between two steps
    return sorted(days)


def _count(run: Period) -> None:
    """Replace what is kept of some days by what their tickets say."""
    with _alone() as at:
        fact, came = FigureFact, IntakeFact
        db.session.execute(delete(fact).where(fact.first_day.between(run.first, run.last),
                                              fact.first_day == fact.last_day))
        db.session.execute(delete(came).where(came.day.between(run.first, run.last)))
        for tally in tallies(LINES, run, lambda _: true(), by_day=True):
            rows = tally.subquery()
            db.session.execute(insert(fact).from_select(
                ["first_day", "last_day", "line", "unit_id", "denominator", "numerator"],
                select(rows.c.day, rows.c.day, rows.c.line, rows.c.unit_id, rows.c.denominator, rows.c.numerator),
            ))
        db.session.execute(insert(came).from_select(["day", "by", "value", "unit_id", "count"], _came(run)))
        db.session.execute(update(FactSpan), [
            {"first_day": day, "last_day": day, "formula": FORMULA_VERSION, "counted_at": at,
             "good_until": good_until(Period(day, day).start, at)}
            for day in run.days
        ])


def _came(run: Period) -> Select[Any]:
    came = intake.arrivals(run).subquery("came")
    by = [came.c[str(one)] for one in By]
    sets = func.grouping_sets(*(tuple_(came.c.day, came.c.unit_id, column) for column in by))
    which = case(*((func.grouping(column) == 0, str(one)) for one, column in zip(By, by, strict=True)))
    return select(came.c.day, which, func.coalesce(*by), came.c.unit_id, func.count()).group_by(sets)


def _months() -> list[Period]:
    months = [Period(*row) for row in db.session.execute(_MONTHS, {"formula": FORMULA_VERSION, **_CITY})]
    db.session.rollback()
    return months


def _add_up(month: Period) -> None:
    """Replace what is kept of a month by the sums of its days."""
    with _alone() as at:
        fact, span = FigureFact, FactSpan
        db.session.execute(delete(fact).where(fact.first_day == month.first, fact.last_day == month.last))
        added = select(
            literal(month.first, Date), literal(month.last, Date), fact.line, fact.unit_id, func.sum(fact.denominator),
            func.sum(fact.numerator),
        ).where(fact.first_day == fact.last_day, fact.first_day.between(month.first, month.last))
        db.session.execute(insert(fact).from_select(
            ["first_day", "last_day", "line", "unit_id", "denominator", "numerator"],
            added.group_by(fact.line, fact.unit_id),
        ))
        good = db.session.scalar(select(func.min(span.good_until)).where(
            span.first_day == span.last_day, span.first_day.between(month.first, month.last)))
        said = {"formula": FORMULA_VERSION, "counted_at": at, "good_until": good}
        db.session.execute(
            upsert(span).values(first_day=month.first, last_day=month.last, **said)
            .on_conflict_do_update(index_elements=[span.first_day, span.last_day], set_=said)
        )
