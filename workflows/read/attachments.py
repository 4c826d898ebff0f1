"""The files of a ticket, as far as they are for the reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.model.attachment import Attachment
from workflows.model.base import db
from workflows.read.views import columns_of
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity
from workflows.scope import attachments_for

MOST = 200


@dataclass(frozen=True)
class AttachmentView:
    """A file; `name` is fit for the reader."""

    key: str
    group: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    assignment_id: int | None
    unit_id: int | None
    reply_id: int | None
    application_id: int | None
    sensitive: bool
    uploaded_at: datetime
    uploaded_by: str
    uploaded_by_id: int | None
    released_at: datetime | None
    released_by: str

    @property
    def picture(self) -> bool:
        """Whether it can be shown as it is: pictures are our own encoding."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class Files:
    """What the reader may see, oldest first, and how many more there are that they may not."""

    seen: tuple[AttachmentView, ...] = ()
    withheld: int = 0


def files_of(ticket: Any, actor: Actor) -> Files:
    """The files of a ticket that is for the reader's eyes."""
    rows = db.session.execute(
        select(*columns_of(Attachment, AttachmentView), attachments_for(actor, ticket).label("fit"))
        .where(Attachment.ticket_id == ticket.id, Attachment.removed_at.is_(None))
        .order_by(Attachment.uploaded_at, Attachment.key)
        .limit(MOST)
    ).all()
    views = [AttachmentView(**{k: v for k, v in row._mapping.items() if k != "fit"}) for row in rows if row.fit]
    seen = tuple(replace(view, name=name_for(actor, ticket, view)) for view in views)
    return Files(seen, len(rows) - len(seen))


def name_for(actor: Actor, ticket: Any, row: Any) -> str:
    """The name of a file for these eyes: names callers give files may say who they are."""
    if actor.of_hotline or not row.sensitive or ticket.anonymity == Anonymity.OPEN:
        return row.name
    return f"{row.key[:8]}.{row.name.rpartition('.')[2]}"
