"""挂账: what cannot be solved now is set aside with a plan, looked at every thirty days, and taken up again.

The unit's time stands still meanwhile, counted from the asking; the ledger is cleared only when the ticket closes
after its caller was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.engine import (
    Work,
    agree,
    asked_of,
    lead_of,
    lock,
    move,
    open_chain,
    run_on,
    running_suspension,
    stand_still,
    work,
)
from workflows.errors import Invalid
from workflows.model.application import Suspension
from workflows.model.rows import new
from workflows.model.ticket import Application, Ticket
from workflows.rules.guards import wants_callback
from workflows.rules.numbering import ApplicationPrefix, application_no
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind, AssignmentState, TicketState
from workflows.rules.vocabulary import SuspensionCause

#: Milestones a plan has at most.
MOST_MILESTONES = 20
_TASK_STATES = {TicketState.HANDLING: AssignmentState.WORKING, TicketState.REWORK: AssignmentState.REWORK}


@dataclass(frozen=True)
class Milestone:
    """What will be done until which day."""

    on: date
    what: str


@dataclass(frozen=True)
class Plan:
    """Why it cannot be solved now, what is done about it until when, and who answers for it (§8.5)."""

    obstacles: str
    plan: str
    milestones: Sequence[Milestone]
    leader_name: str
    leader_office: str
    target_on: date


def apply_suspension(
    no: str, actor: Actor, *, reason: SuspensionCause, plan: Plan, caller_informed: bool = False,
    version: int | None = None,
) -> Ticket:
    """Ask for a matter to be suspended. The time runs on until everybody has agreed, and is then put back.

    Raises NotNow after the due, before the caller was contacted, or while something else is undecided; Invalid for a
    cause that is not allowed, an incomplete plan, days gone by or out of order, or a caller who does not know.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = new(
            Application, kind=str(ApplicationKind.SUSPENSION), state=None, ticket_id=ticket.id,
            assignment_id=assignment.id if assignment is not None else None, reason_code=str(reason), basis="",
            plan=plan.plan, caller_informed=caller_informed, details=_details(plan), filed_at=doing.at,
            filed_by_id=actor.user_id, filed_by=actor.name,
        )
        move(doing, ticket, "apply_suspension", assignment=assignment, application=application, reason=reason,
             note=plan.plan, data={"target_on": plan.target_on.isoformat()})
        _check(doing, ticket, reason, plan, caller_informed)
        open_chain(doing, ticket, assignment, application)
        return ticket


def _details(plan: Plan) -> dict[str, Any]:
    return {
        "obstacles": plan.obstacles, "leader_name": plan.leader_name, "leader_office": plan.leader_office,
        "target_on": plan.target_on.isoformat(),
        "milestones": [
            {"on": one.on.isoformat(), "what": one.what, "done_on": None, "moved_from": None, "note": ""}
            for one in plan.milestones
        ],
    }


def _check(doing: Work, ticket: Ticket, cause: SuspensionCause, plan: Plan, caller_informed: bool) -> None:
    wrong = {name: ["required"] for name in ("obstacles", "plan", "leader_name", "leader_office")
             if not getattr(plan, name)}
    days = [one.on for one in plan.milestones]
    today = doing.today
    if str(cause) in doing.ref.closed_causes:
        wrong["reason"] = ["cause_not_allowed"]
    if not 1 <= len(days) <= MOST_MILESTONES:
        wrong["milestones"] = ["milestones_wanted"]
    elif days != sorted(days) or days[0] < today or days[-1] > plan.target_on:
        wrong["milestones"] = ["milestones_out_of_order"]
    if plan.target_on <= today:
        wrong["target_on"] = ["day_past"]
    if wants_callback(ticket) and not caller_informed:
        wrong["caller_informed"] = ["caller_not_informed"]
    if wrong:
        raise Invalid(fields=wrong)


def grant_suspension(no: str, actor: Actor, *, opinion: str = "", version: int | None = None) -> Ticket:
    """Suspend a matter, as its last step: a line in the ledger, its clocks stand still, the review clock runs."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        application = asked_of(assignment)
        before = ticket.state
        move(doing, ticket, "grant_suspension", assignment=assignment, application=application, note=opinion)
        agree(doing, ticket, assignment, application, opinion)
        stand_still(doing, ticket, assignment, application.filed_at)
        assignment.suspension_count += 1
        doing.sink.add(_line(doing, application, assignment.unit_id, before))
        doing.tell_unit("suspended", ticket, assignment.unit_id)
        return ticket


def _line(doing: Work, application: Application, unit_id: int, before: str) -> Suspension:
    details = application.details
    return new(
        Suspension, no=application_no(ApplicationPrefix.SUSPENSION, doing.today, application.id),
        application_id=application.id, ticket_id=application.ticket_id, assignment_id=application.assignment_id,
        unit_id=unit_id, cause=application.reason_code, plan=application.plan, obstacles=details["obstacles"],
        milestones=details["milestones"], leader_name=details["leader_name"], leader_office=details["leader_office"],
        target_on=date.fromisoformat(details["target_on"]), state_before=before, since=application.filed_at,
        granted_at=doing.at,
    )


def review_suspension(
    no: str, actor: Actor, *, progress: str, milestone: int | None = None, moved_to: date | None = None,
    version: int | None = None,
) -> Ticket:
    """Look at a suspended matter (挂账复查): how far it has got. The next review is due a limit later.

    A milestone, counted from 1, is marked done, or moved to a later day for the reason the progress says. Raises
    Invalid for one there is not, or a day that is not later.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        move(doing, ticket, "review_suspension", assignment=assignment, note=progress,
             data={"milestone": milestone, "moved_to": moved_to.isoformat() if moved_to else None})
        if not progress:
            raise Invalid(fields={"progress": ["required"]})
        suspension = running_suspension(assignment)
        if milestone is not None or moved_to is not None:
            _mark(doing, suspension, milestone, moved_to, progress)
        suspension.reviews, suspension.reviewed_at = suspension.reviews + 1, doing.at
        return ticket


def _mark(doing: Work, suspension: Suspension, milestone: int | None, moved_to: date | None, note: str) -> None:
    lines = [dict(line) for line in suspension.milestones]
    if milestone is None or not 1 <= milestone <= len(lines):
        raise Invalid(fields={"milestone": ["milestone_unknown"]})
    line = lines[milestone - 1]
    if moved_to is None:
        line["done_on"] = doing.today.isoformat()
    elif moved_to.isoformat() <= line["on"]:
        raise Invalid(fields={"moved_to": ["day_not_later"]})
    else:
        line["moved_from"], line["on"] = line["on"], moved_to.isoformat()
        suspension.target_on = max(suspension.target_on, moved_to)
    line["note"] = note
    suspension.milestones = lines


def resume(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Take a suspended matter up again: its clocks run on with the rest of their time."""
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment = lead_of(ticket)
        suspension = running_suspension(assignment) if ticket.state == TicketState.SUSPENDED else None
        back = TicketState(suspension.state_before) if suspension is not None else None
        move(doing, ticket, "resume", assignment=assignment, note=note, to=back,
             assignment_to=_TASK_STATES.get(back))
        suspension.resumed_at = doing.at
        run_on(doing, ticket, assignment)
        doing.tell_unit("resumed", ticket, assignment.unit_id)
        return ticket
