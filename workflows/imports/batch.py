"""A batch of rows, taken as one transaction: checked, opened and filed by the rules of the single intake."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from sqlalchemy.exc import DataError, IntegrityError

from workflows import outbox
from workflows.collect.request import Numbers, check, draw_numbers, file_ticket, open_ticket
from workflows.engine import Work, choose_route
from workflows.errors import Invalid, Unavailable
from workflows.imports.loader import Loader
from workflows.imports.rows import Reader, Reading
from workflows.model.base import now, transaction
from workflows.model.reference import reference
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.model.work import JobReject, JobRow
from workflows.rules.roles import Actor
from workflows.rules.routing import Decision

#: Of a day's 999,999 numbers an import leaves these to the people on the telephone.
LAST_SERIAL = 900_000
#: What PostgreSQL says of a row it cannot hold, whichever way the row reached it.
UNFIT = (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError)

NumberedCells = tuple[int, Sequence[str]]


@dataclass
class Outcome:
    """What became of a batch. `routes` counts by unit, or by `Decision` where no unit is certain."""

    rows: int = 0
    rejected: int = 0
    routes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Outcome) -> None:
        """Count another batch in."""
        self.rows += other.rows
        self.rejected += other.rejected
        self.routes.update(other.routes)


@dataclass(frozen=True)
class Order:
    """Whose import it is, by which job, and whether anything is to be written."""

    job_id: int
    actor: Actor
    dry: bool


@contextmanager
def bulk_work(actor: Actor) -> Iterator[Work]:
    """Like the engine's `work`, for many new tickets: rows leave by COPY, messages in one statement."""
    with transaction():
        doing = Work(actor=actor, at=now(), ref=reference(), sink=Loader())
        yield doing
        doing.sink.write()
        outbox.put_all(doing.messages)


def take(order: Order, reader: Reader, rows: Sequence[NumberedCells], record: Any) -> Outcome:
    """Take a batch and `record` its outcome in the same transaction.

    Where the database refuses the batch, its halves are tried, so that one row that nobody foresaw is rejected
    alone. Raises whatever `record` raises; nothing is written then.
    """
    with _undisturbed():
        readings = [(number, reader.read(cells)) for number, cells in rows]
        return _take(order, readings, record)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No search for garbage while a batch's many objects are alive: it would find none and take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take(order: Order, readings: list[tuple[int, Reading]], record: Any) -> Outcome:
    try:
        return _try(order, readings, record)
    except UNFIT:
        if len(readings) > 1:
            half = len(readings) // 2
            outcome = _take(order, readings[:half], record)
            outcome.add(_take(order, readings[half:], record))
            return outcome
        number, reading = readings[0]
        reading.request, reading.wrong = None, {"row": ["row_unfit"]}
        return _try(order, [(number, reading)], record)


def _try(order: Order, readings: list[tuple[int, Reading]], record: Any) -> Outcome:
    with bulk_work(order.actor) as doing:
        outcome = Outcome(rows=len(readings))
        good = []
        for number, reading in readings:
            wrong = _wrong(reading, doing)
            if wrong:
                outcome.rejected += 1
                doing.sink.add(new(JobReject, job_id=order.job_id, row_no=number, reasons=wrong))
            else:
                good.append((number, reading))
        outcome.routes = (_rehearse if order.dry else _file)(order, doing, good)
        record(outcome, doing.at)
        return outcome


def _wrong(reading: Reading, doing: Work) -> list[dict[str, str]]:
    """Everything wrong with a row: what could not be understood, and what the intake refuses."""
    wrong = dict(reading.wrong)
    if reading.request is not None:
        try:
            check(reading.request, doing.ref)
        except Invalid as refusal:
            wrong = {**refusal.fields, **wrong}
    return [{"field": name, "code": code} for name, codes in wrong.items() for code in codes]


def _rehearse(order: Order, doing: Work, good: list[tuple[int, Reading]]) -> Counter[str]:
    """Where the rows would go, without going there."""
    routes: Counter[str] = Counter()
    for _, reading in good:
        asked = reading.request
        found = choose_route(doing, new(Ticket, category_id=asked.category_id, area_id=asked.area_id,
                                        kind=str(asked.kind), caller_type=str(asked.caller_type)))
        routes[str(found.unit_id if found.decision is Decision.CERTAIN else found.decision)] += 1
    return routes


def _file(order: Order, doing: Work, good: list[tuple[int, Reading]]) -> Counter[str]:
    routes: Counter[str] = Counter()
    for (row_no, reading), mine in zip(good, _numbers(doing, len(good)), strict=True):
        one = replace(doing, started=[])
        origin = {"import": {"job": order.job_id, "row": row_no, **reading.origin}}
        ticket, _, _ = open_ticket(one, reading.request, [mine], origin)
        file_ticket(one, ticket, mine)
        doing.sink.add(new(JobRow, job_id=order.job_id, row_no=row_no, ticket_id=ticket.id))
        routes[str(ticket.lead_unit_id or ticket.route["decision"])] += 1
    return routes


def _numbers(doing: Work, wanted: int) -> list[Numbers]:
    numbers = draw_numbers(doing, wanted) if wanted else []
    if numbers and numbers[-1].serial > LAST_SERIAL:
        raise Unavailable("day_full")
    return numbers
