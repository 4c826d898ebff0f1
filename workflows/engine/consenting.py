"""负责人审签: a return or an extension leaves its unit only with the consent of the unit's leader (E13, E18).

Whether it was asked for in time is judged when the clerk files it; the hotline's clock starts when it arrives there.
"""

from __future__ import annotations

from sqlalchemy import exists, select

from workflows.engine.chains import consent, open_chain
from workflows.engine.moves import move
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.directory import Absence, User, UserRole
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.chains import waiting_for
from workflows.rules.roles import Role
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import ConsentWaiver


def seek_consent(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> bool:
    """Put an application that was filed just now before the unit's leader; True where it waits there.

    Where nobody signs, it goes on to the hotline at once, in the system's name and saying why.
    """
    kind = ApplicationKind(application.kind)
    waived = _waiver(work, assignment, kind)
    if waived is None:
        open_chain(work, ticket, assignment, application)
        return True
    work.sink.add(application)
    assignment.asked = waiting_for(kind, (Role.UNIT_LEAD,), 0, ())
    move(work.by_system(), ticket, f"consent_{kind.lower()}", assignment=assignment, application=application,
         reason=waived)
    assignment.asked = None
    return False


def give_consent(work: Work, ticket: Ticket, assignment: Assignment, application: Application | None,
                 kind: ApplicationKind, opinion: str) -> None:
    """The leader lets it leave the unit."""
    move(work, ticket, f"consent_{kind.lower()}", assignment=assignment, application=application, note=opinion)
    consent(work, assignment, application, opinion)


def _waiver(work: Work, assignment: Assignment, kind: ApplicationKind) -> ConsentWaiver | None:
    if work.actor.has({Role.UNIT_LEAD}):
        return ConsentWaiver.LEADER_FILED
    if not work.ref.sign_offs.wanted(kind, assignment.unit_id):
        return ConsentWaiver.NOT_WANTED
    return None if _leader_there(work, assignment.unit_id) else ConsentWaiver.NO_LEADER


def _leader_there(work: Work, unit_id: int) -> bool:
    """Whether the unit has a leader who is not away."""
    away = exists().where(Absence.user_id == User.id, ~Absence.ended, Absence.first_day <= work.today,
                          Absence.last_day >= work.today)
    found = (
        select(User.id).join(UserRole, UserRole.user_id == User.id)
        .where(User.unit_id == unit_id, User.active, UserRole.role == str(Role.UNIT_LEAD), ~away).limit(1)
    )
    return db.session.scalar(found) is not None
