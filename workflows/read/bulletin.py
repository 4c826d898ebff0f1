"""运行通报: what came in over a period and what became of it, beside the period before.

A unit's bulletin counts the requests it leads; the hotline and the reading roles see all. Indicators and units' lines
are those of `read.figures`: a number that stands in two places is counted once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, literal, select

from workflows.model.application import Suspension
from workflows.model.base import db
from workflows.model.feedback import CallbackAttempt, CallbackTask, Evaluation
from workflows.model.reference import Reference, reference
from workflows.model.risk import RiskAlert
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.read.baselines import Usual, topic_of, usual
from workflows.read.figures import UnitFigures, figures
from workflows.read.intake import Intake, intake_of
from workflows.read.periods import Period
from workflows.rules.baseline import Baseline
from workflows.rules.indicators import Figure
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind, ApplicationState
from workflows.scope import counted_for, scope_key

#: Indicators of the units' table of a bulletin.
SHOWN = (Figure.SIGN_ON_TIME, Figure.ON_TIME, Figure.OVERDUE, Figure.RETURN, Figure.RESPONSE, Figure.SOLVED,
         Figure.SATISFIED)
#: The matters asked about most, and of the others as many that are out of the ordinary.
MOST_TOPICS = 10


@dataclass(frozen=True)
class Topic:
    """A matter, how often it was asked about, how often in the period before, and what is usual where that is known."""

    category_id: int
    name: str
    count: int
    before: int
    usual: Baseline | None = None

    @property
    def hot(self) -> bool:
        """Whether it is asked about far more than usual."""
        return self.usual is not None and self.usual.exceeded_by(self.count)

    @property
    def change(self) -> float | None:
        """By how many percent more than before; None where there was nothing before."""
        return round(100 * (self.count - self.before) / self.before, 1) if self.before else None


@dataclass(frozen=True)
class Calls:
    """Callers rung back: tries, callers asked, what the valid ones said."""

    attempts: int
    finished: int
    valid: int
    grades: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Returns:
    """Returns asked for in the period, by what became of them, and tickets two units or more gave back."""

    states: Mapping[str, int]
    ping_pong: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())


@dataclass(frozen=True)
class Ledger:
    """Suspended matters: added and cleared in the period, and open at its end."""

    added: int
    cleared: int
    open: int


@dataclass(frozen=True)
class Bulletin:
    """A period and all its parts. `before` is the intake of as many days just before."""

    first: date
    last: date
    intake: Intake
    before: Intake
    topics: tuple[Topic, ...]
    units: tuple[UnitFigures, ...]
    calls: Calls
    returns: Returns
    ledger: Ledger
    dangers: Mapping[str, int]

    @property
    def total(self) -> UnitFigures:
        """The line of all units together."""
        return self.units[0]

    @property
    def change(self) -> float | None:
        """By how many percent more came in than before; None where nothing did."""
        was = self.before.total
        return round(100 * (self.intake.total - was) / was, 1) if was else None


def bulletin(actor: Actor, first: date, last: date) -> Bulletin:
    """The bulletin of whole days, both included. Raises Invalid for a period that makes no sense."""
    period = Period(first, last)
    now = intake_of(actor, first, last)
    was = intake_of(actor, first - (last - first) - timedelta(days=1), first - timedelta(days=1))
    return Bulletin(
        first, last, now, was, topics_of(now, was, usual(actor, first, last)),
        tuple(figures(actor, first, last, SHOWN)), _calls(actor, period), _returns(actor, period),
        _ledger(actor, period), dangers(actor, period),
    )


def topics_of(intake: Intake, before_it: Intake | None = None, normal: Usual | None = None) -> tuple[Topic, ...]:
    """What was asked about most, beside how often in an intake before; then what else is out of the ordinary."""
    ref = reference()
    counted, before = _raised(ref, intake.matters), _raised(ref, before_it.matters if before_it else {})
    every = [
        Topic(key, ref.category_name(key), n, before[key], normal.of(key) if normal else None)
        for key, n in counted.most_common()
    ]
    hot = [topic for topic in every[MOST_TOPICS:] if topic.hot]
    return (*every[:MOST_TOPICS], *hot[:MOST_TOPICS])


def _raised(ref: Reference, matters: Mapping[int, int]) -> Counter[int]:
    """Counts of matters gathered on the level they are looked at."""
    raised: Counter[int] = Counter()
    for key, n in matters.items():
        topic = topic_of(ref, key)
        if topic is not None:
            raised[topic] += n
    return raised


def _calls(actor: Actor, period: Period) -> Calls:
    mine = period.holds(Evaluation.finished_at), counted_for(actor, Evaluation.unit_id)
    rows = db.session.execute(
        select(Evaluation.valid, Evaluation.satisfaction, Evaluation.reason_code, func.count())
        .where(*mine).group_by(Evaluation.valid, Evaluation.satisfaction, Evaluation.reason_code)
    ).all()
    attempts = db.session.scalar(
        select(func.count()).select_from(CallbackAttempt)
        .join(CallbackTask, CallbackTask.id == CallbackAttempt.task_id)
        .join(Ticket, Ticket.id == CallbackTask.ticket_id)
        .where(period.holds(CallbackAttempt.at), counted_for(actor, Ticket.lead_unit_id))
    )
    grades, reasons = Counter(), Counter()
    for valid, grade, reason, n in rows:
        if valid and grade is not None:
            grades[grade] += n
        if valid and reason is not None:
            reasons[reason] += n
    return Calls(attempts or 0, sum(n for *_, n in rows), sum(n for valid, *_, n in rows if valid), grades,
                 dict(reasons.most_common()))


def _returns(actor: Actor, period: Period) -> Returns:
    asked = (
        select(Application.state, Assignment.unit_id, Ticket.id.label("ticket_id"), Ticket.return_count)
        .join(Assignment, Assignment.id == Application.assignment_id).join(Ticket, Ticket.id == Application.ticket_id)
        .where(Application.kind == str(ApplicationKind.RETURN), period.holds(Application.filed_at),
               counted_for(actor, Assignment.unit_id))
        .subquery("asked")
    )
    states = db.session.execute(select(asked.c.state, func.count()).group_by(asked.c.state)).all()
    often = select(func.count(func.distinct(asked.c.ticket_id))).where(asked.c.return_count >= literal(2))
    known = {str(state): 0 for state in ApplicationState}
    return Returns(known | dict(states), db.session.scalar(often) or 0)


def _ledger(actor: Actor, period: Period) -> Ledger:
    def count(*where: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(Suspension)
                                 .where(*where, counted_for(actor, Suspension.unit_id))) or 0

    still = Suspension.cleared_at.is_(None) | (Suspension.cleared_at >= period.end)
    return Ledger(count(period.holds(Suspension.granted_at)), count(period.holds(Suspension.cleared_at)),
                  count(Suspension.granted_at < period.end, still))


def dangers(actor: Actor, period: Period) -> dict[str, int]:
    """Reports of danger by kind, one for each kind named; for those who see all."""
    if scope_key(actor) is not None:
        return {}
    kind = func.unnest(RiskAlert.kinds).label("kind")
    named = select(kind).where(period.holds(RiskAlert.raised_at)).subquery("named")
    rows = db.session.execute(select(named.c.kind, func.count()).group_by(named.c.kind).order_by(func.count().desc()))
    return dict(rows.all())

