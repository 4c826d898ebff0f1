"""Bearer tokens: random, shown once, kept only as a hash."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from hotline.access import hash_of
from workflows.errors import Invalid, Unknown
from workflows.model.base import db, now, transaction
from workflows.model.directory import ApiToken, User

#: A token says what it is, so that one left in a file or a log is recognised.
PREFIX = "hl_"
LONGEST = 366


def issue(account: str, days: int) -> str:
    """A new token for an account, good for so many days (1 to 366). It cannot be read again later.

    Raises Unknown where no such account is in use, Invalid for the days.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid(fields={"days": ["token_days"]})
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        user_id = db.session.scalar(select(User.id).where(User.account == account, User.active))
        if user_id is None:
            raise Unknown("account_unknown", account=account)
        at = now()
        db.session.add(
            ApiToken(
                token_hash=hash_of(token), user_id=user_id, created_at=at, expires_at=at + timedelta(days=days)
            )
        )
    return token


def revoke(account: str) -> int:
    """End all tokens of an account. Returns how many were in use."""
    theirs = select(User.id).where(User.account == account).scalar_subquery()
    with transaction():
        ended = update(ApiToken).where(ApiToken.user_id == theirs, ApiToken.revoked_at.is_(None))
        options = {"synchronize_session": False}
        return db.session.execute(ended.values(revoked_at=now()), execution_options=options).rowcount
