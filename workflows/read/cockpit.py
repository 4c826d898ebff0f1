"""领导驾驶舱: on one page what a leader asks first: how much comes in, how it is served, what is late, and what waits
for a decision of their own. Every number is one of another page, which it opens to.

For eyes of a unit it is the unit's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from workflows.model.base import db
from workflows.model.reference import reference, today
from workflows.model.risk import RiskAlert
from workflows.model.ticket import Ticket
from workflows.read import approvals, orders
from workflows.read.baselines import usual
from workflows.read.bulletin import Topic, dangers, topics_of
from workflows.read.dispatching import raised_count
from workflows.read.figures import ratios
from workflows.read.intake import Intake, intake_of
from workflows.read.kept import kept
from workflows.read.overdue import Bucket, ageing, due_soon_counts
from workflows.read.periods import Period
from workflows.read.queues import desk_counts
from workflows.read.ranking import GROUPS, Group, RankedUnit, rankings
from workflows.read.risks import WAITING
from workflows.rules.indicators import Figure
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import Ratio
from workflows.scope import scope_key, visible_to

RATES = (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED)
#: Days of the trend, days the topics are of, units shown from the bottom of each group.
DAYS, TOPIC_DAYS, BOTTOM = 30, 7, 3


@dataclass(frozen=True)
class RateLine:
    """A rate of the month so far beside the whole month before, and the targets the scoring plans set for it."""

    figure: Figure
    now: Ratio
    before: Ratio
    targets: Sequence[Decimal]

    @property
    def change(self) -> Decimal | None:
        """By how many percentage points it is above the month before."""
        now, before = self.now.percent, self.before.percent
        return None if now is None or before is None else now - before

    @property
    def short(self) -> bool | None:
        """Whether it is below the lowest target; None without rate or target."""
        percent = self.now.percent
        return None if percent is None or not self.targets else percent < self.targets[0]


@dataclass(frozen=True)
class Cockpit:
    """How things stand. `days` is the intake of the last thirty days, `before` of the thirty before them."""

    day: date
    today: Intake
    days: Intake
    before: Intake
    rates: Sequence[RateLine]
    overdue: Mapping[Bucket, int]
    soon: int
    dangers: Mapping[str, int]
    topics: Sequence[Topic]
    bottom: Sequence[tuple[Group, Sequence[RankedUnit]]]

    @property
    def first(self) -> date:
        """The first of the thirty days."""
        return self.day - timedelta(days=DAYS - 1)

    @property
    def topics_from(self) -> date:
        """The first day the topics are of."""
        return self.day - timedelta(days=TOPIC_DAYS - 1)

    @property
    def month(self) -> date:
        """The first day of the month the rates are of."""
        return self.day.replace(day=1)

    @property
    def month_before(self) -> tuple[date, date]:
        """The first and the last day of the month the rates are beside."""
        return month_before(self.month)

    @property
    def change(self) -> float | None:
        """By how many percent more came in than in the thirty days before; None where nothing did."""
        was = self.before.total
        return round(100 * (self.days.total - was) / was, 1) if was else None


@dataclass(frozen=True)
class Mine:
    """What is counted for this very person: steps of approvals and extensions that wait for them, tickets raised a
    level, orders nobody has answered, dangers nobody has confirmed to have, suspended matters and those whose review
    is late.
    """

    approvals: int
    extensions: int
    raised: int
    orders: int
    dangers: int
    suspended: int
    reviews_late: int


def month_before(month: date) -> tuple[date, date]:
    """The first and the last day of the month before the one that begins on a day."""
    ended = month - timedelta(days=1)
    return ended.replace(day=1), ended


def cockpit(actor: Actor) -> Cockpit:
    """The page for these eyes; where counting took long, as of some seconds ago."""
    return kept(("cockpit", scope_key(actor)), lambda: _counted(actor))


def mine(actor: Actor) -> Mine:
    """What waits for this very person's decision, or is to be watched until it is over."""
    deciding = actor.has({Role.SUPERVISOR, Role.HOTLINE_DIR})
    return Mine(
        approvals.approval_count(actor), desk_counts(actor)["extensions"] if deciding else 0, raised_count(actor),
        orders.open_count(actor), _dangers_open(actor), *approvals.ledger_counts(actor),
    )


def _counted(actor: Actor) -> Cockpit:
    day = today()
    first, topics_from, month = day - timedelta(days=DAYS - 1), day - timedelta(days=TOPIC_DAYS - 1), day.replace(day=1)
    week = intake_of(actor, topics_from, day)
    week_before = intake_of(actor, topics_from - timedelta(days=TOPIC_DAYS), topics_from - timedelta(days=1))
    return Cockpit(
        day, intake_of(actor, day, day), intake_of(actor, first, day),
        intake_of(actor, first - timedelta(days=DAYS), first - timedelta(days=1)), _rates(actor, month, day),
        _ages(actor), due_soon_counts(actor)[1], dangers(actor, Period(first, day)),
        topics_of(week, week_before, usual(actor, topics_from, day)), _bottom(actor, month, day),
    )


def _rates(actor: Actor, month: date, day: date) -> list[RateLine]:
    now, before = ratios(actor, month, day, RATES), ratios(actor, *month_before(month), RATES)
    plans = [reference().plan_of(kind, day) for kind in GROUPS]
    return [
        RateLine(figure, now[figure], before[figure], sorted(
            {part.target for plan in plans for part in plan.parts if part.figure is figure and part.target is not None}
        ))
        for figure in RATES
    ]


def _ages(actor: Actor) -> dict[Bucket, int]:
    lines = ageing(actor)
    return {bucket: sum(line.counts[bucket] for line in lines) for bucket in Bucket}


def _dangers_open(actor: Actor) -> int:
    """Reports of danger nobody has confirmed to have, for those who see all."""
    if scope_key(actor) is not None:
        return 0
    waiting = select(func.count()).select_from(RiskAlert).join(Ticket, Ticket.id == RiskAlert.ticket_id)
    return db.session.scalar(waiting.where(WAITING, visible_to(actor))) or 0


def _bottom(actor: Actor, month: date, day: date) -> list[tuple[Group, Sequence[RankedUnit]]]:
    """Of each group that is ranked, the units at its end, the last first. A unit reads no others' places."""
    if scope_key(actor) is not None:
        return []
    found = []
    for group in rankings(actor, month, day):
        placed = [unit for unit in group.units if unit.place is not None]
        if group.plan.ranked and len(placed) > BOTTOM:
            found.append((group, tuple(reversed(placed[-BOTTOM:]))))
    return found
