"""The supervisor's board: what is about to be due, what is overdue and for how long, and who must act.

A line is a clock, not a ticket: a ticket may be late in two steps. A clock whose extension was asked for in time and is
undecided is not overdue but held back (红牌暂缓, §6.4). A unit's clocks are counted for the unit; the
hotline's own (dispatch, return decision, review, call-back) for the hotline, which sees them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.reference import Reference, reference
from workflows.model.ticket import Application, Ticket
from workflows.read.kept import kept
from workflows.read.paging import SIZE, Page, walk
from workflows.read.views import provisional
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.limits import ALLOWANCES, ClockCode
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind
from workflows.scope import counted_for, scope_key, visible_to

SOON = (1, 2, 3)


class Bucket(StrEnum):
    """How long overdue, in working days of the hotline's calendar (§9.2)."""

    UP_TO_1 = "UP_TO_1"
    UP_TO_3 = "UP_TO_3"
    UP_TO_5 = "UP_TO_5"
    UP_TO_10 = "UP_TO_10"
    OVER_10 = "OVER_10"


#: Working days at which one bucket ends and the next begins.
EDGES = {Bucket.UP_TO_1: 1, Bucket.UP_TO_3: 3, Bucket.UP_TO_5: 5, Bucket.UP_TO_10: 10}


@dataclass(frozen=True)
class LateRow:
    """A clock on the board. `unit_id` None: a desk of the hotline must act, `role` says which.

    `working_days` is how long it is overdue, 0 while it is not.
    """

    clock_id: int
    code: str
    unit_id: int | None
    role: str
    started_at: datetime
    warn_at: datetime | None
    due_at: datetime
    warned_at: datetime | None
    fired_at: datetime | None
    held_since: datetime | None
    no: str
    title: str
    kind: str
    urgency: str
    state: str
    version: int
    urge_count: int
    unit_name: str
    working_days: float
    provisional: bool = False


_COLUMNS = (
    Clock.id.label("clock_id"), Clock.code, Clock.unit_id, Clock.role, Clock.started_at, Clock.warn_at, Clock.due_at,
    Clock.warned_at, Clock.fired_at, Clock.held_since, Ticket.no, Ticket.title, Ticket.kind, Ticket.urgency,
    Ticket.state, Ticket.version, Ticket.urge_count,
)
#: Steps with a limit, in the words of the index of running clocks.
LIMITED = tuple(str(code) for code in ClockCode if code not in {ClockCode.TOTAL, *ALLOWANCES})
#: Clocks held back, said by their applications: these are few, and the clocks are counted by their index alone.
_HELD = select(Application.clock_id).where(
    Application.kind == str(ApplicationKind.EXTENSION), text("application.state = 'FILED'"),
    Application.clock_id.is_not(None),
)
_RUNNING = text("clock.stopped_at IS NULL AND clock.due_at IS NOT NULL")


def overdue(
    actor: Actor,
    *,
    unit_id: int | None = None,
    code: str | None = None,
    bucket: Bucket | None = None,
    after: str | None = None,
    size: int = SIZE,
) -> Page[LateRow]:
    """Running clocks past their due, the longest overdue first; of a unit, a step or an age where asked."""
    at, ref = now(), reference()
    conditions = [*_over(at)]
    if bucket is not None:
        conditions.append(_in_bucket(bucket, _edges(ref, at)))
    return _page(actor, conditions, unit_id, code, after, size, at, ref)


def due_soon(
    actor: Actor,
    *,
    days: int = 1,
    unit_id: int | None = None,
    code: str | None = None,
    after: str | None = None,
    size: int = SIZE,
) -> Page[LateRow]:
    """Running clocks due by the close of the `days`-th working day from now, the most pressing first."""
    at, ref = now(), reference()
    conditions = [Clock.due_at > at, Clock.due_at <= _soon(ref, at, days)]
    return _page(actor, conditions, unit_id, code, after, size, at, ref)


def due_soon_counts(actor: Actor) -> dict[int, int]:
    """How many clocks are due within 1, 2 and 3 working days; where many are, as of some seconds ago."""
    return kept(("due soon", scope_key(actor)), lambda: _count_due_soon(actor))


def _count_due_soon(actor: Actor) -> dict[int, int]:
    at, ref = now(), reference()
    limits = {days: _soon(ref, at, days) for days in SOON}
    counts = [func.count().filter(Clock.due_at <= limit).label(f"d{days}") for days, limit in limits.items()]
    row = db.session.execute(
        select(*counts).where(
            Clock.code.in_(LIMITED), *_running(actor, None), Clock.due_at > at, Clock.due_at <= limits[SOON[-1]]
        )
    ).one()
    return dict(zip(SOON, row, strict=True))


def _page(
    actor: Actor, conditions: Sequence[ColumnElement[bool]], unit_id: int | None, code: str | None,
    after: str | None, size: int, at: datetime, ref: Reference,
) -> Page[LateRow]:
    place = walk(after, datetime, int, size=size)
    slots = func.unnest(literal([code] if code else list(LIMITED), ARRAY(String))).table_valued("code", name="steps")
    slots = slots.render_derived()
    each = (
        select(Clock.due_at, Clock.id)
        .where(Clock.code == slots.c.code, *_running(actor, unit_id), *conditions,
               *place.where(Clock.due_at, Clock.id))
        .order_by(*place.order(Clock.due_at, Clock.id))
    )
    first = place.merge(slots, each, "due_at", "id")
    rows = db.session.execute(
        select(*_COLUMNS)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .join(first, first.c.id == Clock.id)
        .where(visible_to(actor))
        .order_by(*place.order(first.c.due_at, first.c.id))
    ).all()
    days = ref.default_calendar

    def line(row: Row[Any]) -> LateRow:
        return LateRow(*row, unit_name=ref.unit_name(row.unit_id),
                       working_days=calendar.overdue_working_days(days, row.due_at, at),
                       provisional=provisional(ref, row.unit_id, at, row.due_at))

    return place.page(rows, line, lambda row: (row.due_at, row.clock_id))


def _over(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Clock.due_at <= at, Clock.id.not_in(_HELD)


def _running(actor: Actor, unit_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Clocks that run, for these eyes; of one unit where asked."""
    mine = (_RUNNING, counted_for(actor, Clock.unit_id))
    return mine if unit_id is None else (*mine, Clock.unit_id == unit_id)


def _soon(ref: Reference, at: datetime, days: int) -> datetime:
    return calendar.due(ref.default_calendar, at, Basis.WD, days)


def _edges(ref: Reference, at: datetime) -> dict[Bucket, datetime]:
    """The due date at which each bucket ends: due earlier is older than the bucket."""
    return {b: calendar.working_days_before(ref.default_calendar, at, days) for b, days in EDGES.items()}


def _in_bucket(bucket: Bucket, edges: dict[Bucket, datetime]) -> ColumnElement[bool]:
    order = list(Bucket)
    place = order.index(bucket)
    older = Clock.due_at < edges[order[place - 1]] if place else None
    within = Clock.due_at >= edges[bucket] if bucket in edges else None
    return and_(*(part for part in (older, within) if part is not None))


@dataclass(frozen=True)
class Ageing:
    """Overdue clocks of one unit (None: the hotline) and step, by how long they are overdue."""

    unit_id: int | None
    unit_name: str
    code: str
    counts: dict[Bucket, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def ageing(actor: Actor) -> list[Ageing]:
    """Overdue clocks by unit, step and age, those with most first; where many are, as of some seconds ago."""
    return kept(("ageing", scope_key(actor)), lambda: _count_ages(actor))


def _count_ages(actor: Actor) -> list[Ageing]:
    """One pass over the overdue clocks."""
    at, ref = now(), reference()
    edges = _edges(ref, at)
    counts = [func.count().filter(_in_bucket(bucket, edges)).label(bucket) for bucket in Bucket]
    counted = db.session.execute(
        select(Clock.unit_id, Clock.code, *counts)
        .where(Clock.code.in_(LIMITED), *_running(actor, None), *_over(at))
        .group_by(Clock.unit_id, Clock.code)
    )
    lines = [
        Ageing(unit, ref.unit_name(unit), code, dict(zip(Bucket, of_bucket, strict=True)))
        for unit, code, *of_bucket in counted
    ]
    return sorted(lines, key=lambda line: (-line.total, line.unit_name, line.code))


def overdue_there(actor: Actor, area_ids: Sequence[int]) -> dict[Bucket, int]:
    """Overdue clocks of requests about some places, by how long they are overdue."""
    at, ref = now(), reference()
    edges = _edges(ref, at)
    counts = [func.count().filter(_in_bucket(bucket, edges)).label(bucket) for bucket in Bucket]
    row = db.session.execute(
        select(*counts).select_from(Clock).join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Clock.code.in_(LIMITED), *_running(actor, None), *_over(at), Ticket.area_id.in_(area_ids),
               visible_to(actor))
    ).one()
    return dict(zip(Bucket, row, strict=True))
