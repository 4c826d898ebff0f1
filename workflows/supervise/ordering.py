"""Supervision orders the system issues when a clock has been overdue for so long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workflows.engine import Work
from workflows.engine.clocks import start_clock
from workflows.engine.orders import draw, write_order
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.supervision import SupervisionOrder
from workflows.rules.escalation import ORDERS
from workflows.rules.limits import ClockCode
from workflows.supervise import writing
from workflows.supervise.writing import Fired

#: What an order of the system gives as its reason.
REASON = "系统按升级规则自动签发"


@dataclass(frozen=True)
class _Ticket:
    """A ticket as far as a limit depends on it."""

    id: int
    kind: str
    category_id: int | None
    urgency: str
    caller_type: str


@dataclass(frozen=True)
class _Task:
    """The task an order is about."""

    id: int
    unit_id: int


def order_for(doing: Work, fired: Sequence[Fired]) -> None:
    """Issue the orders these steps ask for, each saying its number; a step whose order there already is stays silent.

    No second order of a level while one is open, nor another for what the same clock measured.
    """
    standing = _standing([one.row.ticket_id for one in fired])
    rounds = _rounds([one.row.ticket_id for one in fired])
    issuing = []
    for one in fired:
        key = one.row.ticket_id, ORDERS[one.level]
        is_open, latest = standing.get(key, (False, None))
        one.silent = is_open or (latest is not None and latest >= one.row.started_at)
        if not one.silent:
            standing[key] = True, doing.at
            issuing.append(one)
    for one, drawn in zip(issuing, draw(doing, len(issuing)), strict=True):
        _issue(doing, one, drawn, rounds)
    if issuing:
        writing.count_orders([one.row.ticket_id for one in issuing])


def _issue(doing: Work, one: Fired, drawn: tuple[int, str], rounds: dict[int, int]) -> None:
    row = one.row
    ticket = _Ticket(row.ticket_id, row.kind, row.category_id, row.urgency, row.caller_type)
    task = _Task(row.assignment_id, row.unit_id)
    rounds[row.ticket_id] = rounds.get(row.ticket_id, 0) + 1
    clock = start_clock(doing, ticket, task, ClockCode.SUPERVISION, rounds[row.ticket_id])
    order = write_order(doing, ticket, task, clock, drawn, level=ORDERS[one.level], reason=REASON)
    one.told |= {"order": order.no, "level": order.level}


def _standing(ticket_ids: Sequence[int]) -> dict[tuple[int, int], tuple[bool, datetime]]:
    """(ticket, level) → whether such an order is open, and when the latest was issued."""
    order = SupervisionOrder
    unanswered = func.bool_or(order.answered_at.is_(None) & order.lapsed_at.is_(None))
    rows = db.session.execute(
        select(order.ticket_id, order.level, unanswered, func.max(order.issued_at))
        .where(order.ticket_id.in_(ticket_ids))
        .group_by(order.ticket_id, order.level)
    )
    return {(ticket_id, level): (is_open, latest) for ticket_id, level, is_open, latest in rows}


def _rounds(ticket_ids: Sequence[int]) -> dict[int, int]:
    """How often a clock of supervision was started for each ticket."""
    rows = db.session.execute(
        select(Clock.ticket_id, func.max(Clock.round))
        .where(Clock.ticket_id.in_(ticket_ids), Clock.code == str(ClockCode.SUPERVISION))
        .group_by(Clock.ticket_id)
    )
    return dict(rows.all())
