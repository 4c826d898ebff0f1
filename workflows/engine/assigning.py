"""Which unit must answer, and giving it the task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from workflows.engine.clocks import due_at, extension_limits, limit_for
from workflows.engine.moves import move
from workflows.engine.parts import next_path
from workflows.engine.proposing import note_where_it_went
from workflows.engine.work import Work
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.accounting import inner_due
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.routing import Decision, Route
from workflows.rules.states import LIVE_STATES, ApplicationKind, AssignmentRole

_NEXT_ASSIGNMENT = text("SELECT nextval('assignment_id_seq')")


def accused(work: Work, ticket: Ticket) -> frozenset[int]:
    """The units that are given no part in a ticket: the one it accuses, and those below it."""
    return frozenset() if ticket.respondent_unit_id is None else work.ref.subtree(ticket.respondent_unit_id)


def tell_of_accusation(work: Work, ticket: Ticket) -> None:
    """Discipline inspection is told of a ticket that accuses a unit or somebody; the director where it is of that unit.
    """
    district = work.ref.district_unit_id
    if district in accused(work, ticket):
        work.tell("accusation", ticket, unit_id=None, role=Role.HOTLINE_DIR)
    else:
        work.tell("accusation", ticket, unit_id=district, role=Role.DISCIPLINE)


def choose_route(work: Work, ticket: Ticket) -> Route:
    """What the dispatch catalogue says for this matter, place and kind today."""
    key = ("route", ticket.category_id, ticket.area_id, ticket.kind, ticket.caller_type)
    return work.once(key, _ask_catalogue, work, ticket)


def _ask_catalogue(work: Work, ticket: Ticket) -> Route:
    return work.ref.route(
        ticket.category_id, ticket.area_id, ticket.kind, enterprise=ticket.caller_type == "ENTERPRISE",
        on=work.today,
    )


def route_of(found: Route) -> dict[str, Any]:
    """A route as it is kept on the ticket: the decision and every candidate with its reason."""
    return {
        "decision": str(found.decision),
        "unit_id": found.unit_id,
        "candidates": [
            {"unit_id": c.unit_id, "rule_id": c.rule_id, "reason": str(c.reason_code),
             "co_unit_ids": list(c.co_unit_ids)} for c in found.candidates
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
        path="1" if brand_new else next_path(work, ticket), of_street=unit_id in work.ref.grassroots_units,
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
    note_where_it_went(ticket, unit_id)
    work.sink.add(assignment)
    work.tell("dispatched", ticket, unit_id=unit_id, role=Role.UNIT_CLERK)
    return assignment


def send_on(
    work: Work, ticket: Ticket, found: Route, *, assignment_id: int | None = None, brand_new: bool = False
) -> None:
    """A ticket that waits for its unit: a certain hit of the catalogue dispatches it, in the system's name.

    What an emergency line must have first goes to no unit yet, what accuses the unit it names not to that one, and
    whether others help it (协办) a person decides.
    """
    recused = accused(work, ticket)
    beside = any(set(c.co_unit_ids) - recused for c in found.candidates)
    if found.decision is not Decision.CERTAIN or ticket.risk_line or found.unit_id in recused or beside:
        work.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return
    assign(work.by_system(), ticket, found.unit_id, assignment_id=assignment_id, brand_new=brand_new)


def open_part(
    work: Work,
    ticket: Ticket,
    name: str,
    unit_id: int,
    role: AssignmentRole,
    outer: Assignment,
    *,
    due: datetime | None = None,
    reason: str = "",
) -> Assignment:
    """Give a unit a part in a ticket by the move of that `name`: beside the lead's task `outer`, or below any task.

    Its due lies inside the other's: at `due`, else as long before it as the limits say. A copy has none.
    """
    above = outer if role is AssignmentRole.SUB else None
    part = new(
        Assignment, id=db.session.scalar(_NEXT_ASSIGNMENT), ticket_id=ticket.id, unit_id=unit_id,
        parent_id=above.id if above is not None else None, role=str(role), state=None, round=ticket.round,
        level=above.level + 1 if above is not None else 1, path=next_path(work, ticket, above),
        dispatched_at=work.at, dispatched_by_id=work.actor.user_id, dispatch_note=reason,
        whistle=name == "whistle", of_street=unit_id in work.ref.grassroots_units,
    )
    if role is not AssignmentRole.INFO:
        code = ClockCode.SUB if role is AssignmentRole.SUB else ClockCode.CO
        part.due_at = due or latest_inside(work, ticket, outer, unit_id, code)
    ticket.open_parts += 1
    if above is not None:
        above.open_parts += 1
    move(work, ticket, name, assignment=outer, part=part, note=reason, within=outer.due_at)
    work.sink.add(part)
    work.tell("dispatched", ticket, unit_id=unit_id, role=Role.UNIT_CLERK)
    return part


def check_part_units(
    work: Work, ticket: Ticket, given: Mapping[str, Sequence[int]], within: Iterable[int] | None = None
) -> None:
    """Raise Invalid, by the field a unit was given in, for one that does not exist now or is none of those `within`.

    A unit has one part in a ticket: one that has a task already, or is given two, is refused too; and one the ticket
    accuses has none.
    """
    known = work.ref.handling_units(work.today)
    if within is not None:
        known &= frozenset(within)
    busy, recused = {ticket.lead_unit_id, *_busy_units(ticket)}, accused(work, ticket)
    wrong: dict[str, list[str]] = {}
    for field, unit_ids in given.items():
        for unit_id in unit_ids:
            if unit_id in recused:
                wrong[field] = ["unit_is_accused"]
            elif unit_id not in known:
                wrong[field] = ["unit_unknown"]
            elif unit_id in busy:
                wrong[field] = ["unit_has_a_part"]
            busy.add(unit_id)
    if wrong:
        raise Invalid(fields=wrong)


def _busy_units(ticket: Ticket) -> Iterable[int]:
    if not ticket.open_parts:
        return ()
    live = Assignment.state.in_([str(state) for state in LIVE_STATES])
    return db.session.scalars(select(Assignment.unit_id).where(Assignment.ticket_id == ticket.id, live))


def latest_inside(
    work: Work, ticket: Ticket, outer: Assignment, unit_id: int, code: ClockCode
) -> datetime:
    """When a part of a task must be answered at the latest: before the task itself by what the limits say."""
    limit = limit_for(work, ticket, code, unit_id)
    _, days = work.ref.calendar_of(outer.unit_id)
    return inner_due(days, work.at, outer.due_at, limit.basis, limit.amount)


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

