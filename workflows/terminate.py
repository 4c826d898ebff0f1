"""终止办理: the handling ends without an answer to the matter, on grounds the law names, and the caller is told why."""

from __future__ import annotations

from workflows.engine import agree, asked_of, lead_of, lock, move, open_chain, work
from workflows.errors import Invalid
from workflows.model.rows import new
from workflows.model.ticket import Application, Ticket
from workflows.rules.guards import wants_callback
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import TerminationGround


def apply_termination(
    no: str, actor: Actor, *, reason: TerminationGround, evidence: str, explanation: str,
    caller_informed: bool = False, version: int | None = None,
) -> Ticket:
    """Ask for the handling to end: the ground, its evidence, and the explanation the caller was given.

    Raises NotNow while something else is undecided; Invalid without evidence or explanation, or where a caller who
    can be told was not.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = new(
            Application, kind=str(ApplicationKind.TERMINATION), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment is not None else None, reason_code=str(reason), basis=evidence,
            plan=explanation, caller_informed=caller_informed, filed_at=doing.at, filed_by_id=actor.user_id,
            filed_by=actor.name,
        )
        move(doing, ticket, "apply_termination", assignment=assignment, application=application, reason=reason,
             note=evidence)
        wrong = {field: ["required"] for field, given in (("evidence", evidence), ("explanation", explanation))
                 if not given}
        if wants_callback(ticket) and not caller_informed:
            wrong["caller_informed"] = ["caller_not_informed"]
        if wrong:
            raise Invalid(fields=wrong)
        open_chain(doing, ticket, assignment, application)
        return ticket


def grant_termination(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """End the handling, as its last step: every clock stops."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        ticket.closed_at = doing.at
        move(doing, ticket, "grant_termination", assignment=assignment, application=application, note=opinion,
             data={"ground": application.reason_code} if application is not None else None)
        agree(doing, ticket, assignment, application, opinion)
        assignment.ended_at = doing.at
        doing.tell_unit("terminated", ticket, assignment.unit_id)
        return ticket
