"""Signing in and out. Part of who meets the loop, not of the loop itself; each function is one transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from hotline.access import hash_of
from hotline.sign_in import passwords
from workflows.errors import Invalid, NotAllowed
from workflows.model.base import db, now, transaction
from workflows.model.directory import SignInEvent, User, UserSession
from workflows.rules.roles import Actor

#: Failures inside the window that lock an account, and for how long (GB/T 22239 practice: 5 in 15 min → 30 min).
FAILURES = 5
WINDOW = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from."""

    address: str
    agent: str


def sign_in(account: str, password: str, browser: Browser) -> str:
    """Open a session and return its secret. Raises NotAllowed, the same for every reason and after the same time.

    An attempt is counted before it is verified, so that a hundred at once are not a hundred guesses.
    """
    user_id, kept = _admit(account)
    right, stronger = passwords.verify(password, kept)
    with transaction():
        at = now()
        user = db.session.get(User, user_id) if user_id is not None else None
        if user is None or not right:
            kind = "LOCKED" if user is not None and user.failed_count >= FAILURES else "FAILED"
            db.session.add(_event(kind, at, account, user_id, browser))
            secret = None
        else:
            user.failed_count, user.failed_at, user.locked_until = 0, None, None
            user.password_hash = stronger or user.password_hash
            db.session.add(_event("SIGNED_IN", at, account, user.id, browser))
            secret = _open(user.id, at, browser)
    if secret is None:
        raise NotAllowed("sign_in_failed")
    return secret


def _admit(account: str) -> tuple[int | None, str | None]:
    """Count an attempt; the account and its hash if it may be verified, without the hash if it may not."""
    with transaction():
        at = now()
        user = db.session.scalars(select(User).where(User.account == account).with_for_update(of=User)).one_or_none()
        if user is None:
            return None, None
        if user.locked_until is not None and user.locked_until > at:
            return user.id, None
        fresh = user.failed_at is None or at - user.failed_at > WINDOW
        user.failed_count = 1 if fresh else user.failed_count + 1
        user.failed_at = at if fresh else user.failed_at
        user.locked_until = at + LOCKED_FOR if user.failed_count >= FAILURES else None
        return user.id, user.password_hash if user.active else None


def open_session(user_id: int, browser: Browser) -> str:
    """A session for somebody already known to be who they are; returns its secret."""
    with transaction():
        return _open(user_id, now(), browser)


def _open(user_id: int, at: datetime, browser: Browser) -> str:
    secret = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=hash_of(secret), user_id=user_id, created_at=at, seen_at=at,
            address=browser.address[:64], agent=browser.agent[:200],
        )
    )
    return secret


def sign_out(session_id: int, actor: Actor, browser: Browser) -> None:
    """Revoke a session."""
    with transaction():
        at = now()
        db.session.execute(update(UserSession).where(UserSession.id == session_id).values(revoked_at=at))
        db.session.add(_event("SIGNED_OUT", at, actor.account, actor.user_id, browser))


def change_password(actor: Actor, old: str, new: str, browser: Browser) -> str:
    """Set a new password, end every session of the account and open a new one; returns its secret.

    Raises Invalid with what is wrong with the fields `old` or `new`.
    """
    kept = db.session.scalar(select(User.password_hash).where(User.id == actor.user_id))
    if not passwords.verify(old, kept)[0]:
        raise Invalid(fields={"old": ["password_wrong"]})
    if wrong := passwords.problems(new, actor.account):
        raise Invalid(fields={"new": list(wrong)})
    if old == new:
        raise Invalid(fields={"new": ["password_same"]})
    hashed = passwords.hash_password(new)
    with transaction():
        at = now()
        user = db.session.get_one(User, actor.user_id, with_for_update={"of": User})
        user.password_hash, user.must_change_password = hashed, False
        end_sessions(user.id, at)
        db.session.add(_event("PASSWORD_CHANGED", at, actor.account, user.id, browser))
        return _open(user.id, at, browser)


def end_sessions(user_id: int, at: datetime) -> None:
    """Revoke every session of an account, inside the caller's transaction."""
    live = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=at), execution_options={"synchronize_session": False})


def set_locale(actor: Actor, locale: str) -> None:
    """Remember the language somebody reads."""
    with transaction():
        db.session.execute(update(User).where(User.id == actor.user_id).values(locale=locale))


def _event(kind: str, at: datetime, account: str, user_id: int | None, browser: Browser) -> SignInEvent:
    return SignInEvent(
        at=at, account=account[:40], user_id=user_id, kind=kind,
        address=browser.address[:64], agent=browser.agent[:200],
    )
