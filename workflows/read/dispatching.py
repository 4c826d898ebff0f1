"""How well tickets are dispatched (派单质量): right the first time, hops, who sends what where, what goes wrong most.

Counted are tickets given to a lead unit in the period. Sent right the first time is one no unit gave back and nobody
took back since. Figures are counted from the tasks as they stand, not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, distinct, func, select

from workflows.model.base import db, now
from workflows.model.directory import User
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Assignment, Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.passing import OFFICE
from workflows.rules.roles import Actor
from workflows.rules.states import OPEN_STATES, AssignmentRole, AssignmentState
from workflows.scope import visible_to

MOST_CATEGORIES, MOST_DISPATCHERS = 20, 100
#: A period is three months at most: the figures are counted anew each time.
LONGEST = timedelta(days=93)
_GIVEN_BACK = Assignment.state.in_([str(AssignmentState.RETURNED), str(AssignmentState.RECALLED)])


@dataclass(frozen=True)
class Share:
    """A part of a whole, never without it."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """The rate, to a tenth; None where nothing was counted."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True)
class Quality:
    """首派准确率, mean hops, and tickets that went through three units or more."""

    right_first: Share
    mean_hops: float | None
    many_units: int


@dataclass(frozen=True)
class CategoryLine:
    """A matter that is sent wrongly: how often given back, of how often dispatched."""

    category_id: int
    given_back: Share


@dataclass(frozen=True)
class DispatcherLine:
    """Who dispatches, how much of it came back, and how much went to streets against the catalogue."""

    name: str
    recalled: int
    returned: Share
    dumped: int


@dataclass(frozen=True, kw_only=True)
class RaisedRow(TicketRow):
    """A ticket that was raised a level (问题工单)."""

    escalation_level: int
    hops: int


def quality(actor: Actor, first: date, last: date) -> Quality:
    """The figures of a period, both days included; at most LONGEST of it, its end."""
    each = (
        _sent(actor, first, last, Assignment.ticket_id, func.bool_or(_GIVEN_BACK).label("wrong"),
              func.count(distinct(Assignment.unit_id)).label("units"), func.count().label("hops"))
        .group_by(Assignment.ticket_id).subquery()
    )
    row = db.session.execute(
        select(func.count(), func.count().filter(~each.c.wrong), func.avg(each.c.hops),
               func.count().filter(each.c.units >= reference().thresholds.escalate_units))
    ).one()
    whole, right, hops, many = row
    return Quality(Share(right, whole), round(float(hops), 2) if hops is not None else None, many)


def worst_categories(actor: Actor, first: date, last: date) -> tuple[CategoryLine, ...]:
    """The matters that are given back most, most often first."""
    wrong = func.count().filter(_GIVEN_BACK)
    rows = db.session.execute(
        _sent(actor, first, last, Ticket.category_id, wrong, func.count())
        .group_by(Ticket.category_id).having(wrong > 0).order_by(wrong.desc(), Ticket.category_id)
        .limit(MOST_CATEGORIES)
    )
    return tuple(CategoryLine(key, Share(part, whole)) for key, part, whole in rows)


def by_dispatcher(actor: Actor, first: date, last: date) -> tuple[DispatcherLine, ...]:
    """Everybody who dispatched by hand, whoever sends most to streets against the catalogue first."""
    streets = Assignment.unit_id.in_(sorted(reference().grassroots_units))
    dumped = func.sum(cast(case((and_(streets, Assignment.override_reason != ""), 1), else_=0), Integer))
    rows = db.session.execute(
        _sent(actor, first, last, User.name,
              func.count().filter(Assignment.state == str(AssignmentState.RECALLED)),
              func.count().filter(Assignment.state == str(AssignmentState.RETURNED)), func.count(), dumped)
        .join(User, User.id == Assignment.dispatched_by_id)
        .group_by(User.id, User.name).order_by(dumped.desc(), func.count().desc(), User.id).limit(MOST_DISPATCHERS)
    )
    return tuple(
        DispatcherLine(name, recalled, Share(returned, sent), to_streets)
        for name, recalled, returned, sent, to_streets in rows
    )


def _sent(actor: Actor, first: date, last: date, *columns: Any) -> Select[Any]:
    start, end = _moment(max(first, last - LONGEST)), _moment(last + timedelta(days=1))
    return (
        select(*columns).select_from(Assignment).join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.role == str(AssignmentRole.LEAD), Assignment.dispatched_at >= start,
               Assignment.dispatched_at < end, visible_to(actor))
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE)


def raised(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[RaisedRow]:
    """Open tickets that were raised a level, the oldest first (问题工单)."""
    step = walk(after, int, size=size)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.escalation_level, Ticket.hops)
        .where(*_raised(actor), *step.where(Ticket.id))
        .order_by(*step.order(Ticket.id)).limit(step.limit)
    ).all()
    return step.page(rows, line_maker(RaisedRow, reference(), now()), key=lambda row: (row.id,))


def raised_count(actor: Actor) -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Ticket).where(*_raised(actor))) or 0


def _raised(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Ticket.escalation_level >= OFFICE, Ticket.state.in_(sorted(map(str, OPEN_STATES))), visible_to(actor)
