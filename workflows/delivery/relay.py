"""The relay of one channel: claim a batch with a lease, send it outside any transaction, write down how it went.

The lease is committed before anything is sent. A worker that dies in between leaves messages whose lease runs out;
they are sent once more under the same key, and never by two workers at a time. Each channel has a queue and a worker
of its own, so that one that hangs costs the others nothing; a batch nobody took ends the job.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any

from sqlalchemy import Row, bindparam, text, update
from sqlalchemy.orm import Session

from workflows.delivery.answers import ANSWERS, note_answers
from workflows.delivery.parcel import Failure, Letter, Parcel, Sender, Sent, sender_of
from workflows.model.base import db, transaction
from workflows.model.outbox import Outbox
from workflows.model.reference import Reference, moment
from workflows.model.secrets import box
from workflows.rules.quiet import Hours, next_allowed
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Carrier, Dropped, Urgency

#: Messages claimed at a time, threads that send them, and batches of one job.
BATCH, THREADS, BATCHES = 16, 16, 200
#: Far longer than a batch can take, which is the patience of the slowest channel.
LEASE = timedelta(seconds=120)
#: A message is tried so often, for about nine hours, then it is a dead letter.
MOST_ATTEMPTS = 15
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
#: Kinds that say no more than that time runs out; pointless once it does not.
REMINDERS = frozenset({"reminded", "warned", "expired"})
#: What a caller is sent that asks for their opinion.
RATED = frozenset({"answered", "survey"})
#: Reminders that the red mark overtakes.
OVERTAKEN = frozenset({"reminded", "warned"})
_chance = SystemRandom()

_CLAIM = text(
    """
    WITH batch AS (
        SELECT id FROM outbox
         WHERE sent_at IS NULL AND dead_at IS NULL AND topic = :topic AND not_before <= hotline_now()
           AND (claimed_until IS NULL OR claimed_until <= hotline_now())
         ORDER BY not_before, id LIMIT :batch FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE outbox SET claimed_until = hotline_now() + :lease, attempts = attempts + 1
          FROM batch WHERE outbox.id = batch.id RETURNING outbox.*
    )
    SELECT claimed.id, claimed.key, claimed.attempts, claimed.payload, claimed.created_at, claimed.ticket_id,
           person.active, person.locale, person.email, person.work_phone,
           caller.phone AS caller_phone, ticket.urgency, ticket.kind AS request_kind, ticket.category_id,
           ticket.answer_way, clock.running, clock.fired
      FROM claimed
      LEFT JOIN user_account AS person ON person.id = (claimed.payload->>'user_id')::bigint
      LEFT JOIN ticket ON ticket.id = claimed.ticket_id
      LEFT JOIN ticket_identity AS caller
        ON caller.ticket_id = claimed.ticket_id AND claimed.payload->>'role' = 'CITIZEN'
      LEFT JOIN LATERAL (
            SELECT bool_or(stopped_at IS NULL OR stopped_at <= fired_at) AS running,
                   bool_or(fired_at IS NOT NULL) AS fired
              FROM clock
             WHERE clock.ticket_id = claimed.ticket_id AND clock.code = claimed.payload->'data'->>'clock'
               AND clock.due_at = (claimed.payload->'data'->>'due_at')::timestamptz
           ) AS clock ON true
     ORDER BY claimed.id
    """
)


@dataclass
class Batch:
    """What was claimed: to be sent now; and whether anything was claimed at all."""

    to_send: list[tuple[Row[Any], Parcel]] = field(default_factory=list)
    claimed: int = 0


def deliver(carrier: Carrier, batches: int = BATCHES) -> int:
    """Send what waits for a channel, oldest first. Returns how many messages the receiver took.

    Ends early after a batch of which nothing was taken: the receiver is probably away.
    """
    found = sender_of(carrier)
    if found is None:
        return 0
    total = 0
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(batches):
            batch = _claim(carrier, found[1])
            if not batch.claimed:
                break
            outcomes = _send(found[0], batch, threads)
            _settle(batch, outcomes)
            taken = sum(isinstance(outcome, Sent) for outcome in outcomes)
            total += taken
            if batch.to_send and not taken:
                break
    return total


def _send(sender: Sender, batch: Batch, threads: ThreadPoolExecutor) -> Sequence[Sent | Failure]:
    letters: list[Letter] = [sender.write(parcel) for _, parcel in batch.to_send]
    return list(threads.map(sender.send, letters))


def _claim(carrier: Carrier, hours: Hours) -> Batch:
    """Lease a batch; what must not be sent, or not yet, is set aside in the same transaction."""
    batch = Batch()
    dropped: dict[Dropped, list[int]] = {}
    with transaction():
        at, ref = moment()
        rows = db.session.execute(_CLAIM, {"topic": carrier, "batch": BATCH, "lease": LEASE}).all()
        batch.claimed = len(rows)
        later: list[dict[str, Any]] = []
        for row in rows:
            reason = _pointless(row, carrier)
            allowed = _allowed(row, hours, ref, at)
            if reason is not None:
                dropped.setdefault(reason, []).append(row.id)
            elif allowed > at:
                later.append({"key_of": row.id, "until": allowed, "tried": row.attempts - 1})
            else:
                batch.to_send.append((row, _parcel(row, carrier, ref, at)))
        _drop(dropped, at)
        _defer(later)
    return batch


def _pointless(row: Row[Any], carrier: Carrier) -> Dropped | None:
    """Why a message is not to be sent any more; None where it is."""
    to_caller = row.payload["role"] == Role.CITIZEN
    if carrier is not Carrier.WEBHOOK and not ((row.active or to_caller) and _address(row, carrier)):
        return Dropped.NO_ADDRESS
    if row.payload["kind"] == "answered" and row.answer_way is not None:
        return Dropped.OVERTAKEN
    if row.payload["kind"] not in REMINDERS or "clock" not in row.payload["data"]:
        return None
    if not row.running:
        return Dropped.CLOCK_STOPPED
    return Dropped.OVERTAKEN if row.fired and row.payload["kind"] in OVERTAKEN else None


def _address(row: Row[Any], carrier: Carrier) -> str:
    """Where it goes; a caller's number is opened here, and stands in no message that waits."""
    if row.payload["role"] == Role.CITIZEN:
        return box().open(row.caller_phone, f"{row.payload['ticket_no']}:phone") or ""
    return {Carrier.EMAIL: row.email, Carrier.SMS: row.work_phone}.get(carrier) or ""


def _allowed(row: Row[Any], hours: Hours, ref: Reference, at: datetime) -> datetime:
    """When the channel may disturb: at once where the ticket cannot wait."""
    if row.urgency in {Urgency.URGENT, Urgency.CRITICAL}:
        return at
    return next_allowed(hours, ref.calendar_of(row.payload["unit_id"])[1], at)


def _parcel(row: Row[Any], carrier: Carrier, ref: Reference, at: datetime) -> Parcel:
    told, data = row.payload, row.payload["data"] or {}
    due_at = data.get("due_at")
    return Parcel(
        key=row.key, carrier=carrier, to=_address(row, carrier), locale=row.locale or "zh", kind=told["kind"],
        role=told["role"], unit_name=ref.unit_name(told["unit_id"]), ticket_no=told["ticket_no"],
        request_kind=row.request_kind or "", matter=ref.category_name(row.category_id), at=row.created_at,
        claimed_at=at, clock=data.get("clock", ""), data=data,
        due_at=datetime.fromisoformat(due_at) if due_at else None, rating=_rating(row),
    )


def _rating(row: Row[Any]) -> str:
    if row.payload["role"] != Role.CITIZEN or row.payload["kind"] not in RATED:
        return ""
    return box().rating_token(row.ticket_id, row.payload["data"]["round"])


def _drop(dropped: dict[Dropped, list[int]], at: datetime) -> None:
    for reason, ids in dropped.items():
        db.session.execute(
            update(Outbox).where(Outbox.id.in_(ids)).values(sent_at=at, dropped=str(reason), claimed_until=None)
        )


_LATER = (
    update(Outbox.__table__)
    .where(Outbox.__table__.c.id == bindparam("key_of"))
    .values(not_before=bindparam("until"), attempts=bindparam("tried"), claimed_until=None)
)


def _defer(later: list[dict[str, Any]]) -> None:
    if later:
        db.session.execute(_LATER, later)


def _settle(batch: Batch, outcomes: Iterable[Sent | Failure]) -> None:
    """Write down how it went. A message sent is sent, whoever else may have claimed it since."""
    went = [(row, outcome) for (row, _), outcome in zip(batch.to_send, outcomes, strict=True)]
    if not went:
        return
    with transaction():
        at = moment()[0]
        sent = [row.id for row, outcome in went if isinstance(outcome, Sent)]
        db.session.execute(
            update(Outbox).where(Outbox.id.in_(sent)).values(sent_at=at, claimed_until=None, last_error="")
        )
        note_answers([(row.ticket_id, row.payload["data"].get("round", 0)) for row, outcome in went
                      if isinstance(outcome, Sent) and row.payload["kind"] in ANSWERS], at)
        for row, outcome in went:
            if isinstance(outcome, Failure):
                _fail(db.session, row, outcome, at)


def _fail(session: Session, row: Row[Any], failure: Failure, at: datetime) -> None:
    over = failure.permanent or row.attempts >= MOST_ATTEMPTS
    session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.sent_at.is_(None))
        .values(claimed_until=None, last_error=failure.why[:200], dead_at=at if over else None,
                not_before=at + pause_after(row.attempts))
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, a quarter more or less by chance."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return pause * _chance.uniform(0.75, 1.25)
