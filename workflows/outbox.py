"""What must leave, written in the same transaction as its cause; each key once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from workflows.model.base import db, transaction
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
      FROM unnest(CAST(:key AS text[]), CAST(:topic AS text[]), CAST(:ticket_id AS bigint[]),
                  CAST(:payload AS jsonb[]), CAST(:created_at AS timestamptz[]), CAST(:not_before AS timestamptz[]))
           AS message (key, topic, ticket_id, payload, created_at, not_before)
        ON CONFLICT (key) DO NOTHING
    """
)


def put_all(rows: Iterable[dict[str, Any]]) -> None:
    """Write messages in one statement; one whose key is already there is left as it is."""
    rows = list(rows)
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        columns["payload"] = [json.dumps(payload, ensure_ascii=False) for payload in columns["payload"]]
        db.session.execute(_PUT, columns)


_RELAY_NOTICES = text(
    """
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
    )
    UPDATE outbox SET sent_at = hotline_now(), attempts = attempts + 1 FROM batch WHERE outbox.id = batch.id
    """
)


def relay_notices(batch: int = 5000) -> int:
    """Turn waiting in-app notices into rows people see. Returns how many left the outbox."""
    total = 0
    while True:
        with transaction():
            sent = db.session.execute(_RELAY_NOTICES, {"batch": batch}).rowcount
        total += sent
        if sent < batch:
            return total
