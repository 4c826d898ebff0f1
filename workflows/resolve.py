"""办理: the unit signs, contacts the caller, asks to return, replies; the hotline reviews the reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from workflows.engine import (
    end_ticket,
    lead_of,
    lock,
    move,
    owing_below,
    resume_or_rework,
    send_answer,
    start_clocks,
    task_of,
    work,
)
from workflows.engine.work import Work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.feedback import CallbackTask
from workflows.model.reply import ContactLog, Reply
from workflows.model.rows import new
from workflows.model.secrets import opened
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.closing import Account, usual
from workflows.rules.guards import wants_callback
from workflows.rules.items import ItemAnswer, problems_of, resolution_of, truth_of
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.states import ApplicationKind, AssignmentState, TicketState
from workflows.rules.text import IdentityHit, mentions_identity
from workflows.rules.vocabulary import (
    Anonymity,
    ContactResult,
    Defect,
    Resolution,
    ReturnReason,
    Truth,
    UnresolvedReason,
)

#: Not, or not wholly, solved.
_SHORT_OF_IT = frozenset({Resolution.PARTLY, Resolution.UNRESOLVED})
#: What no answer about a withheld caller may hold; another office's number may stand there.
GIVEN_AWAY = frozenset({IdentityHit.NAME, IdentityHit.PHONE, IdentityHit.ID_NUMBER, IdentityHit.PLATE})
#: Attempts after which an unreachable caller counts as contacted (§4.3, E12).
CONTACT_ATTEMPTS = 3


def sign(no: str, actor: Actor, *, task: str = "", version: int | None = None) -> Ticket:
    """Acknowledge a task (签收), the one of number `task` where the actor has several.

    The handling clock has been running since dispatch.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = task_of(ticket, actor, task)
        move(doing, ticket, "sign", assignment=assignment)
        assignment.signed_at = doing.at
        return ticket


def contact(
    no: str, actor: Actor, *, result: ContactResult, note: str, at: datetime | None = None, task: str = "",
    version: int | None = None,
) -> Ticket:
    """Log an attempt to reach the caller (首次联系). `at` is when it was, not later than now.

    The contact clock stops when the caller was reached, relayed through the hotline, or tried three times.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = task_of(ticket, actor, task)
        when = at or doing.at
        if when > doing.at or (assignment is not None and when < assignment.dispatched_at):
            raise Invalid(fields={"at": ["contact_time_wrong"]})
        tries = _tries(assignment) + 1
        reached = result in {ContactResult.REACHED, ContactResult.VIA_HOTLINE} or tries >= CONTACT_ATTEMPTS
        move(doing, ticket, "contact", assignment=assignment, note=note, data={"result": str(result)}, clocks=reached)
        if reached:
            assignment.contacted_at = assignment.contacted_at or doing.at
        doing.sink.add(new(ContactLog, assignment_id=assignment.id, at=when, by_id=actor.user_id, by_name=actor.name,
                                  result=str(result), note=note))
        return ticket


def _tries(assignment: Assignment | None) -> int:
    if assignment is None:
        return 0
    return len(db.session.scalars(select(ContactLog.id).where(ContactLog.assignment_id == assignment.id)).all())


def interim(
    no: str, actor: Actor, *, text: str, next_on: date | None = None, version: int | None = None
) -> Ticket:
    """Tell how far it has got (阶段性答复) and when more will be told. The handling clock runs on.

    Raises Invalid for a next day gone by.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        if next_on is not None and next_on < doing.today:
            raise Invalid(fields={"next_on": ["day_past"]})
        move(doing, ticket, "interim", assignment=lead_of(ticket), note=text,
             data={"next_on": next_on.isoformat()} if next_on else None)
        return ticket


def apply_return(
    no: str, actor: Actor, *, reason: ReturnReason, basis: str, suggested_unit_id: int | None,
    version: int | None = None,
) -> Ticket:
    """Ask the hotline to take the ticket back (退单): reason code, legal basis, and whose it is instead.

    The handling clock keeps running. Raises NotNow outside the window, after a return, or when designated.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _check_return(doing, reason, basis, suggested_unit_id)
        assignment = lead_of(ticket)
        application = new(
            Application, kind=str(ApplicationKind.RETURN), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment else None, reason_code=str(reason), basis=basis,
            suggested_unit_id=suggested_unit_id, filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        move(doing, ticket, "apply_return", assignment=assignment, application=application, reason=reason, note=basis,
             data={"suggested_unit_id": suggested_unit_id})
        assignment.return_count += 1
        doing.sink.add(application)
        decider = Role.SUPERVISOR if ticket.return_count else Role.DISPATCHER
        doing.tell("return_filed", ticket, unit_id=None, role=decider)
        return ticket


def _check_return(doing: Work, reason: ReturnReason, basis: str, suggested_unit_id: int | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not basis:
        wrong["basis"] = ["required"]
    if suggested_unit_id is None and reason in {ReturnReason.NOT_OUR_DUTY, ReturnReason.WRONG_PLACE}:
        wrong["suggested_unit_id"] = ["required"]
    if suggested_unit_id is not None and suggested_unit_id not in doing.ref.units:
        wrong["suggested_unit_id"] = ["unit_unknown"]
    if wrong:
        raise Invalid(fields=wrong)


@dataclass(frozen=True)
class Answer:
    """A unit's reply as its form has it; the internal account and the public answer are two texts."""

    internal_account: str
    public_answer: str
    #: Of a request with points: what is said to each of them, in their order; they make the whole.
    items: tuple[ItemAnswer, ...] = ()
    truth: Truth | None = None
    resolution: Resolution | None = None
    unresolved_reason: UnresolvedReason | None = None
    beyond_duty: bool = False
    beyond_duty_kind: str = ""
    measures: str = ""
    legal_basis: str = ""
    visited_at: datetime | None = None
    visitors: str = ""
    promised_on: date | None = None
    signed_by: str = ""
    ahead_reason: str = ""


def reply(no: str, actor: Actor, *, answer: Answer, version: int | None = None) -> Ticket:
    """Answer a ticket. The handling clock stops at this moment, whenever the reply is reviewed.

    The lead waits for the parts of others, or says why not. Raises Invalid unless each point of the request is
    spoken to.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        answer = _checked(answer, ticket.request_items)
        _check_names_nobody(answer, ticket)
        assignment = lead_of(ticket)
        move(doing, ticket, "reply", assignment=assignment, note=answer.public_answer,
             data={"resolution": str(answer.resolution), "truth": str(answer.truth)})
        if not answer.ahead_reason and owing_below(ticket, assignment):
            raise Invalid(fields={"ahead_reason": ["parts_unanswered"]})
        assignment.replied_at = doing.at
        given = _as_kept(vars(answer))
        given["items"] = [_as_kept(vars(said)) | {"item": point}
                          for point, said in zip(ticket.request_items, answer.items, strict=True)]
        doing.sink.add(new(Reply, assignment_id=assignment.id, ticket_id=ticket.id, round=ticket.round,
                             submitted_at=doing.at, submitted_by_id=actor.user_id, submitted_by=actor.name,
                             defects=[], **given))
        doing.tell("replied", ticket, unit_id=None, role=Role.REVIEWER)
        return ticket


def _check_names_nobody(answer: Answer, ticket: Ticket) -> None:
    """Raise Invalid where an answer would give away a withheld caller (D8); it does not say by what."""
    if ticket.anonymity != Anonymity.WITHHELD:
        return
    caller = opened(ticket.identity, ticket.no)
    told = {"public_answer": answer.public_answer, "measures": answer.measures}
    told |= {f"items-{n}-answer": said.answer for n, said in enumerate(answer.items, 1)}
    wrong = {
        field: ["names_the_caller"] for field, said in told.items()
        if GIVEN_AWAY.intersection(mentions_identity(said, caller["name"], [caller["phone"], caller["alt_phone"]]))
    }
    if wrong:
        raise Invalid(fields=wrong)


def _as_kept(given: dict[str, Any]) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, StrEnum) else v for k, v in given.items()}


def _checked(answer: Answer, items: Sequence[str]) -> Answer:
    """The answer with what its points make of the whole. Raises Invalid for what is missing or contradicts them."""
    wrong = problems_of(items, answer.items)
    if items and not wrong:
        whole = {"truth": truth_of(answer.items), "resolution": resolution_of(answer.items)}
        wrong = {name: ["differs_from_items"] for name, made in whole.items()
                 if getattr(answer, name) not in (None, made)}
        answer = replace(answer, **whole)
    wrong |= _wrong_answer(answer)
    if wrong:
        raise Invalid(fields=wrong)
    return answer


def _wrong_answer(answer: Answer) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    wanted = ("internal_account", "public_answer") + (() if answer.items else ("truth", "resolution"))
    for field in wanted:
        if not getattr(answer, field):
            wrong[field] = ["required"]
    if answer.resolution in _SHORT_OF_IT and answer.unresolved_reason is None:
        wrong["unresolved_reason"] = ["required"]
    if answer.unresolved_reason is UnresolvedReason.PLANNED and answer.promised_on is None:
        wrong["promised_on"] = ["required"]
    if answer.unresolved_reason is UnresolvedReason.POLICY and not answer.legal_basis:
        wrong["legal_basis"] = ["required"]
    if answer.beyond_duty and not answer.beyond_duty_kind:
        wrong["beyond_duty_kind"] = ["required"]
    return wrong


def accept_reply(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Accept a reply: the caller will be rung, or, where nobody is to be rung, the ticket closes."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        given = _decide(doing, assignment, "ACCEPTED", opinion)
        ticket.callback_outcome = None
        move(doing, ticket, "accept_reply", assignment=assignment, note=opinion)
        assignment.accepted_at = doing.at
        send_answer(doing, ticket)
        if wants_callback(ticket):
            _ask_for_callback(doing, ticket, assignment)
            return ticket
        known = Account(truth=given.truth, resolution=given.resolution, unresolved_reason=given.unresolved_reason,
                        suspended=assignment.suspension_count > 0)
        end_ticket(doing.by_system(), ticket, assignment, usual(known))
        return ticket


def _ask_for_callback(doing: Work, ticket: Ticket, assignment: Assignment) -> None:
    due_at = next(clock.due_at for clock in doing.started if clock.code == ClockCode.CALLBACK)
    doing.sink.add(new(CallbackTask, ticket_id=ticket.id, assignment_id=assignment.id, round=ticket.round,
                                created_at=doing.at, not_before=doing.at, due_at=due_at, attempts=0))


def send_back(
    no: str, actor: Actor, *, defects: list[Defect], opinion: str, items: Sequence[int] = (),
    version: int | None = None,
) -> Ticket:
    """Send a reply back with what is wrong with it, and the numbers of the points it did not answer.

    The old due date holds while it is still ahead; otherwise the re-handling clock starts.
    """
    if not defects:
        raise Invalid(fields={"defects": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _check_defect_items(defects, items, len(ticket.request_items))
        assignment = lead_of(ticket)
        given = _decide(doing, assignment, "SENT_BACK", opinion)
        given.defects, given.defect_items = [str(d) for d in defects], sorted(set(items))
        resumed = resume_or_rework(doing, ticket, assignment)
        again = resumed is ClockCode.HANDLING
        ticket.send_back_count += 1
        move(doing, ticket, "send_back", assignment=assignment, reason=defects[0], note=opinion,
             to=TicketState.HANDLING if again else TicketState.REWORK,
             assignment_to=AssignmentState.WORKING if again else AssignmentState.REWORK,
             data={"defects": given.defects, "items": given.defect_items, "old_due_holds": resumed is not None})
        if resumed is None:
            start_clocks(doing, ticket, assignment, [ClockCode.REWORK], brand_new=False)
        doing.tell("sent_back", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        return ticket


def _check_defect_items(defects: Sequence[Defect], items: Sequence[int], points: int) -> None:
    """Raise Invalid unless the points that were not answered are named where that is what is wrong, and only there."""
    wanted = points > 0 and Defect.NOT_ITEM_BY_ITEM in defects
    if wanted and not items:
        raise Invalid(fields={"items": ["name_the_items"]})
    if items and (not wanted or max(items) > points):
        raise Invalid(fields={"items": ["item_unknown" if wanted else "items_without_d2"]})


def _decide(doing: Work, assignment: Assignment | None, decision: str, opinion: str) -> Reply:
    given = None
    if assignment is not None:
        given = db.session.scalars(
            select(Reply).where(Reply.assignment_id == assignment.id, Reply.decision.is_(None))
            .order_by(Reply.id.desc()).limit(1)
        ).one_or_none()
    if given is None:
        raise NotNow("no_reply_to_review")
    given.decision, given.decided_at = decision, doing.at
    given.decided_by, given.opinion = doing.actor.name, opinion
    return given

