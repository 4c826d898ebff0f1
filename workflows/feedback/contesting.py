"""剔除、评价申诉: a unit contests what its caller said of it, within some working days (E41, E42).

An exclusion is decided by a supervisor and then the director: the evaluation leaves the rates and is listed beside
them. An appeal has the caller rung again by somebody else; what they say then replaces the evaluation, and both stay
on record.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, update

from workflows.engine import Work, agree, asked_of, lead_of, lock, move, note_event, open_chain, rung_from, work
from workflows.engine.clocks import due_at, limit_for
from workflows.errors import Invalid, NotNow
from workflows.feedback.results import Call, finish
from workflows.model.base import db
from workflows.model.feedback import CallbackAttempt, CallbackTask, Evaluation
from workflows.model.reference import ZONE
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.closing import LEAST_TRIES, next_try
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.states import ApplicationKind, ApplicationState
from workflows.rules.vocabulary import AppealGround, CallBasis, ExclusionClass

#: What of an evaluation an appeal keeps.
KEPT = ("valid", "contacted", "solved", "satisfaction", "reason_code", "attempts")


def apply_exclusion(
    no: str, actor: Actor, *, reason: ExclusionClass, evidence: str, version: int | None = None
) -> Ticket:
    """Ask for an evaluation to leave the rates, as the unit's leader: its class, and evidence.

    Raises NotNow where nobody evaluated, after the window, or a second time; Invalid without evidence.
    """
    return _apply(ApplicationKind.EXCLUSION, no, actor, reason, evidence, version)


def apply_appeal(no: str, actor: Actor, *, reason: AppealGround, evidence: str, version: int | None = None) -> Ticket:
    """Ask for the caller to be rung again by somebody else, as the unit's leader: the ground, and evidence.

    Raises NotNow where nobody evaluated, after the window, or a second time; Invalid without evidence.
    """
    return _apply(ApplicationKind.APPEAL, no, actor, reason, evidence, version)


def _apply(
    kind: ApplicationKind, no: str, actor: Actor, reason: ExclusionClass | AppealGround, evidence: str,
    version: int | None,
) -> Ticket:
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        task = lead_of(ticket)
        application = new(
            Application, kind=str(kind), state=None, ticket_id=ticket.id,
            assignment_id=task.id if task is not None else None, reason_code=str(reason), basis=evidence,
            filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        move(doing, ticket, f"apply_{kind.lower()}", assignment=task, application=application, reason=reason,
             note=evidence)
        if not evidence:
            raise Invalid(fields={"evidence": ["required"]})
        if kind is ApplicationKind.EXCLUSION:
            task.exclusion_round = ticket.round
        else:
            task.appeal_round = ticket.round
        open_chain(doing, ticket, task, application)
        return ticket


def grant_exclusion(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Exclude an evaluation, as its second person, with those of callers merged into the ticket: one matter."""
    with work(actor) as doing:
        ticket, task, application = _asked(no, actor, version)
        move(doing, ticket, "grant_exclusion", assignment=task, application=application, note=opinion,
             data={"class": application.reason_code} if application is not None else None)
        agree(doing, ticket, task, application, opinion)
        db.session.execute(
            update(Evaluation)
            .where(or_(Evaluation.ticket_id == ticket.id, Evaluation.master_id == ticket.id),
                   Evaluation.round == ticket.round)
            .values(excluded_at=doing.at)
            .execution_options(synchronize_session=False)
        )
        doing.tell_unit("evaluation_excluded", ticket, task.unit_id)
        return ticket


def grant_appeal(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Have the caller rung again: they stand among those to ring, for anybody who did not ring them before."""
    with work(actor) as doing:
        ticket, task, application = _asked(no, actor, version)
        move(doing, ticket, "grant_appeal", assignment=task, application=application, note=opinion)
        agree(doing, ticket, task, application, opinion)
        calendar_id, _ = doing.ref.calendar_of(None)
        limit = limit_for(doing, ticket, ClockCode.CALLBACK, None)
        db.session.execute(
            update(CallbackTask).where(CallbackTask.ticket_id == ticket.id, CallbackTask.round == ticket.round)
            .values(done_at=None, surveyed_at=None, basis=str(CallBasis.NAMED),
                    not_before=rung_from(doing, CallBasis.NAMED), due_at=due_at(doing, calendar_id, limit))
            .execution_options(synchronize_session=False)
        )
        ticket.appeal_call = True
        doing.tell("appeal_to_ring", ticket, unit_id=None, role=Role.CALLBACK)
        return ticket


def _asked(no: str, actor: Actor, version: int | None) -> tuple[Ticket, Assignment | None, Application | None]:
    ticket = lock(no, actor, version)
    task = lead_of(ticket)
    return ticket, task, asked_of(task)


def check_another(task: CallbackTask, actor: Actor) -> None:
    """Raise NotNow for who took down the answer that is contested."""
    took = select(CallbackAttempt.id).where(
        CallbackAttempt.task_id == task.id, CallbackAttempt.by_id == actor.user_id,
        CallbackAttempt.result == str(AttemptResult.ANSWERED),
    )
    if db.session.scalar(took.limit(1)) is not None:
        raise NotNow("another_rings_again")


def rung_again(
    doing: Work, ticket: Ticket, assignment: Assignment, task: CallbackTask, call: Call, outcome: str | None
) -> None:
    """What a caller says after an appeal replaces their evaluation; whom nobody reaches has said what they said."""
    application = _granted(task)
    if outcome is None:
        _not_reached(doing, ticket, task, application)
        return
    application.details = {"before": _evaluated(task)}
    finish(doing, ticket, ticket, assignment, task, call, outcome)
    ticket.appeal_call = False
    doing.tell_unit("appeal_rung", ticket, assignment.unit_id)


def _not_reached(doing: Work, ticket: Ticket, task: CallbackTask, application: Application) -> None:
    tries = db.session.scalar(
        select(func.count()).where(CallbackAttempt.task_id == task.id, CallbackAttempt.at > application.decided_at)
    )
    if tries + 1 < LEAST_TRIES:
        task.not_before = next_try(doing.at.astimezone(ZONE))
        return
    ticket.appeal_call = False
    task.done_at = doing.at
    note_event(doing, ticket, "appeal_unanswered", before=ticket.state, data={"tries": tries + 1})
    doing.tell_unit("appeal_rung", ticket, ticket.lead_unit_id)


def _granted(task: CallbackTask) -> Application:
    return db.session.scalars(
        select(Application)
        .where(Application.ticket_id == task.ticket_id, Application.kind == str(ApplicationKind.APPEAL),
               Application.state == str(ApplicationState.GRANTED))
        .order_by(Application.id.desc()).limit(1)
    ).one()


def _evaluated(task: CallbackTask) -> dict[str, Any]:
    found = db.session.scalars(
        select(Evaluation).where(Evaluation.ticket_id == task.ticket_id, Evaluation.round == task.round)
        .execution_options(populate_existing=True)
    ).one()
    return {name: getattr(found, name) for name in KEPT} | {"finished_at": found.finished_at.isoformat()}
