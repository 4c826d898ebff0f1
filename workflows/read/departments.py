"""The queue of a handling unit (承办): its tabs, sorted by due, how many wait in each, how many are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, Subquery, exists, func, literal, null, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from workflows.errors import Invalid
from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.reference import ZONE, Reference, reference
from workflows.model.ticket import LIVE, Assignment, Ticket
from workflows.read.paging import SIZE, Page, Walk, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.texts import terms_of
from workflows.rules import calendar
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.states import OWING_STATES, AssignmentRole, AssignmentState
from workflows.scope import visible_to


class Tab(StrEnum):
    """待签收 办理中 将超期 已超期 待审签 退单中 重办 协办 下派 抄送 挂账 已回复.

    Those about time look at everything still owed, those about parts at such parts still owed; both stand in the
    tabs of their states as well.
    """

    TO_SIGN = "TO_SIGN"
    WORKING = "WORKING"
    DUE_SOON = "DUE_SOON"
    OVERDUE = "OVERDUE"
    TO_SIGN_OFF = "TO_SIGN_OFF"
    RETURNING = "RETURNING"
    REWORK = "REWORK"
    CO = "CO"
    SUB = "SUB"
    TO_READ = "TO_READ"
    SUSPENDED = "SUSPENDED"
    REPLIED = "REPLIED"


DEPARTMENT_TABS = tuple(Tab)
STATES: dict[Tab, frozenset[AssignmentState]] = {
    Tab.TO_SIGN: frozenset({AssignmentState.WAIT_SIGN}),
    Tab.WORKING: frozenset({AssignmentState.WORKING}),
    Tab.DUE_SOON: OWING_STATES,
    Tab.OVERDUE: OWING_STATES,
    Tab.TO_SIGN_OFF: frozenset({AssignmentState.INTERNAL_SIGN}),
    Tab.RETURNING: frozenset({AssignmentState.RETURN_ASKED}),
    Tab.REWORK: frozenset({AssignmentState.REWORK}),
    Tab.CO: OWING_STATES,
    Tab.SUB: OWING_STATES,
    Tab.TO_READ: frozenset({AssignmentState.TO_READ}),
    Tab.SUSPENDED: frozenset({AssignmentState.SUSPENDED}),
    Tab.REPLIED: frozenset({AssignmentState.REPLIED, AssignmentState.ACCEPTED}),
}


@dataclass(frozen=True, kw_only=True)
class QueueRow(TicketRow):
    """A unit's task in its queue."""

    assignment_id: int
    unit_id: int
    path: str
    role: str
    whistle: bool
    task_state: str
    dispatched_at: datetime
    signed_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    return_until: datetime | None
    final_designation: bool
    #: The stage that runs, of a ticket whose limit has stages.
    stage: str | None
    extension_filed_at: datetime | None
    task_unit_name: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it is another unit that leads."""
        return self.role != AssignmentRole.LEAD


_TASK = (
    Assignment.id.label("assignment_id"), Assignment.path, Assignment.role, Assignment.whistle, Assignment.unit_id,
    Assignment.state.label("task_state"), Assignment.due_at, Assignment.warn_at, Assignment.dispatched_at,
    Assignment.signed_at, Assignment.contacted_at, Assignment.replied_at,
    Assignment.return_until, Assignment.final_designation, Assignment.extension_filed_at,
)
_STAGE = (
    select(Clock.rule["stage_name"].astext)
    .where(Clock.ticket_id == Assignment.ticket_id, Clock.assignment_id == Assignment.id, Clock.stopped_at.is_(None),
           Clock.code == str(ClockCode.STAGE))
    .limit(1).scalar_subquery()
)


#: Past its due a task is not overdue while an extension asked for in time is undecided (红牌暂缓, §6.4).
_NOT_HELD = Assignment.extension_filed_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """What is looked for in a queue; None asks for nothing. A category or unit means it and all below it.

    `words` must all stand in the ticket's title, text or place, or one of them in its number.
    """

    unit_id: int | None = None
    category_id: int | None = None
    words: str = ""


def department_queue(
    actor: Actor, tab: str, *, filters: TaskFilter | None = None, after: str | None = None, size: int = SIZE
) -> Page[QueueRow]:
    """A tab of the queue of the actor's unit and those below it, what is due first on top.

    Raises Invalid for an unknown tab.
    """
    chosen = _tab(tab)
    step = walk(after, datetime, int, size=size)
    at, ref, asked = now(), reference(), filters or TaskFilter()
    units = _units(actor, asked, ref)
    if not units:
        return Page()
    wanted = (*_in_tab(chosen, at, ref), *_looked_for(asked, ref))
    first = _first(units, chosen, wanted, step)
    stage = _STAGE if ref.limits.staged else null()
    rows = db.session.execute(
        select(*TICKET_COLUMNS, *_TASK, stage.label("stage"))
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .join(first, first.c.id == Assignment.id)
        .where(visible_to(actor))
        .order_by(*step.order(first.c.place, first.c.id))
    ).all()
    make = line_maker(QueueRow, ref, at, by_unit=True, task_unit_name=lambda row: ref.unit_name(row.unit_id))
    return step.page(rows, make, key=lambda row: (row.dispatched_at if chosen is Tab.TO_READ else row.due_at,
                                                  row.assignment_id))


def arrived_since(actor: Actor, since: datetime) -> int:
    """How many tasks were dispatched to the actor's units after a moment and wait to be signed for."""
    if not actor.of_unit or not actor.unit_ids:
        return 0
    fresh = select(func.count()).where(
        Assignment.unit_id.in_(sorted(actor.unit_ids)), Assignment.state == str(AssignmentState.WAIT_SIGN), text(LIVE),
        Assignment.dispatched_at > since,
    )
    return db.session.scalar(fresh) or 0


def department_counts(actor: Actor) -> dict[Tab, int]:
    """How many wait in each tab; one query over open tasks only."""
    counts = dict.fromkeys(DEPARTMENT_TABS, 0)
    if not actor.of_unit or not actor.unit_ids:
        return counts
    at, ref = now(), reference()
    rows = db.session.execute(
        select(
            Assignment.state,
            func.count().label("all"),
            func.count().filter(*_in_tab(Tab.DUE_SOON, at, ref)).label("soon"),
            func.count().filter(*_in_tab(Tab.OVERDUE, at, ref)).label("late"),
            func.count().filter(*_in_tab(Tab.CO, at, ref)).label("co"),
            func.count().filter(*_in_tab(Tab.SUB, at, ref)).label("sub"),
        )
        .where(Assignment.unit_id.in_(sorted(actor.unit_ids)), text(LIVE))
        .group_by(Assignment.state)
    )
    for state, every, soon, late, co, sub in rows:
        some = {Tab.DUE_SOON: soon, Tab.OVERDUE: late, Tab.CO: co, Tab.SUB: sub}
        for tab in DEPARTMENT_TABS:
            if state in STATES[tab]:
                counts[tab] += some.get(tab, every)
    return counts


def _tab(tab: str) -> Tab:
    try:
        return Tab(tab)
    except ValueError:
        raise Invalid(fields={"tab": ["not_a_choice"]}) from None


def _units(actor: Actor, asked: TaskFilter, ref: Reference) -> list[int]:
    """The units whose tasks are listed: the actor's own and those below, or those asked for among them."""
    if not actor.of_unit:
        return []
    if asked.unit_id is None:
        return sorted(actor.unit_ids)
    return sorted(actor.unit_ids & ref.subtree(asked.unit_id)) if asked.unit_id in ref.units else []


def _looked_for(asked: TaskFilter, ref: Reference) -> tuple[ColumnElement[bool], ...]:
    """What a filter asks of a task's ticket. A unit's open tasks are few: they are read, not searched by an index."""
    ticket, wanted = aliased(Ticket), []
    if asked.category_id is not None:
        below = ref.categories[asked.category_id].path if asked.category_id in ref.categories else ""
        matters = [one.id for one in ref.categories.values() if below and one.path.startswith(below)]
        wanted.append(ticket.category_id.in_(sorted(matters)))
    for term in terms_of(asked.words):
        said = [column.icontains(term, autoescape=True) for column in (ticket.title, ticket.content, ticket.place)]
        wanted.append(or_(*said, ticket.no.contains(term, autoescape=True)))
    return (exists().where(ticket.id == Assignment.ticket_id, *wanted),) if wanted else ()


def _first(units: list[int], tab: Tab, wanted: tuple[ColumnElement[bool], ...], step: Walk) -> Subquery:
    """The page's tasks: the first of each unit and state, read from the index, then the first of those together."""
    slots = _slots(units, sorted(STATES[tab]))
    # a copy has no due: the oldest stands on top
    place = Assignment.dispatched_at if tab is Tab.TO_READ else Assignment.due_at
    each = (
        select(place.label("place"), Assignment.id)
        .where(
            Assignment.unit_id == slots.c.slot_unit, Assignment.state == slots.c.slot_state, text(LIVE),
            *wanted, *step.where(place, Assignment.id),
        )
        .order_by(*step.order(place, Assignment.id))
    )
    return step.merge(slots, each, "place", "id")


def _slots(units: list[int], states: list[AssignmentState]) -> Any:
    """Every unit with every state, as a table."""
    pairs = [(unit, str(state)) for unit in units for state in states]
    return func.unnest(
        literal([unit for unit, _ in pairs], ARRAY(BigInteger)), literal([state for _, state in pairs], ARRAY(String))
    ).table_valued("slot_unit", "slot_state", name="slots").render_derived()


def _in_tab(tab: Tab, at: datetime, ref: Reference) -> tuple[ColumnElement[bool], ...]:
    """What a tab asks for beside the state."""
    due = Assignment.due_at
    if tab is Tab.OVERDUE:
        return due <= at, _NOT_HELD
    if tab is Tab.DUE_SOON:
        return (due > at, due <= warned_horizon(at, ref), Assignment.warn_at <= at)
    if tab is Tab.CO:
        return (Assignment.role.in_([str(AssignmentRole.CO), str(AssignmentRole.JOINT)]),)
    if tab is Tab.SUB:
        return (Assignment.role == str(AssignmentRole.SUB),)
    return ()


def warned_horizon(at: datetime, ref: Reference) -> datetime:
    """No limit beyond this is yellow yet, so an index need not be followed further.

    Yellow begins at close of the working day before the due's own; what is yellow now is due on the next
    working day or in the holidays after it.
    """
    days = ref.default_calendar
    today = at.astimezone(ZONE).date()
    return calendar.midnight_after(days, calendar.working_day_after(days, today, 2)) + timedelta(days=1)


