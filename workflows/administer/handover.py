"""What a closed unit leaves behind: its open tasks and its lines of the catalogue go to its successor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, update

from workflows.administer.validity import end_row, replace_row
from workflows.engine import Work, note_event
from workflows.model.application import ApplicationStep, Suspension
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.settings import CatalogueRule, LadderStep, LimitRule
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.roles import Role
from workflows.rules.states import LIVE_STATES
from workflows.rules.vocabulary import SettingSubject

_LIVE = [str(state) for state in LIVE_STATES]
_QUIETLY = {"synchronize_session": False}


def open_tasks(unit_id: int) -> int:
    """How many tasks of the unit are not over."""
    return db.session.scalar(
        select(func.count()).select_from(Assignment).where(Assignment.unit_id == unit_id, Assignment.state.in_(_LIVE))
    )


def hand_over_tickets(doing: Work, unit_id: int, successor_id: int) -> None:
    """Give every open task, with its running clocks as they are, to the successor; each ticket's history says so."""
    tickets = db.session.scalars(
        select(Ticket)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(Assignment.unit_id == unit_id, Assignment.state.in_(_LIVE))
        .order_by(Ticket.id)
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    ).unique().all()
    # read again under the locks: a task may have ended while we waited for its ticket
    tasks = db.session.scalars(
        select(Assignment)
        .where(Assignment.ticket_id.in_([t.id for t in tickets]), Assignment.unit_id == unit_id,
               Assignment.state.in_(_LIVE))
        .execution_options(populate_existing=True)
    ).all()
    _give_orders([task.id for task in tasks], successor_id)
    _give_clocks([task.id for task in tasks], unit_id, successor_id)
    _give_applications([task.id for task in tasks], successor_id)
    by_id = {ticket.id: ticket for ticket in tickets}
    for task in tasks:
        ticket = by_id[task.ticket_id]
        task.unit_id = successor_id
        if ticket.lead_assignment_id == task.id:
            ticket.lead_unit_id = successor_id
        ticket.version += 1
        ticket.changed_at = doing.at
        note_event(doing, ticket, "handed_over", before=ticket.state, assignment=task,
                   data={"from_unit_id": unit_id, "unit_id": successor_id})
        doing.tell("handed_over", ticket, unit_id=successor_id, role=Role.UNIT_CLERK)


def _give_orders(task_ids: Sequence[int], successor_id: int) -> None:
    order = SupervisionOrder
    db.session.execute(
        update(order)
        .where(order.assignment_id.in_(task_ids), order.answered_at.is_(None), order.lapsed_at.is_(None))
        .values(unit_id=successor_id),
        execution_options=_QUIETLY,
    )


def _give_clocks(task_ids: Sequence[int], unit_id: int, successor_id: int) -> None:
    db.session.execute(
        update(Clock)
        .where(Clock.assignment_id.in_(task_ids), Clock.unit_id == unit_id,
               or_(Clock.stopped_at.is_(None), Clock.void))  # void: of a suspended task, to run on some day
        .values(unit_id=successor_id),
        execution_options=_QUIETLY,
    )


def _give_applications(task_ids: Sequence[int], successor_id: int) -> None:
    """What waits for the leader of the unit waits for its successor's, and so does its line in the ledger."""
    asked = select(Application.id).where(Application.assignment_id.in_(task_ids))
    step = ApplicationStep
    for found in (
        update(step).where(step.application_id.in_(asked), step.unit_id.is_not(None), step.decided_at.is_(None)),
        update(Suspension).where(Suspension.assignment_id.in_(task_ids), Suspension.cleared_at.is_(None)),
    ):
        db.session.execute(found.values(unit_id=successor_id), execution_options=_QUIETLY)


def hand_over_rules(doing: Work, unit_id: int, successor_id: int | None) -> None:
    """End the unit's limits, its steps of the ladder and its lines of the catalogue; the successor gets the latter."""
    start = doing.today
    for rule in _in_force(CatalogueRule, unit_id):
        if successor_id is None:
            end_row(doing, SettingSubject.CATALOGUE, rule, start - timedelta(days=1))
        else:
            replace_row(doing, SettingSubject.CATALOGUE, rule, {"unit_id": successor_id}, start)
    for limit in _in_force(LimitRule, unit_id):
        end_row(doing, SettingSubject.LIMIT, limit, start - timedelta(days=1))
    for rung in _in_force(LadderStep, unit_id):
        end_row(doing, SettingSubject.LADDER, rung, start - timedelta(days=1))


def _in_force(kind: type, unit_id: int) -> Sequence:
    return db.session.scalars(select(kind).where(kind.unit_id == unit_id, kind.valid_to.is_(None))).all()
