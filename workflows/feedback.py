"""反馈: the caller is rung back, and that answer closes the ticket or sends it to be handled again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from workflows.engine import Work, clear_ledger, lead_of, lock, lock_followed, move, resume_total, work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.feedback import CallbackAttempt, CallbackTask, Evaluation
from workflows.model.reply import Reply
from workflows.model.rows import new
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.guards import UNREACHABLE_AFTER
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import CLOSES_AS, CloseType, ReopenReason, Resolution

#: The next try is not offered earlier than this after the last.
BETWEEN_ATTEMPTS = timedelta(hours=4)
NEGATIVE = frozenset({Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED})
CALLER_CLOSES = {Solved.SOLVED: CloseType.SOLVED, Solved.PARTLY: CloseType.PARTLY}
#: Ways a supervisor may close against a dissatisfied caller.
JUDGED_TYPES = frozenset({CloseType.JUDGED, CloseType.HANDED_OVER, CloseType.EXPLAINED, CloseType.UNFOUNDED})


@dataclass(frozen=True)
class Call:
    """One try, and the answers to the questionnaire where the caller took it (§7.3)."""

    result: AttemptResult
    contacted: bool | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    reason: DissatisfactionReason | None = None
    service: Satisfaction | None = None
    words: str = ""

    @property
    def valid(self) -> bool:
        """Answered, and said whether it is solved or whether they are satisfied."""
        rated = self.satisfaction not in {None, Satisfaction.NOT_RATED}
        return self.result is AttemptResult.ANSWERED and (self.solved is not None or rated)

    @property
    def dissatisfied(self) -> bool:
        """Says it is unsolved or is not satisfied."""
        return self.satisfaction in NEGATIVE or self.solved is Solved.UNSOLVED


def record_callback(
    no: str, actor: Actor, *, call: Call, rework: bool = False, version: int | None = None
) -> Ticket:
    """Record a call-back.

    Solved and satisfied closes at once. Dissatisfied waits for re-handling or a supervisor's judgement;
    `rework` sends it back in the same breath. The third unanswered try closes as unreachable. Whoever took
    the call or works for the handling unit does not ring back. A merged caller is asked about the answer to the
    master, and closes nothing: what is not to their content sends the master back, once for all of them.
    """
    _check_call(call)
    with work(actor) as doing:
        ticket, master = lock_followed(no, actor, version)
        assignment = lead_of(master)
        _check_caller_back(ticket, master, actor)
        move(doing, ticket, "record_callback", assignment=assignment, reason=call.result, note=call.words,
             data={"solved": call.solved, "satisfaction": call.satisfaction, "contacted": call.contacted})
        task = _task(ticket)
        task.attempts += 1
        doing.sink.add(_attempt(task, doing, call))
        outcome = _outcome(call, task)
        if outcome is None:
            task.not_before = doing.at + BETWEEN_ATTEMPTS
            return ticket
        _finish(doing, ticket, master, assignment, task, call, outcome)
        if master is not ticket:
            _told_supporter(doing, ticket, master, assignment, call, rework=rework)
        elif outcome == "DISSATISFIED":
            if rework:
                _rework(doing, ticket, assignment, call.reason, call.words)
            else:
                doing.tell("dissatisfied", ticket, unit_id=None, role=Role.SUPERVISOR)
        else:
            _close(doing, ticket, assignment, _close_type(call, outcome, assignment), "")
        return ticket


def _check_call(call: Call) -> None:
    wrong: dict[str, list[str]] = {}
    if call.result is AttemptResult.ANSWERED and not call.valid:
        wrong["solved"] = ["callback_says_nothing"]
    if call.valid and call.dissatisfied and call.reason is None:
        wrong["reason"] = ["required"]
    if wrong:
        raise Invalid(fields=wrong)


def _told_supporter(
    doing: Work, ticket: Ticket, master: Ticket, assignment: Assignment | None, call: Call, *, rework: bool
) -> None:
    """A merged caller has spoken. The first who says no sends the master back; while it is back, others only count."""
    ticket.awaits_call = False
    if ticket.callback_outcome != "DISSATISFIED" or master.state != TicketState.CLOSED or assignment is None:
        return
    master.supporters_unhappy += 1
    if rework:
        _rework(doing, master, assignment, call.reason, call.words)
    else:
        doing.tell("dissatisfied", master, unit_id=None, role=Role.SUPERVISOR)
    doing.moved = ticket


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
        service=call.service, words=call.words,
    )


def _outcome(call: Call, task: CallbackTask) -> str | None:
    if call.valid:
        return "DISSATISFIED" if call.dissatisfied else "SATISFIED"
    if call.result is AttemptResult.DECLINED_RATING:
        return "UNRATED"
    return "UNREACHABLE" if task.attempts >= UNREACHABLE_AFTER else None


def _close_type(call: Call, outcome: str, assignment: Assignment) -> CloseType:
    """What the caller says decides; where they say nothing of it, what the unit said in its accepted reply."""
    if outcome == "UNREACHABLE":
        return CloseType.UNREACHABLE
    if call.solved in CALLER_CLOSES:
        return CALLER_CLOSES[call.solved]
    said = db.session.scalars(
        select(Reply.resolution).where(Reply.assignment_id == assignment.id).order_by(Reply.id.desc()).limit(1)
    ).one()
    return CLOSES_AS[Resolution(said)]


def _finish(
    doing: Work, ticket: Ticket, master: Ticket, assignment: Assignment | None, task: CallbackTask, call: Call,
    outcome: str,
) -> None:
    """Write the round's result; a second call in the same round replaces the first. No unit, no figure of one."""
    ticket.callback_outcome = outcome
    task.done_at, task.outcome = doing.at, outcome
    if assignment is None:
        return
    row = {
        "ticket_id": ticket.id, "assignment_id": assignment.id, "unit_id": assignment.unit_id, "round": task.round,
        "master_id": master.id if master.supporters else None,
        "kind": ticket.kind, "anonymity": ticket.anonymity, "need_reply": ticket.need_reply,
        "finished_at": doing.at, "valid": call.valid, "contacted": call.contacted if call.valid else None,
        "solved": call.solved if call.valid else None, "satisfaction": call.satisfaction if call.valid else None,
        "reason_code": call.reason if call.valid else None, "attempts": task.attempts,
    }
    changed = {k: v for k, v in row.items() if k not in {"ticket_id", "round"}}
    db.session.execute(
        insert(Evaluation).values(row).on_conflict_do_update(index_elements=["ticket_id", "round"], set_=changed)
    )
    if master is not ticket:
        db.session.execute(  # the master's own answer, given before anybody joined
            update(Evaluation).where(Evaluation.ticket_id == master.id, Evaluation.round == task.round)
            .values(master_id=master.id)
        )


def close(no: str, actor: Actor, *, close_type: CloseType, note: str = "", version: int | None = None) -> Ticket:
    """Close after a call-back. Against a dissatisfied caller only a supervisor may, saying why."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        if ticket.callback_outcome == "DISSATISFIED":
            if close_type not in JUDGED_TYPES:
                raise Invalid(fields={"close_type": ["judged_close_type"]})
            if not note:
                raise Invalid(fields={"note": ["required"]})
        _close(doing, ticket, lead_of(ticket), close_type, note)
        return ticket


def _close(doing: Work, ticket: Ticket, assignment: Assignment, close_type: CloseType, note: str) -> None:
    ticket.close_type, ticket.closed_at = str(close_type), doing.at
    assignment.ended_at = doing.at
    move(doing, ticket, "close", assignment=assignment, reason=close_type, note=note)
    if assignment.suspension_count:
        clear_ledger(doing, ticket)


def rework(
    no: str, actor: Actor, *, reason: DissatisfactionReason, note: str = "", version: int | None = None
) -> Ticket:
    """Send a ticket the caller is dissatisfied with back to its unit, a round further (重办)."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _rework(doing, ticket, lead_of(ticket), reason, note)
        return ticket


def reopen(no: str, actor: Actor, *, reason: ReopenReason, note: str, version: int | None = None) -> Ticket:
    """Take a closed ticket up again, because its problem is back or something new is known (重开).

    It goes to the unit that answered it, a round further; `note` says what is new. Raises NotNow where it was closed
    too long ago: then it is a new ticket.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _again(doing, ticket, lead_of(ticket), "reopen", reason, note)
        return ticket


def _rework(
    doing: Work, ticket: Ticket, assignment: Assignment | None, reason: DissatisfactionReason, note: str
) -> None:
    _again(doing, ticket, assignment, "rework", reason, note)


def _again(doing: Work, ticket: Ticket, assignment: Assignment | None, name: str, reason: StrEnum, note: str) -> None:
    """Make the move that begins another round; of a closed ticket nothing is closed any more."""
    closed = ticket.state == TicketState.CLOSED
    move(doing, ticket, name, assignment=assignment, reason=reason, note=note)
    if closed:
        resume_total(ticket)
        ticket.close_type = ticket.closed_at = assignment.ended_at = None
    ticket.round += 1
    assignment.round = ticket.round
    doing.tell_unit(name, ticket, assignment.unit_id)
