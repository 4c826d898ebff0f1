"""In-app notices: those addressed to a person's unit and roles, and which of them are new.

Each role is read by itself, newest first: the index (unit, role, id) then serves however many notices there are.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Date, Select, cast, func, select, true, union_all, update

from workflows.model.base import db, now, transaction
from workflows.model.directory import Absence, User, UserRole
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
    newest.append(_in_others_stead(actor).subquery())
    some = union_all(*(select(part.c.at) for part in newest)).subquery()
    counting = select(func.count()).select_from(some)
    if seen_at is not None:
        counting = counting.where(some.c.at > seen_at)
    return min(db.session.scalar(counting) or 0, MOST_UNREAD + 1)


def _away_for(actor: Actor, what: Select[Any]) -> Select[Any]:
    """Of those who are away today and in whose stead the actor is told."""
    today = cast(func.timezone("Asia/Shanghai", func.hotline_now()), Date)
    return (
        what.select_from(Absence)
        .join(User, User.id == Absence.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(Absence.delegate_id == actor.user_id, ~Absence.ended, today.between(Absence.first_day, Absence.last_day))
    )


def _in_others_stead(actor: Actor) -> Select[Any]:
    told = (
        select(Notice.at)
        .where(Notice.unit_id == User.unit_id, Notice.role == UserRole.role)
        .order_by(Notice.id.desc())
        .limit(MOST_UNREAD + 1)
        .lateral()
    )
    return _away_for(actor, select(told.c.at)).join(told, true())


def newest(actor: Actor, before: int | None, most: int) -> list[Notice]:
    """The newest notices to a person, older than the notice of id `before` where one is given."""
    listed = select(Notice).order_by(Notice.id.desc()).limit(most)
    if before is not None:
        listed = listed.where(Notice.id < before)
    own = {(actor.unit_id, str(role)) for role in actor.roles}
    others = db.session.execute(_away_for(actor, select(User.unit_id, UserRole.role)))
    seats = own | {(unit_id, role) for unit_id, role in others}
    found = chain.from_iterable(
        db.session.scalars(listed.where(Notice.unit_id == unit_id, Notice.role == role))
        for unit_id, role in sorted(seats)
    )
    return sorted(found, key=lambda notice: notice.id, reverse=True)[:most]


def see(actor: Actor) -> None:
    """All notices up to now count as read."""
    with transaction():
        db.session.execute(update(User).where(User.id == actor.user_id).values(notices_seen_at=now()))
