"""What must leave, written in the same transaction as its cause; each key once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from workflows.model.base import db, transaction
from workflows.model.reference import today
from workflows.model.rows import as_json
from workflows.rules.roles import Role

#: Topic of in-app notices; the relay turns them into rows of `notice`.
NOTICE = "notice"


def message(key: str, topic: str, ticket_id: int | None, at: datetime, **payload: Any) -> dict[str, Any]:
    """A row for `put_all`. Payloads hold ids and codes only, never words of a caller."""
    return {"key": key, "topic": topic, "ticket_id": ticket_id, "payload": payload, "created_at": at, "not_before": at}


def notice(key: str, kind: str, ticket: Any, at: datetime, *, unit_id: int, role: Role, **data: Any) -> dict[str, Any]:
    """An in-app notice about a ticket to the holders of a role in a unit."""
    return message(f"{key}:{unit_id}:{role}", NOTICE, ticket.id, at,
                   kind=kind, unit_id=unit_id, role=str(role), ticket_no=ticket.no, data=data)


_PUT = text(
    """
    INSERT INTO outbox (key, topic, ticket_id, payload, created_at, not_before, attempts, last_error)
    SELECT key, topic, ticket_id, payload, created_at, not_before, 0, ''
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS message (key text, topic text, ticket_id bigint, payload jsonb, created_at timestamptz,
                       not_before timestamptz)
        ON CONFLICT (key) DO NOTHING
    """
)


def put_all(rows: Iterable[dict[str, Any]]) -> None:
    """Write messages in one statement; one whose key is already there is left as it is."""
    rows = list(rows)
    if rows:
        db.session.execute(_PUT, {"rows": as_json(rows)})


_BATCH = """
    WITH batch AS (
        SELECT id, key, ticket_id, created_at, payload FROM outbox
         WHERE sent_at IS NULL AND dead_at IS NULL AND topic = 'notice' AND not_before <= hotline_now()
         ORDER BY not_before, id LIMIT :batch FOR UPDATE SKIP LOCKED
    ), told AS (
        INSERT INTO notice (key, unit_id, role, kind, ticket_id, ticket_no, at, data)
        SELECT key, (payload->>'unit_id')::bigint, payload->>'role', payload->>'kind', ticket_id,
               coalesce(payload->>'ticket_no', ''), created_at, payload->'data'
          FROM batch ORDER BY id
            ON CONFLICT (key) DO NOTHING
        RETURNING *
    )
"""
# People see a notice once, so what follows from it leaves once: a message to each holder of the role who has an
# address, to whoever stands in for one of them, one to the webhook, and to the caller what is told the caller.
_PASSED_ON = """
    , wanted AS (
        SELECT told.*, carrier
          FROM told JOIN subscription ON subscription.kind = told.kind AND subscription.role = told.role
          CROSS JOIN LATERAL unnest(subscription.carriers) AS carrier
         WHERE carrier = ANY(CAST(:carriers AS text[]))
    ), person AS (
        SELECT wanted.id, wanted.carrier, addressee.id AS user_id
          FROM wanted
          JOIN user_account AS holder ON holder.unit_id = wanted.unit_id AND holder.active
          JOIN user_role ON user_role.user_id = holder.id AND user_role.role = wanted.role
          LEFT JOIN absence ON absence.user_id = holder.id AND NOT absence.ended
           AND CAST(:today AS date) BETWEEN absence.first_day AND absence.last_day
          JOIN user_account AS addressee ON addressee.id IN (holder.id, absence.delegate_id) AND addressee.active
           AND '' <> CASE wanted.carrier WHEN 'email' THEN addressee.email ELSE addressee.work_phone END
         WHERE wanted.carrier <> 'webhook'
        UNION
        SELECT id, carrier, NULL FROM wanted WHERE carrier = 'webhook' OR (carrier = 'sms' AND role = 'CITIZEN')
    ), passed_on AS (
        INSERT INTO outbox (key, topic, ticket_id, payload, created_at, not_before, attempts, last_error)
        SELECT concat_ws(':', person.carrier, told.id, person.user_id), person.carrier, told.ticket_id,
               jsonb_build_object('user_id', person.user_id, 'kind', told.kind, 'role', told.role,
                                  'unit_id', told.unit_id, 'ticket_no', told.ticket_no,
                                  'data', coalesce(told.data, '{}')),
               told.at, hotline_now(), 0, ''
          FROM person JOIN told USING (id)
            ON CONFLICT (key) DO NOTHING
    )
"""
_GONE = """
    UPDATE outbox SET sent_at = hotline_now(), attempts = attempts + 1 FROM batch WHERE outbox.id = batch.id
"""
_RELAY, _RELAY_AND_PASS_ON = text(_BATCH + _GONE), text(_BATCH + _PASSED_ON + _GONE)


def relay_notices(batch: int = 5000, carriers: Sequence[str] = ()) -> int:
    """Turn waiting in-app notices into rows people see. Returns how many left the outbox.

    Where channels are on (`carriers`), the messages that follow from each notice are put in the outbox with it.
    """
    total = 0
    while True:
        with transaction():
            if carriers:
                values = {"batch": batch, "carriers": list(carriers), "today": today()}
                sent = db.session.execute(_RELAY_AND_PASS_ON, values).rowcount
            else:
                sent = db.session.execute(_RELAY, {"batch": batch}).rowcount
        total += sent
        if sent < batch:
            return total
