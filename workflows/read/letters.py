"""Messages that did not leave as they should: dead letters, and those tried again; and how many of them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select, text

from workflows.model.base import db
from workflows.model.outbox import Outbox
from workflows.rules.vocabulary import Carrier

#: Counting goes no further.
MOST_COUNTED = 10_000


class Post(NamedTuple):
    """How a channel is doing; numbers at most MOST_COUNTED."""

    carrier: Carrier
    dead: int
    retried: int
    waiting: int
    oldest: datetime | None


def dead(carrier: Carrier | None = None) -> Select[tuple[Outbox]]:
    """Messages given up, by index `ix_outbox_dead`."""
    return _of(select(Outbox).where(Outbox.dead_at.is_not(None)), carrier)


def retried(carrier: Carrier | None = None) -> Select[tuple[Outbox]]:
    """Messages that were tried and not taken yet, by index `ix_outbox_retried`."""
    waiting = Outbox.sent_at.is_(None), Outbox.dead_at.is_(None)
    return _of(select(Outbox).where(Outbox.attempts > 0, *waiting), carrier)


def _of(found: Select[tuple[Outbox]], carrier: Carrier | None) -> Select[tuple[Outbox]]:
    return found if carrier is None else found.where(Outbox.topic == carrier)


_POST = text(
    """
    SELECT carrier,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE dead_at IS NOT NULL AND topic = carrier
                                  LIMIT :most) AS d) AS dead,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE attempts > 0 AND sent_at IS NULL AND dead_at IS NULL
                                  AND topic = carrier LIMIT :most) AS r) AS retried,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL AND topic = carrier
                                  LIMIT :most) AS w) AS waiting,
           (SELECT min(created_at) FROM (SELECT created_at FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL
                                  AND topic = carrier ORDER BY not_before, id LIMIT :most) AS o) AS oldest
      FROM unnest(CAST(:carriers AS text[])) WITH ORDINALITY AS each (carrier, place)
     ORDER BY place
    """
)


def post() -> list[Post]:
    """Every channel's numbers."""
    rows = db.session.execute(_POST, {"carriers": [str(each) for each in Carrier], "most": MOST_COUNTED})
    return [Post(Carrier(row.carrier), row.dead, row.retried, row.waiting, row.oldest) for row in rows]
