"""Time on the stage: stories wait for their moment, and clocks fire in between as the sweep would have had it."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from time import monotonic

from sqlalchemy import func, select

from workflows import archive, outbox, supervise
from workflows.model.base import db, now, rehearse
from workflows.model.clock import Clock
from workflows.model.reference import ZONE, reference
from workflows.rules import calendar

#: A story yields the moment it waits for, and goes on when the stage has reached it.
Story = Iterator[datetime]

LENGTH = timedelta(days=35)
#: How long after a threshold the sweep comes by.
LAG = timedelta(seconds=3)
#: The history ends a little before the present, which must not be overtaken.
MARGIN = timedelta(seconds=30)
#: Nobody is rung outside these hours (§4.9: 21:00–08:30 undisturbed).
FIRST_RING, LAST_RING = time(8, 40), time(20, 30)


class Stage:
    """Where stories take turns, in the order of their moments."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._began, self._mark = now(), monotonic()
        self.end = self._began - MARGIN
        self.start = self.end - LENGTH
        self.days = reference().default_calendar
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._numbers = itertools.count()
        self._reached = self.start

    def dice(self, name: object) -> random.Random:
        """Chance of its own for everything with a name, so that one story changes no other."""
        return random.Random(f"{self.seed}:{name}")

    def enter(self, story: Story) -> None:
        """Let a story wait for its next moment; what would lie in the future does not happen."""
        moment = next(story, None)
        if moment is not None and moment <= self.end:
            heapq.heappush(self._waiting, (moment, next(self._numbers), story))

    def run(self) -> None:
        """Play all stories to the present."""
        while self._waiting:
            moment, _, story = heapq.heappop(self._waiting)
            self._catch_up(moment)
            with self.standing_at(moment):
                self.enter(story)
            self._reached = max(self._reached, moment)
        self._catch_up(self.end)
        with self.standing_at(self.end):
            archive.archive_ended()
            outbox.relay_notices()

    @contextmanager
    def standing_at(self, moment: datetime) -> Iterator[None]:
        """Let it be that moment for what happens inside."""
        real = self._began + timedelta(seconds=monotonic() - self._mark)
        with rehearse(moment - real):
            yield

    def _catch_up(self, until: datetime) -> None:
        """Fire what is due before a moment, each threshold at its own time, and tell whom it concerns."""
        while due := db.session.scalar(select(func.min(Clock.next_at))):
            # a clock that runs on after a pause may have its threshold behind it already
            sweep_at = max(self._reached, due) + LAG
            if sweep_at > until:
                return
            with self.standing_at(sweep_at):
                supervise.sweep()
                outbox.relay_notices()
            self._reached = sweep_at

    def after(self, moment: datetime, minutes: float, *, round_the_clock: bool = False) -> datetime:
        """So many working minutes later, or real ones."""
        if round_the_clock:
            return moment + timedelta(minutes=minutes)
        return calendar.add_working_minutes(self.days, moment, minutes)

    def back(self, minutes: float, *, round_the_clock: bool = False) -> datetime:
        """So many minutes before the present."""
        return self.after(self.end, -minutes, round_the_clock=round_the_clock)

    @staticmethod
    def decent(moment: datetime, spread: float) -> datetime:
        """The moment, or the next one at which people may be rung; `spread` (0–1) keeps calls apart."""
        local = moment.astimezone(ZONE)
        if FIRST_RING <= local.time() <= LAST_RING:
            return moment
        day = local.date() + timedelta(days=local.time() > LAST_RING)
        return datetime.combine(day, FIRST_RING, ZONE) + timedelta(minutes=100 * spread)
