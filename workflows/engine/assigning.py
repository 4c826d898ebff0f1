"""Which unit must answer, and giving it the task."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from workflows.engine.clocks import due_at, extension_limits, limit_for
from workflows.engine.moves import move
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.reference import ZONE
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.lifecycle import ApplicationKind, AssignmentRole
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.routing import Route

_NEXT_ASSIGNMENT = text("SELECT nextval('assignment_id_seq')")


def choose_route(work: Work, ticket: Ticket) -> Route:
    """What the dispatch catalogue says for this matter, place and kind today."""
    key = ("route", ticket.category_id, ticket.area_id, ticket.kind, ticket.caller_type)
    return work.once(key, _ask_catalogue, work, ticket)


def _ask_catalogue(work: Work, ticket: Ticket) -> Route:
    return work.ref.route(
        ticket.category_id, ticket.area_id, ticket.kind, enterprise=ticket.caller_type == "ENTERPRISE",
        on=work.at.astimezone(ZONE).date(),
    )


def route_of(found: Route) -> dict[str, Any]:
    """A route as it is kept on the ticket: the decision and every candidate with its reason."""
    return {
        "decision": str(found.decision),
        "unit_id": found.unit_id,
        "candidates": [
            {"unit_id": c.unit_id, "rule_id": c.rule_id, "reason": str(c.reason_code)} for c in found.candidates
        ],
    }


def assign(
    work: Work,
    ticket: Ticket,
    unit_id: int,
    *,
    note: str = "",
    override_reason: str = "",
    final: bool = False,
    by: str = "dispatch",
    assignment_id: int | None = None,
    brand_new: bool = False,
) -> Assignment:
    """Give a ticket to its lead unit, `by` a move that dispatches: the sign, contact and handling clocks start now."""
    returns = 0 if brand_new else _returns_of(ticket, unit_id)
    assignment = new(
        Assignment, id=assignment_id or db.session.scalar(_NEXT_ASSIGNMENT), ticket_id=ticket.id, unit_id=unit_id,
        role=str(AssignmentRole.LEAD), state=None, round=ticket.round, level=1, dispatched_at=work.at,
        dispatched_by_id=work.actor.user_id,
        # the minutes of a conference stand with it
        dispatch_note=note if by == "dispatch" else "", override_reason=override_reason,
        final_designation=final, return_count=returns, auto_signed=False,
    )
    limit = limit_for(work, ticket, ClockCode.RETURN_WINDOW, unit_id)
    calendar_id, _ = work.ref.calendar_of(unit_id)
    assignment.return_until = due_at(work, calendar_id, limit)
    assignment.extension_limits = extension_limits(work, ticket, unit_id)
    ticket.lead_assignment_id, ticket.lead_unit_id = assignment.id, unit_id
    ticket.hops = (ticket.hops or 0) + 1
    move(work, ticket, by, assignment=assignment, note=note, brand_new=brand_new,
         data={"unit_id": unit_id, "override": override_reason} if override_reason else {"unit_id": unit_id})
    ticket.must_confer = False
    work.sink.add(assignment)
    work.tell("dispatched", ticket, unit_id=unit_id, role=Role.UNIT_CLERK)
    return assignment


def _returns_of(ticket: Ticket, unit_id: int) -> int:
    """How often this unit already asked to return this ticket."""
    return db.session.scalar(
        select(func.count())
        .select_from(Application)
        .join(Assignment, Assignment.id == Application.assignment_id)
        .where(
            Application.ticket_id == ticket.id,
            Assignment.unit_id == unit_id,
            Application.kind == str(ApplicationKind.RETURN),
        )
    )

