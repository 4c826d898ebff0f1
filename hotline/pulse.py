"""How the system itself is: one look at the database, for the watchdog, for Prometheus and for supervisors' pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hotline.navigation import WATCHING
from workflows.jobs import QUEUES
from workflows.model import leaps
from workflows.model.base import db
from workflows.rules.roles import Role

#: Seconds a due clock may wait, and a process may be silent, before somebody should look (R12).
WAITING, SILENT = 60, 30
#: The processes that sign: the beat, and a worker of each queue.
SIGNING = frozenset({leaps.BEAT, *(f"worker-{queue}" for queue in QUEUES)})
#: Who is shown on every page what is wrong with the system.
TOLD = frozenset({*WATCHING, Role.ADMIN})

# The oldest due clock is the first of an index, the signs of life are a handful of rows.
_LOOK = text(
    """
    SELECT extract(epoch FROM hotline_now()),
           coalesce(extract(epoch FROM hotline_now()
                    - (SELECT min(next_at) FROM clock WHERE next_at <= hotline_now())), 0),
           (SELECT coalesce(jsonb_object_agg(role, jsonb_build_object(
                    'silent', extract(epoch FROM hotline_now() - at), 'detail', detail)), '{}')
              FROM heartbeat WHERE role = ANY(:roles))
    """
)


@dataclass(frozen=True)
class Pulse:
    """Seconds the oldest due clock waits, seconds each process has been silent, and what the beat says."""

    waiting: float
    silent: dict[str, float]
    without_redis: bool
    held: bool
    difference: float

    @property
    def late(self) -> bool:
        """Whether a due clock waits longer than it may."""
        return self.waiting > WAITING

    @property
    def lost(self) -> dict[str, float | None]:
        """Processes nobody has heard of lately, with the seconds since; None for one that never signed."""
        return {role: self.silent.get(role) for role in sorted(SIGNING) if self.silent.get(role, SILENT + 1) > SILENT}

    @property
    def differs(self) -> bool:
        """Whether this machine's clock is too far from the database's."""
        return abs(self.difference) > leaps.DIFFERENCE

    @property
    def good(self) -> bool:
        """Whether clocks fire as they should."""
        return not (self.late or self.lost or self.held or self.differs)


def take() -> Pulse:
    """How it is at this moment. Raises SQLAlchemyError while the database is away."""
    moment, waiting, signs = db.session.execute(_LOOK, {"roles": [*SIGNING, leaps.HELD]}).one()
    beat: dict[str, Any] = signs.get(leaps.BEAT, {}).get("detail") or {}
    return Pulse(
        waiting=float(waiting),
        silent={role: float(sign["silent"]) for role, sign in signs.items() if role != leaps.HELD},
        without_redis=bool(beat.get("without_redis")),
        held=leaps.HELD in signs,
        difference=leaps.difference(float(moment)),
    )


def to_show() -> Pulse | None:
    """For the banner of a page: to those who can do something about it, while something is wrong."""
    visitor = g.get("visitor")
    if visitor is None or not visitor.actor.has(TOLD):
        return None
    try:
        pulse = take()
    except SQLAlchemyError:  # the page says so itself
        return None
    return pulse if pulse.without_redis or not pulse.good else None
