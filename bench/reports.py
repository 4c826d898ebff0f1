"""What the reports cost with N tickets: each counted a few times by who reads it, in seconds, the median.

What every day added up to is kept, as in service. The raw limit beside them is a plain count over the requests of
ninety days: what no report can be faster than.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import text

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import fill, place, town
from workflows import facts
from workflows.model.base import db
from workflows.model.reference import today
from workflows.read import agents, bulletin, cockpit, kept, profile, repeats

RUNS = 3
#: The district, and the street whose own clerk asks as well.
WHOLE, STREET = 1, 4
_PLAIN = text("SELECT count(*) FROM ticket WHERE created_at >= hotline_now() - interval '90 days' AND kind <> ''")


def questions() -> dict[str, Callable[[], Any]]:
    """The reports, each of the longest period people ask for every day."""
    day = today()
    month, quarter = day - timedelta(days=29), day - timedelta(days=89)
    supervisor, lead, street = town.actor("desk4"), town.actor("desk2"), town.actor("clerk63")
    return {
        "plain_s": lambda: db.session.scalar(_PLAIN),
        "bulletin_day_s": lambda: bulletin.bulletin(supervisor, day, day),
        "bulletin_month_s": lambda: bulletin.bulletin(supervisor, month, day),
        "cockpit_s": lambda: (cockpit.cockpit(supervisor), cockpit.mine(supervisor)),
        "agents_month_s": lambda: agents.agents(lead, month, day),
        "street_month_s": lambda: profile.profile(supervisor, STREET, month, day),
        "street_own_s": lambda: profile.profile(street, STREET, month, day),
        "district_month_s": lambda: profile.profile(supervisor, WHOLE, month, day),
        "repeats_quarter_s": lambda: repeats.repeat_callers(lead, quarter, day, 3),
    }


def taken(ask: Callable[[], Any]) -> float:
    """Seconds of one answer."""
    begun = perf_counter()
    ask()
    found = perf_counter() - begun
    db.session.rollback()
    return found


def main() -> None:
    """Fill, ask, say."""
    asked = place.arguments(__doc__, tickets=1_000_000)
    kept.CHEAP = float("inf")  # every answer is counted anew
    with place.prepared() as environ, place.opened(environ):
        with place.timed(f"filled with {asked.tickets}"):
            fill.fill(environ[place.ADMIN], asked.tickets)
        with place.timed("facts"):
            facts.keep_facts(longest=float("inf"))
        found = {name: round(statistics.median(taken(ask) for _ in range(RUNS)), 2)
                 for name, ask in questions().items()}
    place.finish({"tickets": asked.tickets, **found})


if __name__ == "__main__":
    main()
