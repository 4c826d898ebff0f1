"""Starting and stopping clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select, true, update

from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.rows import new
from workflows.model.ticket import Assignment, Ticket
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.escalation import Level, Window, ahead
from workflows.rules.guards import wants_callback
from workflows.rules.limits import EXTENSIONS, INNER_CLOCKS, ClockCode, Limit, limit_text
from workflows.rules.roles import Role
from workflows.rules.states import AssignmentRole

#: Who must act before the clock runs out.
ACTS = {
    ClockCode.TOTAL: Role.SYSTEM,
    ClockCode.DISPATCH: Role.DISPATCHER,
    ClockCode.SIGN: Role.UNIT_CLERK,
    ClockCode.CONTACT: Role.UNIT_CLERK,
    ClockCode.HANDLING: Role.UNIT_CLERK,
    ClockCode.REWORK: Role.UNIT_CLERK,
    ClockCode.RETURN_DECISION: Role.DISPATCHER,
    ClockCode.EXTENSION: Role.SUPERVISOR,
    ClockCode.REVIEW: Role.REVIEWER,
    ClockCode.CALLBACK: Role.CALLBACK,
    ClockCode.SUPERVISION: Role.UNIT_LEAD,
    ClockCode.STAGE: Role.UNIT_CLERK,
    ClockCode.CONFERENCE: Role.DISPATCHER,
    ClockCode.PART_SIGN: Role.UNIT_CLERK,
    ClockCode.CO: Role.UNIT_CLERK,
    ClockCode.SUB: Role.UNIT_CLERK,
    ClockCode.SUSPENSION: Role.UNIT_LEAD,
    ClockCode.ADMISSION: Role.SHIFT_LEAD,
    ClockCode.SIGNOFF: Role.UNIT_LEAD,
    ClockCode.CONSENT: Role.UNIT_LEAD,
    ClockCode.APPROVAL: Role.SUPERVISOR,
    ClockCode.RISK: Role.SHIFT_LEAD,
    ClockCode.PETITION: Role.SUPERVISOR,
}
UNIT_CLOCKS = frozenset(
    {ClockCode.SIGN, ClockCode.CONTACT, ClockCode.HANDLING, ClockCode.REWORK, ClockCode.SUPERVISION,
     ClockCode.STAGE, ClockCode.PART_SIGN, ClockCode.SUSPENSION, ClockCode.SIGNOFF, ClockCode.CONSENT,
     *INNER_CLOCKS}
)
#: Clocks whose due date is the lead assignment's due date.
DUE_CLOCKS = frozenset({ClockCode.HANDLING, ClockCode.REWORK})
#: Clocks of somebody ringing the caller.
CALLER_CLOCKS = frozenset({ClockCode.CONTACT, ClockCode.CALLBACK})
#: Clocks not every ticket has: nobody is to be rung, or its limit has no stages.
OPTIONAL_CLOCKS = CALLER_CLOCKS | {ClockCode.STAGE}
#: Clocks that belong to the ticket, not to a unit's task.
TICKET_CLOCKS = frozenset(
    {ClockCode.TOTAL, ClockCode.DISPATCH, ClockCode.CONFERENCE, ClockCode.ADMISSION, ClockCode.RISK,
     ClockCode.PETITION}
)


def limit_for(work: Work, ticket: Ticket, code: ClockCode, unit_id: int | None) -> Limit:
    """The limit that holds for a step of this ticket, by the rules of the day."""
    return work.ref.limits.select(code=code, **_asked(work, ticket, unit_id))


def stage_for(work: Work, ticket: Ticket, unit_id: int | None, number: int) -> Limit | None:
    """The limit of a stage of this ticket; None where it has none, or not so many."""
    return work.ref.limits.stage_of(number, **_asked(work, ticket, unit_id))


def _asked(work: Work, ticket: Ticket, unit_id: int | None) -> dict[str, Any]:
    category = work.ref.categories.get(ticket.category_id)
    return {
        "kind": ticket.kind,
        "category_path": category.path if category else None,
        "urgency": ticket.urgency,
        "unit_id": unit_id,
        "enterprise": ticket.caller_type == "ENTERPRISE",
        "on": work.today,
    }


def extension_limits(work: Work, ticket: Ticket, unit_id: int) -> list[dict[str, Any]]:
    """How much more time the unit may be granted, first and second; fewer where fewer rules hold."""
    key = ("extensions", ticket.kind, ticket.category_id, ticket.urgency, unit_id, ticket.caller_type)
    return work.once(key, _extension_limits, work, ticket, unit_id)


def _extension_limits(work: Work, ticket: Ticket, unit_id: int) -> list[dict[str, Any]]:
    _, days = work.ref.calendar_of(unit_id)
    found = []
    for code in EXTENSIONS:
        try:
            found.append(limit_text(limit_for(work, ticket, code, unit_id), days))
        except LookupError:
            break
    return found


def due_at(work: Work, calendar_id: int, limit: Limit) -> datetime:
    """When a limit that starts now runs out."""
    days = work.ref.calendars[calendar_id]
    key = ("due", calendar_id, limit.basis, limit.amount)
    return work.once(key, calendar.due, days, work.at, limit.basis, limit.amount)


def start_clock(
    work: Work, ticket: Ticket, assignment: Assignment | None, code: ClockCode, number: int = 1,
    within: datetime | None = None,
) -> Clock:
    """Start a clock now; `number` counts the starts of this clock for its owner.

    One that lies `within` another task's due is due when its task is. The total clock is the citizen's truth: it has
    no due date and is never reset.
    """
    unit_id = assignment.unit_id if assignment is not None and code in UNIT_CLOCKS else None
    calendar_id, days = work.ref.calendar_of(unit_id)
    row = new(
        Clock, ticket_id=ticket.id,
        assignment_id=None if assignment is None or code in TICKET_CLOCKS else assignment.id,
        code=str(code), round=number, unit_id=unit_id, role=str(ACTS[code]), calendar_id=calendar_id,
        started_at=work.at, stopped_at=None, rule={}, void=False,
    )
    if code is not ClockCode.TOTAL:
        staged = code is ClockCode.STAGE
        limit = stage_for(work, ticket, unit_id, number) if staged else limit_for(work, ticket, code, unit_id)
        row.rule = work.once(("rule", calendar_id, limit.id), limit_text, limit, days)
        due = due_at(work, calendar_id, limit)
        if within is not None and code in INNER_CLOCKS:
            due, row.rule = assignment.due_at, row.rule | {"within": within.isoformat()}
        row.due_at = row.due_original = due
        row.warn_at = work.once(
            ("warning", calendar_id, limit.basis, due), calendar.warn_at, days, work.at, due, limit.basis
        )
        row.next_level, row.next_at = work.once(
            ("ladder", code, unit_id, calendar_id, limit.basis, due), next_step, work, row
        )
    if code in DUE_CLOCKS | INNER_CLOCKS:
        assignment.due_at = assignment.due_original = row.due_at
        assignment.warn_at = row.warn_at
    work.sink.add(row)
    work.started.append(row)
    return row


def start_clocks(
    work: Work, ticket: Ticket, assignment: Assignment | None, codes: Iterable[ClockCode], *, brand_new: bool,
    within: datetime | None = None,
) -> list[Clock]:
    """Start several clocks; where the caller cannot or will not be rung, none of those that wait for a call."""
    stage = _stage_next(work, ticket, assignment) if ClockCode.STAGE in codes else None
    codes = [c for c in codes if c is not ClockCode.STAGE and (c not in CALLER_CLOCKS or wants_callback(ticket))]
    started = {} if brand_new or not codes else _starts_so_far(ticket, codes)
    clocks = [start_clock(work, ticket, assignment, code, started.get(code, 0) + 1, within) for code in codes]
    return clocks + ([start_clock(work, ticket, assignment, ClockCode.STAGE, stage)] if stage else [])


def _stage_next(work: Work, ticket: Ticket, assignment: Assignment) -> int | None:
    """The stage a task enters now: the first at its dispatch, then the one after that which just stopped.

    None where the ticket has no stages, or no more of them.
    """
    if stage_for(work, ticket, assignment.unit_id, 1) is None:
        return None
    last = db.session.execute(
        select(Clock.round, Clock.stopped_at)
        .where(Clock.ticket_id == ticket.id, Clock.assignment_id == assignment.id, Clock.code == str(ClockCode.STAGE))
        .order_by(Clock.round.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return 1 if assignment.dispatched_at == work.at else None
    entered = last.stopped_at == work.at and stage_for(work, ticket, assignment.unit_id, last.round + 1)
    return last.round + 1 if entered else None


def window_of(work: Work, clock: Clock) -> Window:
    """What the ladder needs to know of a clock with a due date (or of a row with its columns)."""
    return Window(work.ref.calendars[clock.calendar_id], Basis(clock.rule["basis"]), clock.started_at, clock.warn_at,
                  clock.due_at, work.once(("moments", clock.calendar_id), dict),
                  held=clock.held_since is not None)


def next_step(work: Work, clock: Clock) -> tuple[str | None, datetime | None]:
    """The step of the ladder a running clock waits for from now on, and its moment."""
    rungs = work.ref.ladder.of(clock.code, clock.unit_id, work.today)
    since = Level.BLUE if clock.fired_at is None else Level.URGE
    found = ahead(rungs, window_of(work, clock), work.at, warned=clock.warned_at is not None, since=since)
    return (str(found.level), found.at) if found is not None else (None, None)


def set_due(work: Work, clock: Clock, due: datetime) -> None:
    """Give a clock another due date; its warning is counted anew, and while it runs it climbs the ladder for it.

    A red mark from before the new due is taken back.
    """
    days = work.ref.calendars[clock.calendar_id]
    clock.due_at = due
    clock.warn_at = calendar.warn_at(days, clock.started_at, due, Basis(clock.rule["basis"]))
    if clock.warned_at is not None and clock.warn_at > work.at:
        clock.warned_at = None
    if clock.fired_at is not None and clock.fired_at < due:
        clock.fired_at = clock.late_seconds = None
    if clock.stopped_at is None:
        clock.next_level, clock.next_at = next_step(work, clock)


def _starts_so_far(ticket: Ticket, codes: list[ClockCode]) -> dict[str, int]:
    rows = db.session.execute(
        select(Clock.code, func.max(Clock.round))
        .where(Clock.ticket_id == ticket.id, Clock.code.in_([str(c) for c in codes]))
        .group_by(Clock.code)
    )
    return dict(rows.all())


def stop_clocks(
    work: Work, ticket: Ticket, codes: Iterable[ClockCode], *, brand_new: bool, of: Assignment | None = None
) -> None:
    """Stop what is running of these: started in this very use case, or before it.

    Those `of` a task, and of the ticket itself where it is the lead's; other units' clocks of the same name run on.
    """
    wanted = {str(c) for c in codes}
    owners = None if of is None else {of.id} if of.role != AssignmentRole.LEAD else {of.id, None}
    for clock in work.started:
        if (
            clock.ticket_id == ticket.id and clock.code in wanted and clock.stopped_at is None
            and (owners is None or clock.assignment_id in owners)
        ):
            clock.stopped_at, clock.next_at, clock.next_level = work.at, None, None
    if brand_new:
        return
    theirs = true()
    if owners is not None:
        theirs = or_(Clock.assignment_id == of.id, Clock.assignment_id.is_(None) if None in owners else false())
    db.session.execute(
        update(Clock)
        .where(Clock.ticket_id == ticket.id, Clock.code.in_(wanted), Clock.stopped_at.is_(None), theirs)
        .values(stopped_at=work.at, next_at=None, next_level=None)
        .execution_options(synchronize_session=False)
    )
    if wanted & INNER_CLOCKS:  # a part that is answered while its matter is suspended does not run on with it
        db.session.execute(
            update(Clock).where(Clock.ticket_id == ticket.id, Clock.code.in_(sorted(wanted & INNER_CLOCKS)),
                                Clock.paused_since.is_not(None), theirs)
            .values(paused_since=None).execution_options(synchronize_session=False)
        )


def stop_clock(work: Work, clock_id: int) -> None:
    """Stop one clock and none of its kind."""
    db.session.execute(
        update(Clock).where(Clock.id == clock_id, Clock.stopped_at.is_(None))
        .values(stopped_at=work.at, next_at=None, next_level=None)
        .execution_options(synchronize_session=False)
    )


def resume_total(ticket: Ticket) -> None:
    """Let the citizen's clock run on: what seemed over is not, and their time was never reset."""
    db.session.execute(
        update(Clock).where(Clock.ticket_id == ticket.id, Clock.code == str(ClockCode.TOTAL)).values(stopped_at=None)
        .execution_options(synchronize_session=False)
    )


def void_clocks(assignment: Assignment, codes: Iterable[ClockCode]) -> None:
    """Take a returned or recalled task's clocks out of every figure, stopped ones too."""
    db.session.execute(
        update(Clock)
        .where(Clock.assignment_id == assignment.id, Clock.code.in_([str(c) for c in codes]))
        .values(void=True)
        .execution_options(synchronize_session=False)
    )
