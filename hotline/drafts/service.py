"""Keep, read and forget drafts. Sealed, because they hold what a caller said and who the caller is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from workflows.errors import Invalid
from workflows.model.base import db, now, transaction
from workflows.model.secrets import SealError, box
from workflows.model.work import Draft

#: Longest draft, in bytes of JSON.
MOST_BYTES = 128 * 1024

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Kept:
    """A draft as it was saved."""

    fields: Fields
    saved_at: datetime


def keep(user_id: int, form: str, fields: Fields) -> datetime:
    """Save a draft over the one before; returns when. Raises Invalid where it is too long."""
    text = json.dumps(fields, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Invalid("draft_too_long")
    sealed = box().seal(text, _context(user_id, form))
    with transaction():
        at = now()
        row = insert(Draft).values(user_id=user_id, form=form, sealed=sealed, saved_at=at)
        db.session.execute(row.on_conflict_do_update(
            index_elements=["user_id", "form"], set_={"sealed": row.excluded.sealed, "saved_at": row.excluded.saved_at}
        ))
    return at


def find(user_id: int, form: str) -> Kept | None:
    """The draft of a form, None where there is none or its key is gone."""
    row = db.session.get(Draft, (user_id, form))
    if row is None:
        return None
    try:
        text = box().open(row.sealed, _context(user_id, form))
    except SealError:
        return None
    return Kept(json.loads(text or "{}"), row.saved_at)


def forget(user_id: int, form: str) -> None:
    """Delete a draft, if there is one."""
    with transaction():
        db.session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.form == form))


def _context(user_id: int, form: str) -> str:
    return f"draft:{user_id}:{form}"
