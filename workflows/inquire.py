"""查询: a caller shows that a ticket is theirs, by its number and query code or by a link sent to them."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from workflows.errors import NotAllowed, NotNow
from workflows.model.base import db, now, transaction
from workflows.model.feedback import CallbackTask
from workflows.model.query import QueryGuard
from workflows.model.secrets import box
from workflows.model.ticket import Ticket
from workflows.rules.numbering import is_valid, normalise_ticket_no
from workflows.rules.roles import Actor, Role

#: So many wrong codes for one number within the window lock it, for everybody (S08).
MOST_FAILURES, WINDOW, LOCK = 5, timedelta(hours=1), timedelta(hours=1)
#: How long a link to rate an answer is good for.
LINK_DAYS = 15
#: What no code has: compared with where there is no ticket.
NOBODYS = bytes(32)


def caller_of(no: str) -> Actor:
    """Whoever has shown to be the caller of a ticket: nobody by name, and nobody's but this one's."""
    return Actor(user_id=None, account="citizen", name="诉求人", roles=frozenset({Role.CITIZEN}), ticket_no=no)


def prove(no: str, code: str) -> Actor:
    """The caller of a ticket, by its number and query code.

    A number that is nobody's takes as long, counts as many mistakes and locks as one of ours, so that nothing is told
    by it. Raises NotAllowed where they do not fit, NotNow while the number is locked, the right code or not. Guesses
    at one number wait for each other: however many come at once, none is over the limit.
    """
    no = normalise_ticket_no(no)
    if not is_valid(no):  # by the check digit, which everybody can work out
        raise NotAllowed("query_wrong")
    with transaction():
        at = now()
        guard = _guard(no, at)
        kept = db.session.scalar(select(Ticket.query_code_hash).where(Ticket.no == no))
        right = hmac.compare_digest(box().query_key(no, code), bytes(kept or NOBODYS))
        locked = guard.locked_until is not None and guard.locked_until > at
        if not right and not locked:
            _count(guard, at)
    if locked:
        raise NotNow("query_locked")
    if not right:
        raise NotAllowed("query_wrong")
    return caller_of(no)


def _guard(no: str, at: datetime) -> QueryGuard:
    """The count of a number, made if there is none, locked until the transaction ends."""
    db.session.execute(
        insert(QueryGuard).values(no=no, failures=0, since=at).on_conflict_do_nothing(index_elements=["no"])
    )
    return db.session.get_one(QueryGuard, no, with_for_update=True, populate_existing=True)


def _count(guard: QueryGuard, at: datetime) -> None:
    if at - guard.since >= WINDOW or guard.locked_until is not None:  # a new window; a lock that has run out ends one
        guard.failures, guard.since, guard.locked_until = 0, at, None
    guard.failures += 1
    if guard.failures >= MOST_FAILURES:
        guard.locked_until = at + LOCK


def by_link(token: str) -> Actor:
    """The caller a link to rate was sent to. Raises NotNow where it is no link of ours, was used, or is too old."""
    found = box().read_rating_token(token)
    row = None if found is None else db.session.execute(
        select(Ticket.no)
        .join(CallbackTask, CallbackTask.ticket_id == Ticket.id)
        .where(CallbackTask.ticket_id == found[0], CallbackTask.round == found[1], CallbackTask.done_at.is_(None),
               CallbackTask.created_at > now() - timedelta(days=LINK_DAYS))
    ).one_or_none()
    if row is None:
        raise NotNow("rating_link_over")
    return caller_of(row.no)
