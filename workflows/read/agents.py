"""话务员报表: what everybody who takes requests did in a period, and how callers rated the call itself.

Rated is the call service (话务服务), apart from the handling, and by the caller: who rings back is never who took the
request. A wrong first dispatch is counted for who dispatched; where the catalogue did so by itself, for who wrote down
matter and place. No caller stands in it, and no ticket.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.directory import User
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.risk import RiskAlert
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.model.work import Draft
from workflows.read.cohorts import cohorts
from workflows.read.periods import Period
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import DEFAULT_POLICY, NEGATIVE, NOTHING, Ratio, Satisfaction
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Urgency
from workflows.scope import visible_to

#: Who reads the lines of all; everybody else reads their own.
SEES_ALL = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR, Role.HOTLINE_DIR})
#: A year at most, and so many lines.
LONGEST, MOST = timedelta(days=366), 500
_RATED = sorted(str(grade) for grade in Satisfaction if grade is not Satisfaction.NOT_RATED)
_CONTENT = sorted(set(_RATED) - set(map(str, NEGATIVE)))


@dataclass(frozen=True)
class AgentLine:
    """One person's work. `drafts` are the unfinished forms that lie there now, whatever the period."""

    user_id: int
    name: str
    account: str
    taken: int
    direct: Ratio
    urgent: int
    risks: int
    right_first: Ratio
    corrected: int
    service: Ratio
    drafts: int

    @property
    def wrong(self) -> int:
        """Requests a unit gave back, or that were taken back, after their first dispatch."""
        return self.right_first.denominator - int(self.right_first.numerator)


Counts = Mapping[int, tuple[int, ...]]


def agents(actor: Actor, first: date, last: date) -> list[AgentLine]:
    """The lines of a period, both days included, whoever took most first; an agent's own alone.

    Raises Invalid for a period that runs backwards or is longer than a year.
    """
    period = Period.within(first, last, LONGEST)
    taken, risks, service = _taken(actor, period), _risks(actor, period), _service(actor, period)
    direct, right = _hits(actor, period, Figure.DIRECT), _hits(actor, period, Figure.FIRST_RIGHT)
    corrected, drafts = _corrected(actor, period), _drafts()
    people = _people(actor, {*taken, *right, *risks, *service})
    lines = [
        AgentLine(
            key, name, account, taken[key][0], _ratio(direct[key]), taken[key][1], risks[key][0],
            _ratio(right[key]), corrected[key][0], _ratio(service[key]), drafts[key][0],
        )
        for key, name, account in people
    ]
    return sorted(lines, key=lambda line: (-line.taken, line.name, line.user_id))[:MOST]


def _people(actor: Actor, keys: set[int]) -> list[Any]:
    """Who is shown: everybody who did anything, or the reader alone, who has a line in any case."""
    shown = keys if actor.has(SEES_ALL) else {actor.user_id}
    rows = select(User.id, User.name, User.account).where(User.id.in_(sorted(shown)))
    return db.session.execute(rows).all() if shown else []


def _ratio(counts: tuple[int, ...]) -> Ratio:
    whole, part = counts
    return Ratio(Fraction(part), whole) if whole else NOTHING


def _by_person(actor: Actor, rows: Select[Any], who: ColumnElement[int | None], width: int) -> Counts:
    """The counts of some tickets' rows by a person; of the reader alone where only that line is theirs to read."""
    theirs = [who.is_not(None), visible_to(actor)]
    if not actor.has(SEES_ALL):
        theirs.append(who == actor.user_id)
    found: defaultdict[int, tuple[int, ...]] = defaultdict(lambda: (0,) * width)
    for key, *counts in db.session.execute(rows.where(*theirs).group_by(who)):
        found[key] = tuple(int(n or 0) for n in counts)
    return found


def _taken(actor: Actor, period: Period) -> Counts:
    urgent = func.count().filter(Ticket.urgency != str(Urgency.NORMAL))
    rows = select(Ticket.created_by_id, func.count(), urgent).where(
        period.holds(Ticket.created_at), Ticket.state != str(TicketState.DRAFT))
    return _by_person(actor, rows, Ticket.created_by_id, 2)


def _hits(actor: Actor, period: Period, figure: Figure) -> Counts:
    """An indicator of the hotline by person: how many counted, how many were hits."""
    (cohort,) = cohorts((figure,), DEFAULT_POLICY, now())
    of_tasks = figure is Figure.FIRST_RIGHT
    who = func.coalesce(Assignment.dispatched_by_id, Ticket.created_by_id) if of_tasks else Ticket.created_by_id
    rows = select(who, func.count(), func.sum(cohort.hits[figure])).select_from(Ticket)
    if of_tasks:
        rows = rows.join(Assignment, Assignment.ticket_id == Ticket.id)
    return _by_person(actor, rows.where(period.holds(cohort.anchor), *cohort.conditions), who, 2)


def _risks(actor: Actor, period: Period) -> Counts:
    """Dangers a person saw and reported; what the lexicon found by itself is nobody's."""
    rows = select(RiskAlert.raised_by_id, func.count()).join(Ticket, Ticket.id == RiskAlert.ticket_id).where(
        period.holds(RiskAlert.raised_at))
    return _by_person(actor, rows, RiskAlert.raised_by_id, 1)


def _corrected(actor: Actor, period: Period) -> Counts:
    """Requests taken in the period that had to be completed before a unit got them; found by their clocks of review."""
    sent_back = exists().where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == "ask_details",
                               TicketEvent.at >= period.start)
    reviewed = and_(Clock.ticket_id == Ticket.id, Clock.code == str(ClockCode.ADMISSION), ~Clock.void,
                    Clock.due_at >= period.start)
    rows = select(Ticket.created_by_id, func.count(Ticket.id.distinct())).join(Clock, reviewed).where(
        period.holds(Ticket.created_at), sent_back)
    return _by_person(actor, rows, Ticket.created_by_id, 1)


def _service(actor: Actor, period: Period) -> Counts:
    """How callers rated the call they made: all who did, and those who were content; never by who took it."""
    content = func.count().filter(CallbackAttempt.service.in_(_CONTENT))
    by_another = or_(CallbackAttempt.by_id.is_(None), CallbackAttempt.by_id != Ticket.created_by_id)
    rows = (
        select(Ticket.created_by_id, func.count(), content)
        .join(CallbackTask, CallbackTask.ticket_id == Ticket.id)
        .join(CallbackAttempt, CallbackAttempt.task_id == CallbackTask.id)
        .where(period.holds(CallbackAttempt.at), CallbackAttempt.service.in_(_RATED), by_another)
    )
    return _by_person(actor, rows, Ticket.created_by_id, 2)


def _drafts() -> Counts:
    """Forms that were begun and not sent; few, each is forgotten when it is."""
    rows = db.session.execute(select(Draft.user_id, func.count()).group_by(Draft.user_id))
    return defaultdict(lambda: (0,), {key: (n,) for key, n in rows})
