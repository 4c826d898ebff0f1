"""A database's clock that leaps ahead would make everything due at once: how a leap is noticed, and what it holds.

The beat looks at the database's clock and at its machine's uninterrupted one, and keeps the pair with its sign of
life. Whoever judges by the database's clock on the same machine can tell from it whether that clock has leapt since.
A leap is kept under a sign of its own until somebody has looked (`bin/hotline clock-confirm`).
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workflows.model.base import db
from workflows.model.outbox import Heartbeat

#: Whose sign of life holds the last look.
BEAT = "beat"
#: The sign under which a leap is kept until it is confirmed.
HELD = "clocks-held"
#: Seconds by which the database's clock may run ahead of ours between two looks.
LEAP = 60.0
#: Seconds by which a machine's own time of day may differ from the database's before somebody should look.
DIFFERENCE = 5.0


@dataclass(frozen=True)
class Look:
    """Two clocks read together, in seconds; `boot` tells whose uninterrupted clock it was."""

    database: float
    own: float
    boot: str

    def leapt_until(self, later: Look) -> float:
        """By how many seconds the database's clock leapt ahead of ours; 0 where ours was another machine's.

        An outage is no leap: both clocks go on through it.
        """
        return (later.database - self.database) - (later.own - self.own) if later.boot == self.boot else 0.0

    def kept(self) -> dict[str, Any]:
        """As it is kept in the details of a sign of life."""
        return asdict(self)


def look(database: float) -> Look:
    """What the database's clock says (Unix time), beside this machine's."""
    own = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return Look(database, own, _boot())


def difference(database: float) -> float:
    """Seconds by which this machine's own time of day is ahead of the database's.

    Compared and shown, for somebody to put right; nothing is ever judged by it.
    """
    return time.clock_gettime(time.CLOCK_REALTIME) - database


@cache
def _boot() -> str:
    """This machine since its start; its uninterrupted clock means nothing elsewhere."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def last_look(sign: Heartbeat | None) -> Look | None:
    """The look kept with the beat's sign of life, if there is one."""
    kept = (sign.detail or {}).get("look") if sign else None
    return Look(**kept) if kept else None


def holds(at: datetime) -> bool:
    """Whether a leap holds the clocks at this moment, one the beat has noticed or one it has not noticed yet.

    `at` must have been read after what it judges was found to be due.
    """
    signs = db.session.scalars(select(Heartbeat).where(Heartbeat.role.in_((BEAT, HELD)))).all()
    if any(sign.role == HELD for sign in signs):
        return True
    last = last_look(next(iter(signs), None))
    return last is not None and last.leapt_until(look(at.timestamp())) > LEAP
