"""Is the history as it was written? Every ticket's chain of events is recomputed and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from workflows.model.base import db

#: Tickets checked by one statement.
SPAN = 20_000

_LAST_TICKET = text(
    "SELECT greatest((SELECT coalesce(max(ticket_id), 0) FROM event_head),"
    " (SELECT coalesce(max(ticket_id), 0) FROM ticket_event))"
)
_BROKEN = text(
    """
    WITH chain AS (
        SELECT e.ticket_id, e.sequence, e.hash, e.hash = event_digest(e) AS own,
               e.previous_hash IS NOT DISTINCT FROM lag(e.hash) OVER w AS linked,
               e.sequence = row_number() OVER w AS counted
          FROM ticket_event e WHERE e.ticket_id > :low AND e.ticket_id <= :high
        WINDOW w AS (PARTITION BY e.ticket_id ORDER BY e.sequence)
    ), ends AS (
        SELECT DISTINCT ON (ticket_id) ticket_id, sequence, hash FROM chain ORDER BY ticket_id, sequence DESC
    )
    SELECT ticket_id, sequence,
           CASE WHEN own IS NOT TRUE THEN 'altered' WHEN counted IS NOT TRUE THEN 'missing' ELSE 'unlinked' END
      FROM chain WHERE own IS NOT TRUE OR linked IS NOT TRUE OR counted IS NOT TRUE
    UNION ALL
    SELECT coalesce(h.ticket_id, x.ticket_id), coalesce(h.sequence, x.sequence), 'cut_short'
      FROM (SELECT * FROM event_head WHERE ticket_id > :low AND ticket_id <= :high) h
      FULL JOIN ends x ON x.ticket_id = h.ticket_id
     WHERE h.sequence IS DISTINCT FROM x.sequence OR h.hash IS DISTINCT FROM x.hash
     ORDER BY 1, 2 LIMIT :most
    """
)


@dataclass(frozen=True)
class Break:
    """A place where the history is not as it was written: altered, missing, unlinked or cut_short."""

    ticket_id: int
    sequence: int
    what: str


def breaks(most: int = 1000) -> Iterator[Break]:
    """Every break in the chains of events, up to `most` per 20,000 tickets; nothing when all is well."""
    last = db.session.scalar(_LAST_TICKET)
    for low in range(0, last, SPAN):
        for row in db.session.execute(_BROKEN, {"low": low, "high": low + SPAN, "most": most}):
            yield Break(*row)
