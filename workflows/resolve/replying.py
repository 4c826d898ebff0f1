"""回复与审签: a unit answers; where the matter is weighty, or the unit wants it so, somebody else signs first (E25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from workflows.engine import bring_with_reply, check_picture, lead_of, lock, move, owing_below, work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.directory import User, UserRole
from workflows.model.reference import Reference
from workflows.model.reply import Reply, ReplyDraft
from workflows.model.rows import new
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Assignment, Ticket
from workflows.resolve.answers import Answer, as_kept, checked
from workflows.rules.roles import Actor, Role
from workflows.rules.signing import WEIGHTY_ORDER, wants_signature
from workflows.rules.states import AssignmentState, TicketState

#: As much of a name as a reply keeps of who signed it.
SIGNATURE = 40


def reply(no: str, actor: Actor, *, answer: Answer, version: int | None = None) -> Ticket:
    """Answer a ticket, or sign the reply that waits for it, as written or corrected. The handling clock stops now.

    The lead waits for the parts of others, or says why not. Raises Invalid unless each point of the request is
    spoken to, NotNow where somebody else of the unit must sign, or the matter wants a picture and there is none.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        answer = checked(answer, ticket)
        assignment = lead_of(ticket)
        signing = assignment is not None and assignment.state == AssignmentState.INTERNAL_SIGN
        if assignment is not None and not signing:
            _check_signature(doing.ref, ticket, assignment, actor)
        if signing:
            answer = _signed(answer, actor)
        move(doing, ticket, "reply", assignment=assignment, note=answer.public_answer,
             data={"resolution": str(answer.resolution), "truth": str(answer.truth)})
        if not answer.ahead_reason and owing_below(ticket, assignment):
            raise Invalid(fields={"ahead_reason": ["parts_unanswered"]})
        check_picture(doing, ticket, assignment)
        assignment.replied_at = doing.at
        bring_with_reply(doing, assignment)
        doing.sink.add(new(Reply, assignment_id=assignment.id, ticket_id=ticket.id, round=ticket.round,
                           submitted_at=doing.at, submitted_by_id=actor.user_id, submitted_by=actor.name,
                           defects=[], **as_kept(answer, ticket)))
        doing.tell("replied", ticket, unit_id=None, role=Role.REVIEWER)
        return ticket


def _signed(answer: Answer, actor: Actor) -> Answer:
    return replace(answer, signed_by=actor.name[:SIGNATURE])


def _check_signature(ref: Reference, ticket: Ticket, assignment: Assignment, actor: Actor) -> None:
    """Raise NotNow where another person of the unit must sign before it is filed."""
    wish = ref.units[assignment.unit_id].signs_replies
    ordered = db.session.scalar(
        select(SupervisionOrder.id)
        .where(SupervisionOrder.ticket_id == ticket.id, SupervisionOrder.level >= WEIGHTY_ORDER).limit(1)
    )
    if wants_signature(wish, ticket, ordered=ordered is not None) and _another_signs(assignment, actor):
        raise NotNow("sign_off_first")


def _another_signs(assignment: Assignment, actor: Actor) -> bool:
    """Whether the unit has a leader who is not the one who writes."""
    other = (
        select(User.id).join(UserRole, UserRole.user_id == User.id)
        .where(User.unit_id == assignment.unit_id, User.active, UserRole.role == str(Role.UNIT_LEAD),
               User.id != (actor.user_id or 0))
        .limit(1)
    )
    return db.session.scalar(other) is not None


def sign_off(no: str, actor: Actor, *, answer: Answer, version: int | None = None) -> Ticket:
    """Put a written reply before the unit's leader (提交审签). The handling clock runs on.

    Raises NotNow where the unit has no leader beside the one who wrote it: then it is filed directly.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        answer = checked(answer, ticket)
        assignment = lead_of(ticket)
        move(doing, ticket, "sign_off", assignment=assignment, note=answer.public_answer)
        if not _another_signs(assignment, actor):
            raise NotNow("nobody_else_signs")
        check_picture(doing, ticket, assignment)
        assignment.drafted_by_id = actor.user_id
        kept = {name: _as_json(value) for name, value in as_kept(answer, ticket).items()}
        doing.sink.add(new(ReplyDraft, assignment_id=assignment.id, ticket_id=ticket.id, round=ticket.round,
                           written_at=doing.at, written_by_id=actor.user_id, written_by=actor.name, content=kept))
        doing.tell("sign_off_asked", ticket, unit_id=assignment.unit_id, role=Role.UNIT_LEAD)
        return ticket


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def give_back(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Give a reply that waits for a signature back to its writer, saying why."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        again = ticket.state == TicketState.REWORK
        move(doing, ticket, "give_back", assignment=assignment, note=opinion,
             assignment_to=AssignmentState.REWORK if again else AssignmentState.WORKING)
        doing.tell("given_back", ticket, unit_id=assignment.unit_id, role=Role.UNIT_CLERK)
        return ticket
