"""大屏: how the day stands, at a glance: what came in, what waits, what is late, the three rates of the month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from workflows.model.base import db
from workflows.model.reference import reference, today
from workflows.model.ticket import Ticket
from workflows.read.bulletin import Topic, topics_of
from workflows.read.figures import figures
from workflows.read.intake import Intake, intake_of
from workflows.read.overdue import ageing, due_soon_counts
from workflows.read.periods import Period
from workflows.read.queues import desk_counts
from workflows.read.risks import open_count
from workflows.rules.indicators import Figure
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import Ratio
from workflows.rules.states import TicketState
from workflows.scope import counted_for

RATES = (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED)
TOPICS = 5


@dataclass(frozen=True)
class Wall:
    """The day so far. `areas` counts today's requests by the code of the place, gathered on districts and streets."""

    day: date
    intake: Intake
    waiting: Mapping[str, int]
    overdue: int
    soon: int
    dangers: int
    rates: Mapping[Figure, Ratio]
    topics: tuple[Topic, ...]
    areas: Mapping[str, int]


def now_on(actor: Actor) -> Wall:
    """The board for these eyes."""
    day = today()
    came = intake_of(actor, day, day)
    month = figures(actor, day.replace(day=1), day, RATES)[0].ratios
    return Wall(
        day, came, desk_counts(actor), sum(line.total for line in ageing(actor)),
        due_soon_counts(actor)[1], open_count() if actor.of_hotline else 0, month,
        topics_of(came)[:TOPICS], _areas(actor, Period(day, day)),
    )


def _areas(actor: Actor, period: Period) -> dict[str, int]:
    """Today's requests by the codes of the places they are about, each counted for the place above as well."""
    ref, counts = reference(), {}
    rows = db.session.execute(
        select(Ticket.area_id, func.count())
        .where(period.holds(Ticket.created_at), Ticket.state != str(TicketState.DRAFT), Ticket.area_id.is_not(None),
               counted_for(actor, Ticket.lead_unit_id))
        .group_by(Ticket.area_id)
    )
    for area_id, n in rows:
        for key in map(int, ref.areas[area_id].path.strip("/").split("/")):
            code = ref.areas[key].code
            counts[code] = counts.get(code, 0) + n
    return counts
