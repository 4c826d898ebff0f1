"""核对: once a day everything is looked at as a whole, and what cannot be so is repaired or listed (R22).

What is certain is repaired, a thousand rows to a transaction, each with an event in its ticket's history; what
somebody must judge is listed. Each check is one statement that sees one moment, so work going on meanwhile is never
taken for a discrepancy; rows somebody is just changing are left to the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, text, update

from workflows.engine.clocks import DUE_CLOCKS, OPTIONAL_CLOCKS
from workflows.model.base import db, now, transaction
from workflows.model.reconciliation import Discrepancy, Reconciliation
from workflows.model.ticket import LIVE, OPEN, TicketEvent
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.limits import INNER_CLOCKS
from workflows.rules.roles import SYSTEM, Role
from workflows.rules.standing import demanded
from workflows.rules.vocabulary import DiscrepancyKind

BATCH = 1000
#: How many of a kind are listed; whoever has more has one cause for all.
MOST_LISTED = 1000
KEEP = timedelta(days=180)
REPAIR_EVENT = "repair"

# Every statement yields ticket_id, no, state and what is wrong (`data`); those of repairs say what they wrote.
_RUNS_AFTER_THE_END = text(
    f"""
    WITH wrong AS (
        SELECT c.id, c.code, t.id AS ticket_id, t.no, t.state, coalesce(t.closed_at, t.changed_at) AS ended
          FROM clock c JOIN ticket t ON t.id = c.ticket_id
         WHERE c.stopped_at IS NULL AND NOT (t.{OPEN}) AND NOT (t.state = 'PETITIONED' AND c.code = 'PETITION')
         ORDER BY c.id LIMIT :batch FOR UPDATE OF c, t SKIP LOCKED
    )
    UPDATE clock SET stopped_at = ended, next_at = NULL, next_level = NULL FROM wrong WHERE clock.id = wrong.id
    RETURNING wrong.ticket_id, no, state, jsonb_build_object('clock', wrong.code, 'stopped_at', ended) AS data
    """
)
_WAITS_FOR_NOTHING = text(
    f"""
    WITH wrong AS (
        SELECT c.id, c.code, t.id AS ticket_id, t.no, t.state
          FROM clock c JOIN ticket t ON t.id = c.ticket_id
         WHERE c.stopped_at IS NULL AND c.due_at IS NOT NULL AND c.next_at IS NULL AND c.fired_at IS NULL
           AND c.held_since IS NULL AND t.{OPEN} AND t.state <> 'SUSPENDED'
         ORDER BY c.id LIMIT :batch FOR UPDATE OF c, t SKIP LOCKED
    )
    UPDATE clock SET next_at = CASE WHEN warned_at IS NULL THEN coalesce(warn_at, due_at) ELSE due_at END,
                     next_level = CASE WHEN warned_at IS NULL THEN 'YELLOW' ELSE 'RED' END
      FROM wrong WHERE clock.id = wrong.id
    RETURNING wrong.ticket_id, no, state, jsonb_build_object('clock', wrong.code, 'due_at', due_at) AS data
    """
)
_DUE_DIFFERS = text(
    f"""
    WITH wrong AS (
        SELECT a.id, c.code, c.due_at, c.due_original, c.warn_at, a.due_at AS shown, t.id AS ticket_id, t.no, t.state
          FROM clock c JOIN assignment a ON a.id = c.assignment_id JOIN ticket t ON t.id = c.ticket_id
         WHERE c.stopped_at IS NULL AND c.due_at IS NOT NULL AND c.code = ANY(:due_clocks) AND a.{LIVE}
           AND c.due_at IS DISTINCT FROM a.due_at AND c.due_at >= c.due_original
         ORDER BY a.id LIMIT :batch FOR UPDATE OF a, c, t SKIP LOCKED
    )
    UPDATE assignment SET due_at = wrong.due_at, due_original = wrong.due_original, warn_at = wrong.warn_at
      FROM wrong WHERE assignment.id = wrong.id
    RETURNING wrong.ticket_id, no, wrong.state,
              jsonb_build_object('clock', code, 'due_at', wrong.due_at, 'shown', shown) AS data
    """
)
_LEASED_FOR_EVER = text(
    """
    WITH wrong AS (
        SELECT id, key, claimed_until AS leased FROM outbox
         WHERE sent_at IS NULL AND dead_at IS NULL AND claimed_until > hotline_now() + interval '1 hour'
         ORDER BY not_before, id LIMIT :batch FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox SET claimed_until = NULL FROM wrong WHERE outbox.id = wrong.id
    RETURNING ticket_id, coalesce((SELECT no FROM ticket WHERE id = ticket_id), '') AS no, NULL AS state,
              jsonb_build_object('message', wrong.id, 'topic', topic, 'leased_until', leased) AS data
    """
)
_CLOCK_MISSING = text(
    f"""
    SELECT t.id AS ticket_id, t.no, jsonb_build_object('state', t.state, 'clocks', string_to_array(codes, ',')) AS data
      FROM ticket t JOIN unnest(CAST(:states AS text[]), CAST(:codes AS text[])) AS demand (state, codes)
           ON demand.state = t.state
     WHERE t.{OPEN} AND NOT EXISTS (
           SELECT FROM clock c WHERE c.ticket_id = t.id AND c.stopped_at IS NULL
              AND c.code = ANY(string_to_array(codes, ',')))
     ORDER BY t.id LIMIT :batch
    """
)
_NOT_FIRED = text(
    """
    SELECT c.ticket_id, t.no, jsonb_build_object('clock', c.code, 'since', c.next_at) AS data
      FROM clock c JOIN ticket t ON t.id = c.ticket_id
     WHERE c.next_at < hotline_now() - interval '10 minutes' ORDER BY c.next_at LIMIT :batch
    """
)
_NOT_SENT = text(
    """
    SELECT o.ticket_id, coalesce(t.no, '') AS no,
           jsonb_build_object('message', o.id, 'topic', o.topic, 'since', o.created_at) AS data
      FROM outbox o LEFT JOIN ticket t ON t.id = o.ticket_id
     WHERE o.sent_at IS NULL AND o.dead_at IS NULL AND o.not_before < hotline_now() - interval '10 minutes'
     ORDER BY o.not_before, o.id LIMIT :batch
    """
)
_HISTORY_GAP = text(
    f"""
    SELECT t.id AS ticket_id, t.no, jsonb_build_object('events', e.events, 'last', e.last, 'head', h.sequence) AS data
      FROM ticket t LEFT JOIN event_head h ON h.ticket_id = t.id
      LEFT JOIN LATERAL (SELECT count(*) AS events, max(sequence) AS last FROM ticket_event WHERE ticket_id = t.id) e
           ON true
     WHERE t.{OPEN} AND (h.sequence IS DISTINCT FROM e.last OR h.sequence IS DISTINCT FROM e.events)
     ORDER BY t.id LIMIT :batch
    """
)


@dataclass(frozen=True)
class Check:
    """A kind of discrepancy, the statement that finds it, and whether that statement also repairs it."""

    kind: DiscrepancyKind
    statement: Any
    repairs: bool
    given: Callable[[], dict[str, Any]] = dict


def _due_clocks() -> dict[str, Any]:
    return {"due_clocks": sorted(map(str, DUE_CLOCKS | INNER_CLOCKS))}


def _demands() -> dict[str, Any]:
    """State and clocks side by side, for as many pairs as the table of moves demands."""
    table = demanded(TICKET_MOVES, alike=DUE_CLOCKS, optional=OPTIONAL_CLOCKS)
    pairs = [(str(state), ",".join(sorted(codes))) for state, found in table.items() for codes in found]
    return {"states": [state for state, _ in pairs], "codes": [codes for _, codes in pairs]}


K = DiscrepancyKind
#: In this order: what is repaired first is not found again by what only lists.
CHECKS = (
    Check(K.RUNS_AFTER_END, _RUNS_AFTER_THE_END, repairs=True),
    Check(K.WAITS_FOR_NOTHING, _WAITS_FOR_NOTHING, repairs=True),
    Check(K.DUE_DIFFERS, _DUE_DIFFERS, repairs=True, given=_due_clocks),
    Check(K.LEASED_FOR_EVER, _LEASED_FOR_EVER, repairs=True),
    Check(K.CLOCK_MISSING, _CLOCK_MISSING, repairs=False, given=_demands),
    Check(K.NOT_FIRED, _NOT_FIRED, repairs=False),
    Check(K.NOT_SENT, _NOT_SENT, repairs=False),
    Check(K.HISTORY_GAP, _HISTORY_GAP, repairs=False),
)


def reconcile(batch: int = BATCH) -> int:
    """Look at everything, repair what is certain, list the rest. Returns the number of the run."""
    run_id = _begin()
    for check in CHECKS:
        while _check(run_id, check, batch) == batch and check.repairs:
            pass
    with transaction():
        db.session.execute(update(Reconciliation).where(Reconciliation.id == run_id).values(finished_at=now()))
    return run_id


def _begin() -> int:
    with transaction():
        at = now()
        db.session.execute(delete(Reconciliation).where(Reconciliation.at < at - KEEP))
        return db.session.scalar(insert(Reconciliation).values(at=at, found=0, repaired=0).returning(Reconciliation.id))


def _check(run_id: int, check: Check, batch: int) -> int:
    """One batch of one check in a transaction; how many were found."""
    with transaction():
        most = batch if check.repairs else MOST_LISTED
        rows = db.session.execute(check.statement, {"batch": most, **check.given()}).all()
        if rows:
            _keep(run_id, check, rows)
        return len(rows)


def _keep(run_id: int, check: Check, rows: Sequence[Row[Any]]) -> None:
    db.session.execute(insert(Discrepancy), [
        {"run_id": run_id, "kind": str(check.kind), "ticket_id": row.ticket_id, "ticket_no": row.no,
         "repaired": check.repairs, "data": row.data}
        for row in rows
    ])
    repaired = len(rows) if check.repairs else 0
    db.session.execute(
        update(Reconciliation).where(Reconciliation.id == run_id)
        .values(found=Reconciliation.found + len(rows), repaired=Reconciliation.repaired + repaired)
    )
    events = [_event(check.kind, row) for row in rows if check.repairs and row.state is not None]
    if events:
        at = now()
        db.session.execute(insert(TicketEvent.__table__), [event | {"at": at} for event in events])


def _event(kind: DiscrepancyKind, row: Row[Any]) -> dict[str, Any]:
    return {
        "ticket_id": row.ticket_id, "kind": REPAIR_EVENT, "from_state": row.state, "to_state": row.state,
        "actor_name": SYSTEM.name, "actor_role": str(Role.SYSTEM), "note": "", "data": row.data | {"what": str(kind)},
    }
