"""Judging running clocks anew on purpose: by the days as they are now, or by the limits as they are now.

A job with visible progress (`workflows.engine.long_work`). It is tried first: a dry run lists what would move and
writes nothing on any ticket. Each clock that moves is an event of its ticket and a line of the clock's account, old
and new due beside each other. A clock that already expired is left alone. Run twice, nothing moves the second time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from workflows.administer.books import RULE_SETTERS, SETTERS
from workflows.engine import Work, long_work, note_event, work
from workflows.engine.clocks import DUE_CLOCKS, limit_for, set_due, stage_for
from workflows.engine.long_work import Claim, JobState, Stopped
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.base import db, now, transaction
from workflows.model.clock import JUDGED_BY, Clock, ClockSegment, segment_of
from workflows.model.feedback import CallbackTask
from workflows.model.reference import ZONE
from workflows.model.ticket import Assignment, Ticket
from workflows.model.work import DueMove, Job
from workflows.rules import accounting, calendar
from workflows.rules.accounting import Segment, SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.limits import INNER_CLOCKS, ClockCode, Limit, limit_text
from workflows.rules.roles import Actor

KIND = "recount"
BATCH = 500


@dataclass(frozen=True)
class Judged:
    """A clock as it would be: its due, and the rule it is judged by."""

    due: datetime
    original: datetime
    rule: dict[str, Any]
    reason: SegmentReason


def order_days(actor: Actor, *, first: date, last: date) -> int:
    """Order a dry run for the clocks that span one of these days. Returns the job's key."""
    if last < first:
        raise Invalid(fields={"last": ["period_backwards"]})
    return _order(actor, SETTERS, {"first": first.isoformat(), "last": last.isoformat()})


def order_limits(actor: Actor, *, code: ClockCode | None = None, rule_id: int | None = None) -> int:
    """Order a dry run for the clocks judged by a rule, or of a step, or all. Returns the job's key."""
    return _order(actor, RULE_SETTERS, {"code": str(code) if code else None, "rule_id": rule_id})


def _order(actor: Actor, roles: frozenset[Any], params: dict[str, Any]) -> int:
    if not actor.has(roles):
        raise NotAllowed("role_may_not_administer")
    with transaction():
        job = Job(kind=KIND, state=JobState.QUEUED, params={**params, "dry": True}, created_at=now(),
                  created_by_id=actor.user_id)
        db.session.add(job)
        db.session.flush()  # gives the job its key
        return job.id


def begin(job_id: int, actor: Actor) -> None:
    """After the dry run: do it. Raises NotNow in any other state; a run that was stopped or failed goes on."""
    with transaction():
        job = _locked(job_id, actor)
        if job.state not in {JobState.CHECKED, JobState.CANCELLED, JobState.FAILED}:
            raise NotNow("job_wrong_state")
        if job.params["dry"]:
            db.session.execute(delete(DueMove).where(DueMove.job_id == job.id))
            job.done, job.total = 0, None
            job.params = {**job.params, "after": 0, "report": {}}
        job.params = {**job.params, "dry": job.state != JobState.CHECKED and job.params["dry"], "starts": 0}
        job.state, job.cancel_requested_at, job.finished_at = JobState.QUEUED, None, None


def cancel(job_id: int, actor: Actor) -> None:
    """Stop a run after its present batch. What moved stays moved."""
    with transaction():
        job = _locked(job_id, actor)
        if job.state not in long_work.UNDER_WAY:
            raise NotNow("job_wrong_state")
        long_work.ask_to_stop(job, now())


def _locked(job_id: int, actor: Actor) -> Job:
    find(job_id, actor)
    return db.session.get(Job, job_id, populate_existing=True, with_for_update=True)


def find(job_id: int, actor: Actor) -> Job:
    """A job as it stands. Raises Unknown, and NotAllowed where the actor could not have ordered it."""
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None or job.kind != KIND:
        raise Unknown("setting_unknown")
    if not actor.has(SETTERS if "first" in job.params else RULE_SETTERS):
        raise NotAllowed("role_may_not_administer")
    return job


def listed() -> Any:
    """The statement that lists such jobs."""
    return select(Job).where(Job.kind == KIND)


def moves(job_id: int, *, beyond: int = 0, most: int = 50) -> Sequence[Any]:
    """What moved, or in a dry run would: clock, ticket number, step, unit, old and new due; behind a clock's key."""
    return db.session.execute(
        select(DueMove.clock_id, Ticket.no, Clock.code, Clock.unit_id, DueMove.due_before, DueMove.due_after)
        .join(Clock, Clock.id == DueMove.clock_id).join(Ticket, Ticket.id == Clock.ticket_id)
        .where(DueMove.job_id == job_id, DueMove.clock_id > beyond).order_by(DueMove.clock_id).limit(most)
    ).all()


def start_waiting(batches: int) -> int:
    """Take up jobs nobody works at, each for so many batches. Returns how many."""
    return sum(run(job_id, batches) for job_id in long_work.waiting(KIND))


def run(job_id: int, batches: int | None = None) -> bool:
    """Work at a job until it ends, or for so many batches. False where another worker has it or it is over."""
    held = long_work.claim(KIND, job_id, crashed="job_crashed")
    if held is None:
        return False
    try:
        if held.total is None:
            long_work.measured(held, running_clocks(held.params))
        finished = _work(held, batches)
    except Stopped:
        long_work.end(held, JobState.CANCELLED)
    else:
        long_work.end(held, long_work.ended(held, finished))
    return True


def running_clocks(params: dict[str, Any]) -> int:
    """How many clocks such a job looks at."""
    return db.session.scalar(select(func.count()).select_from(Clock).where(*_touched(params))) or 0


def _work(held: Claim, batches: int | None) -> bool:
    """The rest of the clocks, or the next so many batches of them. Returns whether nothing is left."""
    while batches is None or batches > 0:
        with work(held.actor) as doing:
            if not _batch(doing, held):
                return True
        batches = None if batches is None else batches - 1
    return False


def _touched(params: dict[str, Any]) -> Sequence[ColumnElement[bool]]:
    """Running, not yet expired, and spanning one of the days, or judged by one of the rules.

    What is due inside another task's time stays as it was laid there.
    """
    found = [Clock.stopped_at.is_(None), Clock.fired_at.is_(None), Clock.due_at.is_not(None),
             Clock.code.not_in([str(code) for code in INNER_CLOCKS])]
    if "first" in params:
        first, last = (date.fromisoformat(params[name]) for name in ("first", "last"))
        found += [Clock.started_at < _midnight(last + timedelta(days=1)), Clock.due_at > _midnight(first)]
    if params.get("code"):
        found.append(Clock.code == params["code"])
    if params.get("rule_id"):
        found.append(JUDGED_BY.in_([str(params["rule_id"])]))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE)


def _batch(doing: Work, held: Claim) -> int:
    """Judge the next clocks anew, with how far the job is. Returns how many there were."""
    touched = _touched(held.params)
    nearest = db.session.execute(
        select(Clock.id, Clock.ticket_id).where(Clock.id > held.params.get("after", 0), *touched)
        .order_by(Clock.id).limit(BATCH)
    ).all()
    if not nearest:
        return 0
    tickets = _locked_tickets({ticket_id for _, ticket_id in nearest}, dry=held.dry)
    clocks = db.session.scalars(
        select(Clock).where(Clock.id.in_([clock_id for clock_id, _ in nearest]), *touched).order_by(Clock.id),
        execution_options={"populate_existing": True},
    ).all()
    added = _segments([clock.id for clock in clocks])
    report = Counter(held.params.get("report", {}))
    for clock in clocks:
        report += _judge_anew(doing, held, tickets[clock.ticket_id], clock, added[clock.id])
    long_work.progress(held, doing.at, done=len(nearest), after=nearest[-1].id, report=dict(report))
    return len(nearest)


def _locked_tickets(keys: set[int], *, dry: bool) -> dict[int, Ticket]:
    """The tickets, locked as a move would lock them; for a dry run only read."""
    found = select(Ticket).where(Ticket.id.in_(keys)).order_by(Ticket.id).execution_options(populate_existing=True)
    return {t.id: t for t in db.session.scalars(found if dry else found.with_for_update(of=Ticket))}


def _segments(clock_ids: Sequence[int]) -> dict[int, list[Segment]]:
    """What was added to each clock, in order."""
    found: dict[int, list[Segment]] = defaultdict(list)
    rows = db.session.scalars(
        select(ClockSegment).where(ClockSegment.clock_id.in_(clock_ids)).order_by(ClockSegment.id)
    )
    for row in rows:
        found[row.clock_id].append(segment_of(row))
    return found


def _judge_anew(
    doing: Work, held: Claim, ticket: Ticket, clock: Clock, segments: Sequence[Segment]
) -> Counter[str]:
    """One clock. Returns what it adds to the job's report."""
    made = _judged(doing, held, ticket, clock, segments)
    if made.due == clock.due_at and made.rule.get("rule_id") == clock.rule.get("rule_id"):
        return Counter()
    db.session.execute(
        insert(DueMove).values(job_id=held.job_id, clock_id=clock.id, due_before=clock.due_at, due_after=made.due)
        .on_conflict_do_nothing()
    )
    report = Counter({"moved": 1, "later" if made.due > clock.due_at else "earlier": int(made.due != clock.due_at),
                      "overdue": int(made.due <= doing.at)})
    if not held.dry:
        _move(doing, ticket, clock, made)
    return report


def _judged(doing: Work, held: Claim, ticket: Ticket, clock: Clock, segments: Sequence[Segment]) -> Judged:
    days = doing.ref.calendars[clock.calendar_id]
    rule, reason = clock.rule, SegmentReason.CALENDAR_CHANGED
    if "first" not in held.params:
        limit, reason = _limit_now(doing, ticket, clock), SegmentReason.RULE_CHANGED
        if limit is not None and limit.id != rule.get("rule_id"):
            rule = limit_text(limit, days) | {"first": rule.get("first") or rule}
    basis, amount = Basis(rule["basis"]), rule["amount"]
    due = accounting.due_of(days, clock.started_at, basis, amount, segments)
    original = calendar.due(days, clock.started_at, basis, amount)
    return Judged(due, original, rule | {"calendar_version": days.version}, reason)


def _limit_now(doing: Work, ticket: Ticket, clock: Clock) -> Limit | None:
    """The limit a clock would start by today; None for a stage there no longer is, which runs out as it began."""
    if clock.code == ClockCode.STAGE:
        return stage_for(doing, ticket, clock.unit_id, clock.round)
    return limit_for(doing, ticket, ClockCode(clock.code), clock.unit_id)


def _move(doing: Work, ticket: Ticket, clock: Clock, made: Judged) -> None:
    """Give the clock its new rule and due, and say so where it is looked for."""
    days, before = doing.ref.calendars[clock.calendar_id], clock.due_at
    basis, changed = Basis(made.rule["basis"]), made.reason is SegmentReason.RULE_CHANGED
    clock.rule, clock.due_original = made.rule, made.original
    set_due(doing, clock, made.due)
    db.session.add(ClockSegment(
        clock_id=clock.id, kind=str(SegmentKind.RECOMPUTED), reason=str(made.reason), at=doing.at,
        by_name=doing.actor.name, due_before=before, due_after=made.due, calendar_version=days.version,
        amount=made.rule["amount"] if changed else None, basis=str(basis) if changed else None,
    ))
    note_event(doing, ticket, "recomputed", before=ticket.state,
               data={"clock": clock.code, "due_before": before.isoformat(), "due_at": made.due.isoformat()})
    _follow(clock)


def _follow(clock: Clock) -> None:
    """Carry the new due to where lists find it."""
    if clock.code in DUE_CLOCKS and clock.assignment_id is not None:
        db.session.execute(
            update(Assignment).where(Assignment.id == clock.assignment_id)
            .values(due_original=clock.due_original, due_at=clock.due_at, warn_at=clock.warn_at)
        )
    if clock.code == ClockCode.CALLBACK:
        db.session.execute(
            update(CallbackTask).where(CallbackTask.ticket_id == clock.ticket_id, CallbackTask.done_at.is_(None))
            .values(due_at=clock.due_at)
        )
