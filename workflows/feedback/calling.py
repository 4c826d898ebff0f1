"""回访: one try to ring a caller, and what comes of it."""

from __future__ import annotations

from sqlalchemy import select

from workflows.engine import Work, account_of, end_ticket, lead_of, lock_followed, move, reached, work
from workflows.errors import Invalid, NotNow
from workflows.feedback.again import order_the_third_time
from workflows.feedback.contesting import check_another, rung_again
from workflows.feedback.results import Call, finish
from workflows.feedback.surveying import survey_where_exhausted
from workflows.model.base import db
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.reference import ZONE
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.closing import next_try, usual
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import UNREACHED, AttemptResult
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import AnswerWay, CallbackChannel

#: The caller was on the line, and heard the answer.
SPOKEN = frozenset({AttemptResult.ANSWERED, AttemptResult.DECLINED_RATING})


def record_callback(no: str, actor: Actor, *, call: Call, version: int | None = None) -> Ticket:
    """Record a call-back, or what a caller says by themselves on a page (`call.channel`), once a round.

    Solved and satisfied closes at once. Of a dissatisfied caller the words are written down, and a supervisor says
    what it is about (§4.9): the unit's own fault is handled again (`again.rework`), the rest judged (`closing`); the
    third time its unit gets a supervision order. A caller tried often enough in vain is written to, and has
    `rules.passing` days to answer. Whoever took the call or works for the
    handling unit does not ring back. Of a closed ticket an appeal was granted: somebody else rings, and what is said
    replaces the evaluation. A merged caller is asked about the answer to the master, and closes nothing: what is not
    to their content is for a supervisor, who sends the master back once for all of them.
    """
    _check_call(call)
    with work(actor) as doing:
        ticket, master = lock_followed(no, actor, version)
        assignment = lead_of(master)
        _check_caller_back(ticket, master, actor)
        move(doing, ticket, "record_callback", assignment=assignment, reason=call.result, note=call.words,
             data={"solved": call.solved, "satisfaction": call.satisfaction, "contacted": call.contacted,
                   "channel": call.channel})
        task = _task(ticket)
        if ticket.state == TicketState.CLOSED:
            check_another(task, actor)
        task.attempts += 1
        if call.result in SPOKEN:
            reached(ticket, AnswerWay.CALL if call.channel is CallbackChannel.PHONE else AnswerWay.PAGE, doing.at)
        doing.sink.add(_attempt(task, doing, call))
        outcome = _outcome(call)
        if ticket.state == TicketState.CLOSED:
            rung_again(doing, ticket, assignment, task, call, outcome)
            return ticket
        if outcome is None:
            task.not_before = next_try(doing.at.astimezone(ZONE))
            if call.result in UNREACHED:
                survey_where_exhausted(doing, ticket, task)
            return ticket
        finish(doing, ticket, master, assignment, task, call, outcome)
        if master is not ticket:
            _told_supporter(doing, ticket, master)
        elif outcome == "DISSATISFIED":
            doing.tell("dissatisfied", ticket, unit_id=None, role=Role.SUPERVISOR)
            order_the_third_time(doing, ticket, assignment)
        else:
            known = account_of(ticket, assignment, outcome=outcome, solved=call.solved)
            end_ticket(doing.by_system() if actor.has({Role.CITIZEN}) else doing, ticket, assignment, usual(known))
            doing.moved = ticket
        return ticket


def _check_call(call: Call) -> None:
    wrong: dict[str, list[str]] = {}
    if call.result is AttemptResult.ANSWERED and not call.valid:
        wrong["solved"] = ["callback_says_nothing"]
    if call.valid and call.dissatisfied:
        if call.reason is None:
            wrong["reason"] = ["required"]
        if not call.words and call.channel is CallbackChannel.PHONE:
            wrong["words"] = ["required"]
    if wrong:
        raise Invalid(fields=wrong)


def _told_supporter(doing: Work, ticket: Ticket, master: Ticket) -> None:
    """A merged caller has spoken. One who says no is for a supervisor; while the master is back, others only count."""
    ticket.awaits_call = False
    if ticket.callback_outcome != "DISSATISFIED" or master.state != TicketState.CLOSED or not master.lead_assignment_id:
        return
    master.supporters_unhappy += 1
    doing.tell("dissatisfied", master, unit_id=None, role=Role.SUPERVISOR)


def _check_caller_back(ticket: Ticket, master: Ticket, actor: Actor) -> None:
    if actor.user_id is not None and ticket.created_by_id == actor.user_id:
        raise NotNow("own_ticket_callback")
    if master.lead_unit_id in actor.unit_ids:
        raise NotNow("own_unit_callback")


def _task(ticket: Ticket) -> CallbackTask:
    return db.session.scalars(
        select(CallbackTask).where(CallbackTask.ticket_id == ticket.id).order_by(CallbackTask.round.desc()).limit(1)
    ).one()


def _attempt(task: CallbackTask, doing: Work, call: Call) -> CallbackAttempt:
    return new(
        CallbackAttempt, task_id=task.id, at=doing.at, by_id=doing.actor.user_id, by_name=doing.actor.name,
        result=str(call.result),
        contacted=call.contacted, solved=call.solved, satisfaction=call.satisfaction, reason_code=call.reason,
        service=call.service, words=call.words, channel=str(call.channel),
    )


def _outcome(call: Call) -> str | None:
    if call.valid:
        return "DISSATISFIED" if call.dissatisfied else "SATISFIED"
    return "UNRATED" if call.result is AttemptResult.DECLINED_RATING else None
