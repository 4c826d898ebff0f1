"""街镇画像: what one street or town, or any place with all below it, asks for, and how it is served.

A unit's profile counts the requests about the place that it leads and may see. Places are the words agents wrote down:
they are gathered whatever blanks and case they were written with, and where few requests stand behind one it is shown
to the hotline alone (`rules.disclosure`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, cast, func, select

from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.reference import Reference, reference
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.read.baselines import usual
from workflows.read.bulletin import Topic, topics_of
from workflows.read.figures import ratios
from workflows.read.intake import Intake, intake_of
from workflows.read.lists import subtree
from workflows.read.overdue import Bucket, overdue_there
from workflows.read.periods import Period, day_of
from workflows.rules.disclosure import LEAST
from workflows.rules.indicators import Figure
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import Ratio
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Anonymity
from workflows.scope import counted_for, visible_to

#: Indicators of the place.
SHOWN = (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED, Figure.ON_TIME, Figure.REPEATED)
#: Months looked back, the longest period, places shown, and how often one must be named before it is one.
MONTHS, LONGEST, MOST_PLACES, LEAST_NAMED = 12, timedelta(days=366), 20, 2


@dataclass(frozen=True)
class Place:
    """A place as it was written down, and how often it was in the period."""

    name: str
    count: int


@dataclass(frozen=True)
class Below:
    """A place just below, with all below it: requests in the period and in the one before."""

    area_id: int
    name: str
    count: int
    before: int

    @property
    def change(self) -> float | None:
        """By how many percent more than before; None where there was nothing before."""
        return round(100 * (self.count - self.before) / self.before, 1) if self.before else None


@dataclass(frozen=True)
class Profile:
    """A place over a period. `months`: requests by the first day of each month, twelve of them up to the last day's.

    `again`: callers who asked twice or more about the place in the period; None where they are too few to be told.
    """

    area_id: int
    name: str
    first: date
    last: date
    intake: Intake
    before: Intake
    months: Mapping[date, int]
    topics: Sequence[Topic]
    places: Sequence[Place]
    below: Sequence[Below]
    ratios: Mapping[Figure, Ratio]
    overdue: Mapping[Bucket, int]
    again: int | None

    @property
    def change(self) -> float | None:
        """By how many percent more came in than before; None where nothing did."""
        was = self.before.total
        return round(100 * (self.intake.total - was) / was, 1) if was else None


def home_area(actor: Actor) -> int | None:
    """The place an actor's unit serves, where it is part of another: the whole is asked for by name only."""
    ref = reference()
    own = ref.units[actor.unit_id].area_id if actor.unit_id in ref.units else None
    return own if own in ref.areas and ref.areas[own].parent_id is not None else None


def streets() -> list[tuple[int, str]]:
    """The places to choose from, those right below the whole."""
    ref = reference()
    found = [area for area in ref.areas.values() if area.parent_id in ref.areas
             and ref.areas[area.parent_id].parent_id is None]
    return [(area.id, area.name) for area in sorted(found, key=lambda area: area.code)]


def profile(actor: Actor, area_id: int, first: date, last: date) -> Profile:
    """The profile of a place and all below it over whole days.

    Raises Unknown for a place there is not, Invalid for a period that makes no sense or is longer than a year.
    """
    ref = reference()
    if area_id not in ref.areas:
        raise Unknown("not_found")
    period = Period.within(first, last, LONGEST)
    earlier = Period(first - (last - first) - timedelta(days=1), first - timedelta(days=1))
    areas = subtree(ref.areas, area_id)
    there = Ticket.area_id.in_(areas), visible_to(actor)
    now, was = intake_of(actor, first, last, *there), intake_of(actor, earlier.first, earlier.last, *there)
    return Profile(
        area_id, ref.area_name(area_id), first, last, now, was, _months(actor, last, there),
        topics_of(now, was, usual(actor, first, last, *there)), _places(actor, period, there),
        _below(ref, area_id, _by_area(actor, period, there), _by_area(actor, earlier, there)),
        ratios(actor, first, last, SHOWN, select(Ticket.id).where(*there)), overdue_there(actor, areas),
        _again(actor, period, there),
    )


Where = tuple[ColumnElement[bool], ...]


def _counts(actor: Actor, period: Period, there: Where) -> Where:
    return (period.holds(Ticket.created_at), Ticket.state != str(TicketState.DRAFT),
            counted_for(actor, Ticket.lead_unit_id), *there)


def _months(actor: Actor, last: date, there: Where) -> dict[date, int]:
    firsts = [last.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    found = dict.fromkeys(reversed(firsts), 0)
    month = cast(func.date_trunc("month", day_of(Ticket.created_at)), Date).label("month")
    end = (last.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    rows = select(month, func.count()).where(*_counts(actor, Period(firsts[-1], end), there)).group_by(month)
    return found | dict(map(tuple, db.session.execute(rows)))


def _by_area(actor: Actor, period: Period, there: Where) -> dict[int, int]:
    rows = select(Ticket.area_id, func.count()).where(*_counts(actor, period, there)).group_by(Ticket.area_id)
    return {area_id: n for area_id, n in db.session.execute(rows)}  # noqa: C416  rows are pairs, not a mapping


def _below(ref: Reference, area_id: int, now: Mapping[int, int], was: Mapping[int, int]) -> list[Below]:
    """The places just below, those asked about most first."""
    counted: Counter[int] = Counter()
    before: Counter[int] = Counter()
    depth = ref.areas[area_id].path.count("/")
    for counts, into in ((now, counted), (was, before)):
        for key, n in counts.items():
            path = ref.areas[key].path.strip("/").split("/")
            if len(path) >= depth:
                into[int(path[depth - 1])] += n
    lines = [Below(area.id, area.name, counted[area.id], before[area.id])
             for area in ref.areas.values() if area.parent_id == area_id]
    return sorted(lines, key=lambda line: (-line.count, line.name))


def _places(actor: Actor, period: Period, there: Where) -> list[Place]:
    """The places named most; those only few requests name are nobody's to see outside the hotline."""
    written = func.regexp_replace(func.lower(Ticket.place), r"\s+", "", "g").label("written")
    often = func.count().label("often")
    rows = (
        select(func.min(Ticket.place), often).where(*_counts(actor, period, there), Ticket.place != "")
        .group_by(written).having(often >= (LEAST_NAMED if actor.of_hotline else LEAST))
        .order_by(often.desc(), func.min(Ticket.place)).limit(MOST_PLACES)
    )
    return [Place(name, n) for name, n in db.session.execute(rows)]


def _again(actor: Actor, period: Period, there: Where) -> int | None:
    callers = (
        select(TicketIdentity.caller_key).join(Ticket, Ticket.id == TicketIdentity.ticket_id)
        .where(*_counts(actor, period, there), TicketIdentity.caller_key.is_not(None),
               Ticket.anonymity != str(Anonymity.ANONYMOUS))
        .group_by(TicketIdentity.caller_key).having(func.count() >= LEAST_NAMED).subquery("callers")
    )
    found = db.session.scalar(select(func.count()).select_from(callers)) or 0
    return found if actor.of_hotline or found == 0 or found >= LEAST else None
