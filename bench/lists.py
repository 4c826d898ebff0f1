"""What lists and pages cost with 10,000 and with N tickets: over HTTP, signed in, everything on this machine.

10 % of the tickets are open, 98 units share them. Each figure is the 95th percentile of the answers to one client,
the median of several runs over different units, tickets and callers. At N the import job brings in more.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import text

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import bulk, fill, place, town, web
from workflows.model.base import db

SMALL = 10_000
IMPORTED = 20_000
RUNS, WARM_UP, ASKED = 5, 20, 100

_SOME = text(
    "SELECT no FROM ticket WHERE id IN"
    " (SELECT (random() * (SELECT max(id) FROM ticket))::bigint + 1 FROM generate_series(1, 300))"
)

Question = tuple[str, str, dict[str, str], bytes]


@dataclass(frozen=True)
class Page:
    """A page and the questions to choose from."""

    name: str
    questions: Sequence[Question]


def pages(app: Flask) -> list[Page]:
    """The four pages, asked by those who work with them."""
    clerks = [web.signed_in(app, town.actor(account).user_id) for account in town.CLERKS]
    supervisor, agent = (web.signed_in(app, town.actor(account).user_id) for account in ("desk4", "desk1"))
    form = agent | {"Content-Type": "application/x-www-form-urlencoded"}
    known = [fill.known_phone(caller) for caller in range(fill.KNOWN_CALLERS)]
    return [
        Page("queue", [("GET", "/departments/", clerk, b"") for clerk in clerks]),
        Page("overdue", [("GET", "/supervision/", supervisor, b"")]),
        Page("ticket", [("GET", f"/tickets/{no}", supervisor, b"") for no in _some_tickets()]),
        Page("history", [("POST", "/desk/caller", form, f"phone={phone}".encode()) for phone in known]),
    ]


def _some_tickets() -> list[str]:
    """Numbers of open and closed tickets from all over the table."""
    found = list(db.session.scalars(_SOME))
    db.session.rollback()  # no transaction stays open while the pages are measured
    return found


def measure(bind: str, page: Page) -> float:
    """The 95th percentile in milliseconds, the median of the runs."""
    ask = _asking(web.Connection(bind))
    for question in random.choices(page.questions, k=WARM_UP):
        ask(question)
    return statistics.median(
        statistics.quantiles([ask(question) for question in random.choices(page.questions, k=ASKED)], n=20)[-1]
        for _ in range(RUNS)
    )


def _asking(connection: web.Connection) -> Callable[[Question], float]:
    def ask(question: Question) -> float:
        begun = perf_counter()
        status, answer = connection.ask(*question)
        taken = (perf_counter() - begun) * 1000
        if status != 200:
            raise RuntimeError(f"{question[:2]}: {status} {answer[:500].decode(errors='replace')}")
        return taken

    return ask


def figures(tickets: int, *, bring_in: bool) -> dict[str, float]:
    """The four pages with so many tickets, and the import's rate on top where asked for."""
    random.seed(tickets)
    with place.prepared() as environ, place.opened(environ) as app:
        with place.timed(f"filled with {tickets}"):
            fill.fill(environ[place.ADMIN], tickets)
        with web.served(environ, workers=False) as bind:
            found = {}
            for page in pages(app):
                with place.timed(f"measured {page.name}"):
                    found[f"{page.name}_p95_ms"] = round(measure(bind, page), 1)
        if bring_in:
            found["import_per_s"] = round(bulk.import_rate(IMPORTED, first=tickets))
        return found


def main() -> None:
    """Measure small, then large, and say both."""
    asked = place.arguments(__doc__, tickets=1_000_000)
    small = figures(SMALL, bring_in=False)
    large = figures(asked.tickets, bring_in=True)
    result: dict[str, Any] = {"tickets": asked.tickets, **large}
    result |= {f"{name}_at_10000": value for name, value in small.items()}
    result |= {name.replace("_p95_ms", "_ratio"): round(large[name] / value, 2) for name, value in small.items()}
    place.finish(result)


if __name__ == "__main__":
    main()
