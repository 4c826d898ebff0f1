"""Applications that pass several people: opening the chain, taking a step of it, ending it."""

from __future__ import annotations

from sqlalchemy import select, text, update

from workflows.engine.clocks import start_clocks, stop_clocks
from workflows.engine.work import Work
from workflows.errors import NotNow
from workflows.model.application import ApplicationStep
from workflows.model.base import db
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.chains import chain, waiting_for
from workflows.rules.lifecycle import APPLICATION_MOVES, step
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import ApplicationKind, ApplicationState

#: Of whoever has the step that is open.
STEP_CLOCKS = (ClockCode.CONSENT, ClockCode.APPROVAL)
_NEXT_APPLICATION = text("SELECT nextval('application_id_seq')")


def open_chain(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> None:
    """File an application that has been made: write its steps, open the first, tell who decides it."""
    kind, actor = ApplicationKind(application.kind), work.actor
    signs = work.ref.sign_offs.wanted(kind, assignment.unit_id)
    steps = chain(kind, leader_signs=signs, filed_by=actor.roles)
    _open(work, ticket, assignment, application, steps)


def leader_consents(work: Work, assignment: Assignment, kind: ApplicationKind) -> bool:
    """Whether the unit's leader must see what this actor files before the hotline does.

    Where the unit has no leader, what its clerk files is the unit's word.
    """
    if Role.UNIT_LEAD in work.actor.roles or not work.ref.sign_offs.wanted(kind, assignment.unit_id):
        return False
    return Role.UNIT_LEAD in work.ref.holders.get(assignment.unit_id, ())


def ask_leader(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> None:
    """File what the unit's leader is to consent to; the hotline hears of it when they have."""
    _open(work, ticket, assignment, application, (Role.UNIT_LEAD,))


def consent(work: Work, ticket: Ticket, assignment: Assignment, application: Application, opinion: str) -> None:
    """The leader agrees: now it is the hotline's to decide."""
    _decide(work, ticket, assignment, _steps(application), ApplicationState.GRANTED, opinion)
    assignment.asked = None


def _open(
    work: Work, ticket: Ticket, assignment: Assignment, application: Application, steps: tuple[Role, ...]
) -> None:
    kind, actor = ApplicationKind(application.kind), work.actor
    application.id = db.session.scalar(_NEXT_APPLICATION)
    work.sink.add(application)
    for position, role in enumerate(steps):
        work.sink.add(new(
            ApplicationStep, application_id=application.id, position=position, role=str(role),
            unit_id=assignment.unit_id if role is Role.UNIT_LEAD else None, opened_at=None if position else work.at,
        ))
    filers = () if actor.user_id is None else (actor.user_id,)
    assignment.asked = waiting_for(kind, steps, 0, filers)
    _await(work, ticket, assignment, steps[0])


def asked_of(assignment: Assignment | None) -> Application | None:
    """The application of a chain that waits for a decision."""
    if assignment is None or assignment.asked is None:
        return None
    return db.session.scalars(
        select(Application).where(
            Application.assignment_id == assignment.id, Application.kind == assignment.asked["kind"],
            Application.state == str(ApplicationState.FILED),
        )
    ).one_or_none()


def agree(work: Work, ticket: Ticket, assignment: Assignment, application: Application, opinion: str) -> None:
    """Take the step that is open, and open the next, if there is one."""
    steps = _steps(application)
    taken = _decide(work, ticket, assignment, steps, ApplicationState.GRANTED, opinion)
    if taken + 1 == len(steps):
        return _end(work, assignment, application, opinion)
    following = steps[taken + 1]
    following.opened_at = work.at
    by = {*assignment.asked["by"], work.actor.user_id}
    assignment.asked = waiting_for(ApplicationKind(application.kind), tuple(Role(s.role) for s in steps), taken + 1, by)
    _await(work, ticket, assignment, Role(following.role))
    return None


def disagree(work: Work, ticket: Ticket, assignment: Assignment, application: Application, opinion: str) -> None:
    """Refuse at the step that is open, which ends the application."""
    _decide(work, ticket, assignment, _steps(application), ApplicationState.REFUSED, opinion)
    _end(work, assignment, application, opinion)


def lapse_chain(work: Work, ticket: Ticket, assignment: Assignment, name: str) -> None:
    """The task is over, or answered, before everybody had decided what it asked for."""
    application = asked_of(assignment)
    application.state = str(step(APPLICATION_MOVES, application.state, name))
    lapse_steps(work, ticket, assignment, application)
    _end(work, assignment, application, "")


def lapse_steps(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> None:
    """Nobody takes the step that is open any more."""
    stop_clocks(work, ticket, STEP_CLOCKS, brand_new=False, of=assignment)
    assignment.asked = None
    db.session.execute(
        update(ApplicationStep)
        .where(ApplicationStep.application_id == application.id, ApplicationStep.decided_at.is_(None))
        .values(decided_at=work.at, decision=str(ApplicationState.LAPSED))
        .execution_options(synchronize_session=False)
    )


def _steps(application: Application) -> list[ApplicationStep]:
    return list(db.session.scalars(
        select(ApplicationStep).where(ApplicationStep.application_id == application.id)
        .order_by(ApplicationStep.position).execution_options(populate_existing=True)
    ))


def _decide(
    work: Work, ticket: Ticket, assignment: Assignment, steps: list[ApplicationStep], decision: ApplicationState,
    opinion: str,
) -> int:
    found = next((s for s in steps if s.opened_at is not None and s.decided_at is None), None)
    if found is None:
        raise NotNow("nothing_asked")
    stop_clocks(work, ticket, STEP_CLOCKS, brand_new=False, of=assignment)
    found.decided_at, found.decided_by_id = work.at, work.actor.user_id
    found.decided_by, found.decision, found.opinion = work.actor.name, str(decision), opinion
    return found.position


def _end(work: Work, assignment: Assignment, application: Application, opinion: str) -> None:
    application.decided_at, application.decided_by_id = work.at, work.actor.user_id
    application.decided_by, application.opinion = work.actor.name, opinion
    assignment.asked = None


def _await(work: Work, ticket: Ticket, assignment: Assignment, role: Role) -> None:
    """Tell who decides the step that is open now, and let their time run."""
    of_unit = role is Role.UNIT_LEAD
    code = ClockCode.CONSENT if of_unit else ClockCode.APPROVAL
    for clock in start_clocks(work, ticket, assignment, (code,), brand_new=False):
        clock.role = str(role)
    unit_id = assignment.unit_id if role is Role.UNIT_LEAD else None
    work.tell("step_waits", ticket, unit_id=unit_id, role=role, asked=assignment.asked["kind"])
