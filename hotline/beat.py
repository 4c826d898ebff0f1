"""The beat: puts each line of the schedule into its queue once per slot, and does the work itself without Redis.

Then each queue has a thread, as it has a worker otherwise: a gateway that hangs keeps no clock waiting.

Any number may run; the one that holds a lock in the database leads. A slot is counted on the database's clock and
is the job's name, so a beat that starts again, or two that overlap, wake once. Cron slots missed while no beat ran
are caught up once; what was done last is kept with the beat's sign of life.

A database clock that leaps ahead would make everything overdue at once. The beat compares it with the machine's
uninterrupted clock (`workflows/model/leaps.py`); after a leap no clocks are fired until somebody has looked.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter
from flask import Flask
from redis import RedisError
from rq.utils import import_attribute
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from hotline import queues
from workflows import upkeep
from workflows.jobs import CLOCKS, SCHEDULE, Tick
from workflows.model import leaps
from workflows.model.base import db, now
from workflows.model.leaps import BEAT, HELD, LEAP, Look

LEADER_KEY = 12345_01  # the advisory lock of whoever leads
PATIENCE = 15.0  # seconds without Redis after which the beat does the work itself
PAUSE = 0.5  # between two looks at the clock
RETRY = 1.0  # after the database was away, and between two tries to lead
SIGN_SECONDS = 5.0
GRACE = 20.0  # so long a beat that is stopped waits for the work it does itself
SWEEP = "sweep-clocks"
logger = logging.getLogger("hotline.beat")


def slot_of(tick: Tick, at: datetime, zone: ZoneInfo) -> int:
    """The slot `at` falls into, named by the second it began at (Unix time)."""
    if tick.every:
        return int(at.timestamp()) // tick.every * tick.every
    return int(croniter(tick.cron, at.astimezone(zone)).get_prev(datetime).timestamp())


class Beat:
    """One process that wakes the queues; `run` returns after `stop`."""

    def __init__(self, app: Flask, schedule: Sequence[Tick] = SCHEDULE) -> None:
        self.app = app
        self.zone = ZoneInfo(app.config["TIME_ZONE"])
        every = app.config["SWEEP_SECONDS"]
        self.schedule = [replace(tick, every=every) if tick.name == SWEEP else tick for tick in schedule]
        self.redis = queues.connect(app.config["REDIS_URL"])
        self.done: dict[str, int] = {}
        self._at_work: dict[str, threading.Thread] = {}
        self._silent_since: float | None = None
        self._alone = False
        self.held = self._apart = False
        self._looked: Look | None = None
        self._signed = -SIGN_SECONDS
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopping.set()

    def run(self) -> None:
        """Lead, or wait to lead, until stopped; a database that was away is simply asked again."""
        while not self._stopping.is_set():
            try:
                with self._leading() as connection:
                    self._lead(connection)
            except SQLAlchemyError as problem:
                logger.warning("the database is away, trying again: %s", problem)
                self._stopping.wait(RETRY)
        self.rest(GRACE)
        self.redis.close()

    @contextmanager
    def _leading(self) -> Iterator[Connection]:
        """A connection of its own that holds the leader's lock; the lock ends with the connection."""
        options = self.app.config["SQLALCHEMY_ENGINE_OPTIONS"]
        engine = create_engine(
            self.app.config["SQLALCHEMY_DATABASE_URI"],
            poolclass=pool.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=options["connect_args"],
        )
        with engine.connect() as connection:
            while not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": LEADER_KEY}):
                if self._stopping.wait(RETRY):
                    break
            yield connection

    def _lead(self, connection: Connection) -> None:
        with self.app.app_context():
            self.recall()
        while not self._stopping.is_set():
            # Fails, and with it the lead, when the connection that holds the lock is gone.
            moment = float(connection.scalar(text("select extract(epoch from hotline_now())")))
            with self.app.app_context():
                self.watch(leaps.look(moment))
                self.beat()
            self._stopping.wait(PAUSE)

    def recall(self) -> None:
        """Take up where the last beat stopped, so that a start causes no cron job of its own."""
        last = upkeep.last_sign_of_life(BEAT)
        known = (last.detail or {}).get("slots", {}) if last else {}
        self.done = {tick.name: known[tick.name] for tick in self.schedule if tick.name in known}
        self._looked = leaps.last_look(last) or self._looked
        self.held = upkeep.last_sign_of_life(HELD) is not None
        db.session.remove()

    def watch(self, look: Look) -> None:
        """Hold the clocks when the database's has leapt ahead of ours since the last look, ours or another beat's."""
        leap = self._looked.leapt_until(look) if self._looked is not None else 0.0
        if leap > LEAP:
            logger.error("the database's clock leapt %.0f s ahead: no clocks are fired until confirmed", leap)
            upkeep.sign_of_life(HELD, {"seconds": round(leap)})
            self.held = True
        self._looked = look
        self._compare(leaps.difference(look.database))

    def _compare(self, difference: float) -> None:
        """Say once when this machine's time of day is not the database's, and once when it is again."""
        apart = abs(difference) > leaps.DIFFERENCE
        if apart and not self._apart:
            logger.error("this machine's clock differs from the database's by %.1f s", difference)
        elif self._apart and not apart:
            logger.warning("this machine's clock agrees with the database's again")
        self._apart = apart

    def beat(self) -> None:
        """One look at the clock: hand over what is due, or do it, and say that the beat lives."""
        at = now()
        db.session.rollback()  # reading the clock opened a transaction; none stays open while Redis is asked
        slots = [(tick, slot_of(tick, at, self.zone)) for tick in self.schedule]
        due = [(tick, slot) for tick, slot in slots if slot != self.done.get(tick.name) and not self._waits(tick)]
        try:
            self._hand_over(due)
        except RedisError as problem:
            self._without_redis(due, problem)
        if time.monotonic() - self._signed >= SIGN_SECONDS:
            self._signed = time.monotonic()
            looked = self._looked.kept() if self._looked else None
            state = {"without_redis": self._alone, "held": self.held, "slots": self.done, "look": looked}
            upkeep.sign_of_life(BEAT, state)
            self.held = upkeep.last_sign_of_life(HELD) is not None

    def _waits(self, tick: Tick) -> bool:
        return self.held and tick.queue == CLOCKS

    def _hand_over(self, due: list[tuple[Tick, int]]) -> None:
        for tick, slot in due:
            period = tick.every or tick.timeout
            queues.put(
                self.redis,
                tick.queue,
                tick.job,
                job_id=f"{tick.name}-{slot}",
                timeout=tick.timeout,
                wait=max(60, period),
                remember=max(60, period * 2),
            )
            self.done[tick.name] = slot
        if due and self._silent_since is not None:
            logger.warning("Redis answers again")
            self._silent_since, self._alone = None, False

    def _without_redis(self, due: list[tuple[Tick, int]], problem: RedisError) -> None:
        if self._silent_since is None:
            self._silent_since = time.monotonic()
            logger.warning("Redis does not answer: %s", problem)
        if time.monotonic() - self._silent_since < PATIENCE:
            return
        if not self._alone:
            logger.error("Redis has been away for %.0f s: the beat does the work itself", PATIENCE)
            self._alone = True
        for queue in dict.fromkeys(tick.queue for tick, _ in due):
            # what was handed over before Redis went stays handed over
            mine = [(tick, slot) for tick, slot in due if tick.queue == queue and self.done.get(tick.name) != slot]
            if mine and not self._busy(queue):
                self.done.update((tick.name, slot) for tick, slot in mine)
                ticks = [tick for tick, _ in mine]
                self._at_work[queue] = threading.Thread(target=self._do, args=(ticks,), daemon=True)
                self._at_work[queue].start()

    def _busy(self, queue: str) -> bool:
        return queue in self._at_work and self._at_work[queue].is_alive()

    def rest(self, seconds: float) -> None:
        """Wait until what the beat does itself is done, at most so long; what is not is rolled back."""
        end = time.monotonic() + seconds
        for thread in self._at_work.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _do(self, ticks: Sequence[Tick]) -> None:
        """Run a queue's jobs here, as its worker would. A failure is the job's own: the next slot tries again."""
        for tick in ticks:
            job: Any = import_attribute(tick.job)
            try:
                with self.app.app_context():
                    job()
            except Exception:
                logger.exception("the job %s failed", tick.name)
