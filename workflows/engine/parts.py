"""Parts: the tasks of a ticket that are not its lead's (协办、会办、下派、抄送), and which task somebody acts from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, case, func, select, update

from workflows.engine.work import Work
from workflows.errors import Invalid, Unknown
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.roles import Actor
from workflows.rules.states import (
    LIVE_STATES,
    OPEN_STATES,
    OWING_STATES,
    ApplicationKind,
    ApplicationState,
    AssignmentRole,
    AssignmentState,
)

Task = TypeVar("Task")

_LIVE = [str(state) for state in LIVE_STATES]
_QUIETLY = {"synchronize_session": False}


def own_task(tasks: Iterable[Task], actor: Actor, lead_id: int | None) -> Task | None:
    """The task of a ticket this actor acts from: the live one of their own unit, else of a unit below it.

    The lead's goes first, and is the one the hotline acts on; None where there is none, or several of units below.
    """
    known = list(tasks)
    lead = next((task for task in known if task.id == lead_id), None)
    live = [task for task in known if task.state in LIVE_STATES and task.unit_id in actor.unit_ids]
    own = [task for task in live if task.unit_id == actor.unit_id]
    if not live or not actor.of_unit or lead in own:
        return lead
    if own:
        return own[0]
    return lead if lead in live else live[0] if len(live) == 1 else None


def task_of(ticket: Ticket, actor: Actor, number: str = "") -> Assignment | None:
    """The task this actor acts from, as it stands in the database; the one of that `number` where several are theirs.

    Raises Unknown for a number the ticket does not have for them, Invalid where a number is needed.
    """
    if not ticket.open_parts and not number:
        return _stands(ticket.lead_assignment_id)
    tasks = db.session.scalars(
        select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id),
        execution_options={"populate_existing": True},
    ).all()
    if number:
        named = next((t for t in tasks if t.path == number), None)
        if named is None or not (actor.of_hotline or named.unit_id in actor.unit_ids):
            raise Unknown("task_unknown", task=number)
        return named
    found = own_task(tasks, actor, ticket.lead_assignment_id)
    if found is None and ticket.lead_assignment_id is not None:
        raise Invalid(fields={"task": ["say_which_task"]})
    return found


def _stands(assignment_id: int | None) -> Assignment | None:
    if assignment_id is None:
        return None
    return db.session.get(Assignment, assignment_id, populate_existing=True)


def part_of(ticket: Ticket, number: str, *, above: Assignment | None = None) -> Assignment:
    """A part by its number; one handed down from the task `above` where that is given. Raises Unknown."""
    wanted = [Assignment.ticket_id == ticket.id, Assignment.path == number,
              Assignment.role != str(AssignmentRole.LEAD)]
    if above is not None:
        wanted.append(Assignment.parent_id == above.id)
    found = db.session.scalars(
        select(Assignment).where(*wanted), execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise Unknown("task_unknown", task=number)
    return found


def above_of(ticket: Ticket, part: Assignment) -> Assignment | None:
    """The task a part answers to: the one it was handed down from, else the lead's."""
    return _stands(part.parent_id or ticket.lead_assignment_id)


def next_path(work: Work, ticket: Ticket, above: Assignment | None = None) -> str:
    """The number of the next task of a ticket, or of the next one handed down from another: 2, 1.3."""
    prefix = f"{above.path}." if above is not None else ""
    key = ("path", ticket.id, prefix)
    if key not in work.memo:
        siblings = Assignment.parent_id == above.id if above is not None else Assignment.parent_id.is_(None)
        work.memo[key] = db.session.scalar(
            select(func.count()).select_from(Assignment).where(Assignment.ticket_id == ticket.id, siblings)
        )
    work.memo[key] += 1
    return f"{prefix}{work.memo[key]}"


def owing_below(ticket: Ticket, task: Assignment) -> list[str]:
    """The numbers of the parts that still owe an answer to this task: those handed down, and the lead's co-handlers."""
    if not ticket.open_parts:
        return []
    below: ColumnElement[bool] = Assignment.parent_id == task.id
    if task.role == AssignmentRole.LEAD:
        below = below | Assignment.role.in_([str(AssignmentRole.CO), str(AssignmentRole.JOINT)])
    return list(db.session.scalars(
        select(Assignment.path)
        .where(Assignment.ticket_id == ticket.id, below, Assignment.state.in_([str(s) for s in OWING_STATES]))
        .order_by(Assignment.path)
    ))


def end_parts(work: Work, ticket: Ticket, under: Assignment | None = None) -> Sequence[Row[Any]]:
    """End every part that is not over, or those below a task, with its clocks and what it asked for; which they were.

    One that answered is done, one that did not is recalled; clocks of a lead that lost the ticket count in no figure.
    """
    if not ticket.open_parts:
        return []
    answered = Assignment.state.in_([str(AssignmentState.REPLIED), str(AssignmentState.ACCEPTED)])
    mine = [Assignment.ticket_id == ticket.id, Assignment.role != str(AssignmentRole.LEAD), Assignment.state.in_(_LIVE)]
    if under is not None:
        mine.append(Assignment.path.startswith(f"{under.path}."))
    ended = db.session.execute(
        update(Assignment)
        .where(*mine)
        .values(state=case((answered, str(AssignmentState.DONE)), else_=str(AssignmentState.RECALLED)),
                ended_at=work.at, open_parts=0)
        .returning(Assignment.id, Assignment.unit_id, Assignment.role, Assignment.state, Assignment.path),
        execution_options=_QUIETLY,
    ).all()
    ticket.open_parts -= len(ended)
    if ended and under is None and ticket.lead_assignment_id is not None:  # it may be taken up again
        db.session.get(Assignment, ticket.lead_assignment_id).open_parts = 0
    if ended:
        _stop(work, [row.id for row in ended], void=under is not None or ticket.state in OPEN_STATES)
        ticket.open_objections -= _lapse(work, [row.id for row in ended])
    return ended


def _stop(work: Work, task_ids: list[int], *, void: bool) -> None:
    db.session.execute(
        update(Clock)
        .where(Clock.assignment_id.in_(task_ids), Clock.stopped_at.is_(None))
        .values(stopped_at=work.at, next_at=None, next_level=None, **({"void": True} if void else {})),
        execution_options=_QUIETLY,
    )
    db.session.execute(
        update(Clock).where(Clock.assignment_id.in_(task_ids), Clock.paused_since.is_not(None))
        .values(paused_since=None), execution_options=_QUIETLY,
    )


def _lapse(work: Work, task_ids: list[int]) -> int:
    """How many objections nobody decided."""
    return db.session.execute(
        update(Application)
        .where(Application.assignment_id.in_(task_ids), Application.kind == str(ApplicationKind.DECLINE),
               Application.state == str(ApplicationState.FILED))
        .values(state=str(ApplicationState.LAPSED), decided_at=work.at, decided_by=work.actor.name),
        execution_options=_QUIETLY,
    ).rowcount
