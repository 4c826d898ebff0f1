"""In-app notices: those addressed to a person's unit and roles, and which of them are new.

Each role is read by itself, newest first: the index (unit, role, id) then serves however many notices there are.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from sqlalchemy import func, select, union_all, update

from workflows.model.base import db, now, transaction
from workflows.model.directory import User
from workflows.model.outbox import Notice
from workflows.rules.roles import Actor

#: The badge counts no further.
MOST_UNREAD = 99


def unread(actor: Actor, seen_at: datetime | None) -> int:
    """How many of the newest notices came after `seen_at`, at most MOST_UNREAD + 1."""
    newest = [
        select(Notice.at)
        .where(Notice.unit_id == actor.unit_id, Notice.role == role)
        .order_by(Notice.id.desc())
        .limit(MOST_UNREAD + 1)
        .subquery()
        for role in sorted(actor.roles)
    ]
    if not newest:
        return 0
    some = union_all(*(select(part.c.at) for part in newest)).subquery()
    counting = select(func.count()).select_from(some)
    if seen_at is not None:
        counting = counting.where(some.c.at > seen_at)
    return min(db.session.scalar(counting) or 0, MOST_UNREAD + 1)


def newest(actor: Actor, before: int | None, most: int) -> list[Notice]:
    """The newest notices to a person, older than the notice of id `before` where one is given."""
    to_unit = select(Notice).where(Notice.unit_id == actor.unit_id).order_by(Notice.id.desc()).limit(most)
    if before is not None:
        to_unit = to_unit.where(Notice.id < before)
    found = chain.from_iterable(db.session.scalars(to_unit.where(Notice.role == role)) for role in sorted(actor.roles))
    return sorted(found, key=lambda notice: notice.id, reverse=True)[:most]


def see(actor: Actor) -> None:
    """All notices up to now count as read."""
    with transaction():
        db.session.execute(update(User).where(User.id == actor.user_id).values(notices_seen_at=now()))
