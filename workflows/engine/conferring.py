"""What a ticket leaves behind when it leaves its conference, and what its way from unit to unit comes to."""

from __future__ import annotations

from sqlalchemy import distinct, func, select, update

from workflows.engine.pausing import end_pauses
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.conference import Conference, ConferenceOpinion
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.accounting import SegmentReason
from workflows.rules.passing import OFFICE, passage
from workflows.rules.roles import Role
from workflows.rules.states import AssignmentRole, TicketState
from workflows.rules.vocabulary import ConferenceOutcome


def open_conference(ticket: Ticket) -> Conference | None:
    """The conference held over a ticket now."""
    return db.session.scalars(
        select(Conference).where(Conference.ticket_id == ticket.id, Conference.ended_at.is_(None))
    ).one_or_none()


def leave_conference(work: Work, ticket: Ticket) -> None:
    """End the conference a ticket has just left, by whatever move: the invited see it no more, dispatch runs on.

    Where nobody decided it, it lapses.
    """
    conference = open_conference(ticket)
    if conference is not None:
        conference.outcome = conference.outcome or str(ConferenceOutcome.LAPSED)
        conference.ended_at, conference.ended_by_id = work.at, work.actor.user_id
        conference.ended_by = work.actor.name
    db.session.execute(
        update(ConferenceOpinion)
        .where(ConferenceOpinion.ticket_id == ticket.id, ConferenceOpinion.ended_at.is_(None))
        .values(ended_at=work.at)
        .execution_options(synchronize_session=False)
    )
    ticket.invited_unit_ids = []
    end_pauses(work, ticket, SegmentReason.IN_CONFERENCE, runs_on=ticket.state == TicketState.TO_DISPATCH)


def weigh_passage(work: Work, ticket: Ticket) -> None:
    """After a unit gave a ticket back: must units confer, is it raised a level (提级)? Who must know is told once."""
    units = db.session.scalar(
        select(func.count(distinct(Assignment.unit_id)))
        .where(Assignment.ticket_id == ticket.id, Assignment.role == str(AssignmentRole.LEAD))
    )
    found = passage(work.ref.thresholds, ticket.return_count, units or 0)
    ticket.must_confer = found.must_confer
    if found.level > ticket.escalation_level:
        ticket.escalation_level = found.level
    if found.level >= OFFICE:
        for role in (Role.SUPERVISOR, Role.HOTLINE_DIR):
            work.tell("raised", ticket, unit_id=None, role=role)
