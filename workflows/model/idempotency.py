"""The same request twice has the effect of one.

`once(...)` puts a key around a use case; `claim` (called by `transaction()`) writes it first, so that a
second request with the same key waits for the first to commit and then gets `AlreadyDone` with what the
first one made. Keys are kept at least 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import scoped_session

from workflows.errors import KeyReused


@dataclass
class Once:
    """An idempotency key, whose it is, what came with it (a hash), and whether its result is kept by now."""

    user_id: int
    key: str
    fingerprint: bytes
    kept: bool = False


class AlreadyDone(Exception):  # noqa: N818  an answer, not a fault
    """The key was used before; `result` is what was kept then."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("already done")
        self.result = result


_current: ContextVar[Once | None] = ContextVar("once", default=None)

_CLAIM = text(
    "INSERT INTO idempotency_key (user_id, key, fingerprint, result, created_at)"
    " VALUES (:user_id, :key, :fingerprint, '{}', hotline_now()) ON CONFLICT DO NOTHING"
)
_KEPT = text("SELECT fingerprint, result FROM idempotency_key WHERE user_id = :user_id AND key = :key")
_KEEP = text(
    "UPDATE idempotency_key SET result = CAST(:result AS jsonb) WHERE user_id = :user_id AND key = :key"
)


@contextmanager
def once(user_id: int, key: str, fingerprint: bytes) -> Iterator[Once]:
    """Put a key around the next use case. Without a key (empty string) nothing changes."""
    holder = Once(user_id, key, fingerprint)
    token = _current.set(holder if key else None)
    try:
        yield holder
    finally:
        _current.reset(token)


def claim(session: scoped_session) -> None:
    """Write the key of the current use case, if it has one.

    Raises AlreadyDone where it was kept before with the same body, KeyReused where the body differs.
    """
    holder = _current.get()
    if holder is None:
        return
    given = {"user_id": holder.user_id, "key": holder.key, "fingerprint": holder.fingerprint}
    if session.execute(_CLAIM, given).rowcount:
        return
    fingerprint, result = session.execute(_KEPT, {"user_id": holder.user_id, "key": holder.key}).one()
    if bytes(fingerprint) != holder.fingerprint:
        raise KeyReused("key_reused")
    raise AlreadyDone(result)


def keep(session: scoped_session, result: str) -> None:
    """Remember what the use case made (JSON text), inside its transaction. No key, nothing to do."""
    holder = _current.get()
    if holder is not None:
        session.execute(_KEEP, {"user_id": holder.user_id, "key": holder.key, "result": result})
        holder.kept = True


def result_of(session: scoped_session, user_id: int, key: str) -> dict[str, Any] | None:
    """What a user's use case made under a key; None where nothing was kept, or no longer is."""
    kept = session.execute(_KEPT, {"user_id": user_id, "key": key}).one_or_none()
    return kept.result if kept is not None else None


def wants_result() -> bool:
    """Whether there is a key whose use case has not said yet what it made."""
    holder = _current.get()
    return holder is not None and not holder.kept
