"""A ticket as its caller may see it: how far it is, what was answered, what they can do. No name, no inner word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from workflows.engine import lead_of, offered, running_suspension
from workflows.errors import Unknown
from workflows.model.base import db, now
from workflows.model.query import QueryGuard
from workflows.model.reference import reference
from workflows.model.reply import Reply
from workflows.model.ticket import Application, Ticket
from workflows.read.petitions import CitizenPetition, petitions_of
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState

#: Locked numbers named above the pages of those on duty.
MOST_NAMED = 5
#: Where a promised day still means something.
PROMISED = frozenset({TicketState.DISPATCHED, TicketState.HANDLING, TicketState.RETURN_REVIEW, TicketState.REPLIED,
                      TicketState.REWORK})


@dataclass(frozen=True)
class PublicAnswer:
    """What a unit answered, as the hotline let it go out."""

    at: datetime
    text: str


@dataclass(frozen=True)
class CitizenView:
    """A ticket as its caller may see it; of a merged one, how far its master is."""

    no: str
    state: str
    version: int
    submitted_at: datetime | None
    closed_at: datetime | None
    close_type: str | None
    matter: str
    unit_name: str
    #: When the unit is to have answered, and for when what is put off is planned.
    due_at: datetime | None
    planned_on: date | None
    answers: tuple[PublicAnswer, ...]
    #: What the caller was told where it ended without a unit's answer, and why it was not taken on.
    told: str
    reject_code: str | None
    petition: CitizenPetition | None
    #: Names of the moves open to them.
    moves: frozenset[str]


def for_citizen(no: str, actor: Actor | None = None) -> CitizenView:
    """The public part of a ticket, for whoever has shown to be its caller. Raises Unknown."""
    ticket = _ticket(Ticket.no == no)
    if ticket is None:
        raise Unknown("ticket_unknown")
    course = _ticket(Ticket.id == ticket.master_id) if ticket.master_id is not None else ticket
    task = lead_of(course)
    handed = next(iter(petitions_of(course.id)), None)
    moves = offered(ticket, task, actor, now()) if actor is not None else ()
    planned = running_suspension(task) if course.state == TicketState.SUSPENDED else None
    return CitizenView(
        no=ticket.no, state=course.state, version=ticket.version, submitted_at=ticket.submitted_at,
        closed_at=course.closed_at, close_type=course.close_type, matter=reference().category_name(ticket.category_id),
        unit_name=reference().unit_name(course.lead_unit_id),
        due_at=task.due_at if task is not None and course.state in PROMISED else None,
        planned_on=planned.target_on if planned is not None else None, answers=_answers(course), told=_told(course),
        reject_code=course.reject_code if course.state == TicketState.REJECTED else None,
        petition=CitizenPetition(handed.told, handed.told_at, handed.receipt_no) if handed is not None else None,
        moves=frozenset(move.name for move in moves),
    )


def _ticket(which: object) -> Ticket | None:
    return db.session.scalars(select(Ticket).where(which).execution_options(populate_existing=True)).one_or_none()


def _answers(course: Ticket) -> tuple[PublicAnswer, ...]:
    rows = db.session.execute(
        select(Reply.decided_at, Reply.public_answer)
        .where(Reply.ticket_id == course.id, Reply.decision == "ACCEPTED", Reply.public_answer != "")
        .order_by(Reply.id.desc()).limit(10)
    )
    return tuple(PublicAnswer(at, text) for at, text in rows)


def _told(course: Ticket) -> str:
    """What the caller heard where no unit's answer ended it."""
    if course.state == TicketState.TERMINATED:
        said = select(Application.plan).where(
            Application.ticket_id == course.id, Application.kind == "TERMINATION", Application.state == "GRANTED"
        )
        return db.session.scalar(said.order_by(Application.id.desc()).limit(1)) or ""
    return {TicketState.ANSWERED_DIRECT: course.direct_answer, TicketState.REJECTED: course.reject_route}.get(
        course.state, "")


def locked() -> tuple[str, ...]:
    """Numbers of tickets that answer no query now because of wrong codes, those locked last first."""
    rows = db.session.scalars(
        select(QueryGuard.no).join(Ticket, Ticket.no == QueryGuard.no).where(QueryGuard.locked_until > now())
        .order_by(QueryGuard.locked_until.desc()).limit(MOST_NAMED)
    )
    return tuple(rows)
