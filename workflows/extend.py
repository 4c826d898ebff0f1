"""延期: a unit asks for more time before its time is over; its leader stands by it, and the hotline decides.

The clock runs on while nobody has decided. What was asked for in time is held back from turning red until the
decision; granted after the old due, it counts as if granted at once.
"""

from __future__ import annotations

from workflows.engine import (
    Work,
    ask_leader,
    asked_of,
    check_open,
    consent,
    filed,
    held_clock,
    hold_due,
    lead_of,
    leader_consents,
    lock,
    move,
    move_due,
    release_due,
    running_due_clock,
    work,
)
from workflows.errors import Invalid
from workflows.model.clock import Clock
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules import accounting
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.guards import wants_callback
from workflows.rules.roles import Actor, Role
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import ExtensionReason


def apply_extension(
    no: str, actor: Actor, *, reason: ExtensionReason, plan: str, amount: int, caller_informed: bool = False,
    version: int | None = None,
) -> Ticket:
    """Ask for `amount` more of the time the rule of extensions counts in, saying why and what will be done in it.

    Raises NotNow after the due, before the caller was contacted, while one is undecided, or where the rules allow
    no more; Invalid without a plan, beyond what may be granted, or where the caller does not know.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        clock = running_due_clock(assignment) if assignment is not None else None
        application = new(
            Application, kind=str(ApplicationKind.EXTENSION), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment is not None else None, reason_code=str(reason), basis="",
            plan=plan, amount=amount, caller_informed=caller_informed, clock_id=clock.id if clock is not None else None,
            filed_at=doing.at, filed_by_id=actor.user_id, filed_by=actor.name,
        )
        check_open(doing, ticket, "apply_extension", assignment)
        consents = leader_consents(doing, assignment, ApplicationKind.EXTENSION)
        move(doing, ticket, "ask_consent" if consents else "apply_extension", assignment=assignment,
             application=application, reason=reason, note=plan,
             data={"amount": amount} | ({"kind": str(ApplicationKind.EXTENSION)} if consents else {}))
        allowed = assignment.extension_limits[assignment.extension_count]
        _check(ticket, allowed["amount"], plan, amount, caller_informed)
        application.amount_basis = allowed["basis"]
        assignment.extension_filed_at = doing.at
        hold_due(doing, clock)
        if consents:
            ask_leader(doing, ticket, assignment, application)
        else:
            doing.sink.add(application)
            _extension_filed(doing, ticket, assignment)
        return ticket


def consent_extension(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Stand by an extension as the unit's leader: now the hotline decides it. It was in time when it was asked for."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        move(doing, ticket, "consent_extension", assignment=assignment, application=application, note=opinion)
        consent(doing, ticket, assignment, application, opinion)
        _extension_filed(doing, ticket, assignment)
        return ticket


def _extension_filed(doing: Work, ticket: Ticket, assignment: Assignment) -> None:
    decider = _decider(assignment)
    for started in doing.started:
        started.role = str(decider)
    doing.tell("extension_filed", ticket, unit_id=None, role=decider)


def _check(ticket: Ticket, most: int, plan: str, amount: int, caller_informed: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if not plan:
        wrong["plan"] = ["required"]
    if not 1 <= amount <= most:
        wrong["amount"] = ["extension_too_long"]
    if wants_callback(ticket) and not caller_informed:
        wrong["caller_informed"] = ["caller_not_informed"]
    if wrong:
        raise Invalid(fields=wrong)


def _decider(assignment: Assignment) -> Role:
    return Role.HOTLINE_DIR if assignment.extension_count else Role.SUPERVISOR


def grant_extension(
    no: str, actor: Actor, *, opinion: str = "", amount: int | None = None, version: int | None = None
) -> Ticket:
    """Grant more time, all that was asked for or less. The new due is counted from the old one, whenever decided."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application, clock = _asked(assignment)
        move(doing, ticket, "grant_extension", assignment=assignment, application=application, note=opinion)
        granted = application.amount if amount is None else amount
        if not 1 <= granted <= application.amount:
            raise Invalid(fields={"amount": ["extension_too_long"]})
        _decide(doing, assignment, application, clock, opinion)
        application.granted = granted
        assignment.extension_count += 1
        basis = Basis(application.amount_basis)
        due = accounting.extended(doing.ref.calendars[clock.calendar_id], clock.due_at, basis, granted)
        move_due(doing, ticket, assignment, clock, due, SegmentKind.EXTENSION, SegmentReason.EXTENSION_GRANTED,
                 amount=granted, basis=str(basis), application_id=application.id)
        doing.tell_unit("extension_granted", ticket, assignment.unit_id)
        return ticket


def refuse_extension(no: str, actor: Actor, *, opinion: str, version: int | None = None) -> Ticket:
    """Refuse more time, saying why. The old due holds; if it is over, it turns red now."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application, clock = _asked(assignment)
        move(doing, ticket, "refuse_extension", assignment=assignment, application=application, note=opinion)
        _decide(doing, assignment, application, clock, opinion)
        doing.tell_unit("extension_refused", ticket, assignment.unit_id)
        return ticket


def _asked(assignment: Assignment | None) -> tuple[Application | None, Clock | None]:
    """What waits for a decision and the clock it is for; the move's guard refuses where there is nothing."""
    application = filed(assignment, ApplicationKind.EXTENSION)
    return application, held_clock(application)


def _decide(doing: Work, assignment: Assignment, application: Application, clock: Clock, opinion: str) -> None:
    application.decided_at, application.decided_by_id = doing.at, doing.actor.user_id
    application.decided_by, application.opinion = doing.actor.name, opinion
    assignment.extension_filed_at = None
    release_due(doing, clock)

