"""Lists of tickets by what one asks for: the search page, the API, an agent's own last ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, exists, literal_column, select, text

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.reference import Reference, reference
from workflows.model.risk import OPEN as ALERT_OPEN
from workflows.model.risk import RiskAlert
from workflows.model.ticket import OPEN, OWING, Assignment, Ticket
from workflows.read.fates import FATE, Fate
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.states import OPEN_STATES, TicketState
from workflows.scope import counted_for, visible_to

RECENT = 20


@dataclass(frozen=True, kw_only=True)
class TicketFilter:
    """What is asked for; None asks for nothing. A category, area or unit means it and all below it.

    `created_from` is inclusive, `created_to` exclusive. `overdue`: a unit owes an answer beyond its due, or
    does not. Words are `workflows.read.search`'s. `counted`: only what the reports count for the reader, a unit the
    requests it leads. `by_id`: who took it. `in_danger`: a report of danger waits for its hand-over; `risk`:
    one of this kind was made from `raised_from` until before `raised_to`.
    """

    states: frozenset[str] = field(default_factory=frozenset)
    unit_id: int | None = None
    kind: str | None = None
    category_id: int | None = None
    area_id: int | None = None
    urgency: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    overdue: bool | None = None
    fate: Fate | None = None
    by_id: int | None = None
    in_danger: bool = False
    risk: str | None = None
    raised_from: datetime | None = None
    raised_to: datetime | None = None
    counted: bool = False


def all_tickets(
    actor: Actor, filters: TicketFilter | None = None, after: str | None = None, size: int = SIZE
) -> Page[TicketRow]:
    """The tickets asked for that this actor may see, newest first."""
    step = walk(after, datetime, int, size=size, descending=True)
    at, ref = now(), reference()
    wanted = tuple(conditions(filters or TicketFilter(), ref, at))
    if filters is not None and filters.counted:
        wanted = (*wanted, counted_for(actor, Ticket.lead_unit_id), Ticket.state != str(TicketState.DRAFT))
    rows = db.session.execute(
        with_due(select(*TICKET_COLUMNS))
        .where(visible_to(actor), *wanted, *step.where(Ticket.created_at, Ticket.id))
        .order_by(*step.order(Ticket.created_at, Ticket.id))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(TicketRow, ref, at, by_unit=True), key=lambda row: (row.created_at, row.id))


def desk_recent(actor: Actor) -> tuple[TicketRow, ...]:
    """The last tickets the actor logged."""
    if actor.user_id is None:
        return ()
    rows = db.session.execute(
        with_due(select(*TICKET_COLUMNS))
        .where(Ticket.created_by_id == actor.user_id, visible_to(actor))
        .order_by(Ticket.id.desc())
        .limit(RECENT)
    )
    return tuple(map(line_maker(TicketRow, reference(), now(), by_unit=True), rows))


def with_due(query: Select[Any]) -> Select[Any]:
    """The due date of what the lead unit still owes; none once it has answered."""
    owed = and_(Assignment.id == Ticket.lead_assignment_id, text(f"assignment.{OWING}"))
    return query.add_columns(Assignment.due_at, Assignment.warn_at).outerjoin(Assignment, owed)


def conditions(asked: TicketFilter, ref: Reference, at: datetime) -> Iterator[ColumnElement[bool]]:
    """What a ticket must be to be asked for; nothing where nothing is asked for."""
    if asked.states:
        yield Ticket.state.in_(sorted(asked.states))
    if asked.states and asked.states <= OPEN_STATES:
        yield IS_OPEN  # said again in the words of the partial index, or no plan made once for all may use it
    for column, value in ((Ticket.kind, asked.kind), (Ticket.urgency, asked.urgency)):
        if value is not None:
            yield column == value
    if asked.created_from is not None:
        yield Ticket.created_at >= asked.created_from
    if asked.created_to is not None:
        yield Ticket.created_at < asked.created_to
    yield from _below(asked, ref)
    yield from _what_became(asked)
    if asked.overdue is not None:
        yield _late(at) if asked.overdue else ~_late(at)


def _what_became(asked: TicketFilter) -> Iterator[ColumnElement[bool]]:
    if asked.fate is not None:
        yield str(asked.fate) == FATE
    if asked.by_id is not None:
        yield Ticket.created_by_id == asked.by_id
    if asked.in_danger:
        yield Ticket.id.in_(select(RiskAlert.ticket_id).where(text(f"risk_alert.{ALERT_OPEN}")))
    if asked.risk is not None:
        yield Ticket.id.in_(select(RiskAlert.ticket_id).where(
            RiskAlert.kinds.any_() == asked.risk, RiskAlert.raised_at >= asked.raised_from,
            RiskAlert.raised_at < asked.raised_to))


def _below(asked: TicketFilter, ref: Reference) -> Iterator[ColumnElement[bool]]:
    if asked.category_id is not None:
        yield Ticket.category_id.in_(subtree(ref.categories, asked.category_id))
    if asked.area_id is not None:
        yield Ticket.area_id.in_(subtree(ref.areas, asked.area_id))
    if asked.unit_id is not None:
        yield Ticket.lead_unit_id.in_(subtree(ref.units, asked.unit_id))


def _late(at: datetime) -> ColumnElement[bool]:
    codes = [str(ClockCode.HANDLING), str(ClockCode.REWORK)]
    return exists().where(
        Clock.ticket_id == Ticket.id, Clock.code.in_(codes), Clock.stopped_at.is_(None), Clock.due_at <= at
    )


def subtree(nodes: Mapping[int, Any], key: int) -> list[int]:
    """The ids of a node of a tree and of all below it; none for an unknown one."""
    if key not in nodes:
        return []
    path = nodes[key].path
    return sorted(node.id for node in nodes.values() if node.path.startswith(path))


#: An open ticket, in the words of the partial indexes.
IS_OPEN: ColumnElement[bool] = literal_column(f"ticket.{OPEN}", Boolean)
