"""Taking files in, handing them out, releasing them to units, taking them back, sweeping up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select

from workflows.attach.content import Found, look_through
from workflows.attach.store import store
from workflows.engine import is_hazard, lock, note_event, work
from workflows.engine.work import Work
from workflows.errors import Invalid, NotAllowed, NotNow, Refusal, Unavailable, Unknown
from workflows.model.attachment import Attachment
from workflows.model.base import db
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.read.attachments import name_for
from workflows.rules.filenames import clean_name
from workflows.rules.roles import Actor
from workflows.rules.states import OPEN_STATES, OWING_STATES, TicketState
from workflows.rules.vocabulary import HOTLINE_GROUPS, SENSITIVE_GROUPS, AttachmentGroup
from workflows.scope import attachments_for, visible_to

#: Files nobody knows of are swept this long after they were written: their transaction is over by then.
ORPHAN_SECONDS = 24 * 3600.0
_BATCH = 500


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Opened:
    """A file to be handed out; `name` is fit for these eyes."""

    path: Path
    name: str
    media_type: str


def attach(no: str, actor: Actor, *, group: AttachmentGroup, uploads: Sequence[Upload]) -> list[str]:
    """Add files to an open ticket, all or none; their keys. A file that is there already in its group stays as it is.

    The hotline adds what the caller sent in or its own papers; a unit adds evidence to the task it owes.
    Raises Invalid naming what is wrong with a file, Unavailable where the disk is full.
    """
    found = [_looked_through(upload) for upload in uploads]
    if not found:
        raise Invalid(fields={"file": ["required"]})
    with _all_or_none() as keep, work(actor) as doing:
        ticket = lock(no, actor)
        task = _task(ticket, actor, group)
        _check_room(ticket, found)
        return [_add(doing, keep, ticket, task, group, *one) for one in zip(uploads, found, strict=True)]


@contextmanager
def _all_or_none() -> Iterator[Callable[[bytes], str]]:
    """What keeps files until the transaction inside is refused.

    After any other failure nobody knows whether it was committed: then the sweep decides, by what the table says.
    """
    written: list[str] = []

    def keep(data: bytes) -> str:
        written.append(store().keep(data))
        return written[-1]

    try:
        yield keep
    except Refusal:
        for key in written:
            store().forget(key)
        raise


def _looked_through(upload: Upload) -> Found:
    limits = store().limits
    if not upload.data:
        raise Invalid(fields={"file": ["file_empty"]})
    if len(upload.data) > limits.file_bytes:
        raise Invalid(fields={"file": ["file_too_large"]})
    return look_through(upload.data, limits.pixels)


def _task(ticket: Ticket, actor: Actor, group: AttachmentGroup) -> Assignment | None:
    """The task a unit's evidence belongs to; None for the hotline."""
    if group in HOTLINE_GROUPS:
        if not actor.of_hotline:
            raise NotAllowed("attachment_group_not_yours")
        if ticket.state not in OPEN_STATES:
            raise NotNow("attachment_too_late")
        return None
    if not actor.of_unit:
        raise NotAllowed("attachment_group_not_yours")
    task = db.session.scalars(
        select(Assignment)
        .where(Assignment.ticket_id == ticket.id, Assignment.unit_id.in_(sorted(actor.unit_ids)),
               Assignment.state.in_([str(state) for state in OWING_STATES]))
        .order_by(Assignment.id.desc()).limit(1)
    ).one_or_none()
    if task is None:
        raise NotNow("attachment_too_late")
    return task


def _check_room(ticket: Ticket, found: Sequence[Found]) -> None:
    files, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size), 0))
        .where(Attachment.ticket_id == ticket.id, Attachment.removed_at.is_(None))
    ).one()
    limits = store().limits
    if files + len(found) > limits.files or size + sum(len(one.kept) for one in found) > limits.ticket_bytes:
        raise NotNow("attachments_too_many", files=limits.files, megabytes=limits.ticket_bytes // 1024 // 1024)


def _add(
    doing: Work, keep: Callable[[bytes], str], ticket: Ticket, task: Assignment | None, group: AttachmentGroup,
    upload: Upload, found: Found,
) -> str:
    hashed = hashlib.sha256(found.kept).digest()
    there = db.session.scalar(
        select(Attachment.key).where(Attachment.ticket_id == ticket.id, Attachment.group == str(group),
                                     Attachment.sha256 == hashed, Attachment.removed_at.is_(None))
    )
    if group is AttachmentGroup.HANDLING and found.media_type.startswith("image/"):
        ticket.recheck_pending = False
    if there is not None:
        return there
    row = Attachment(
        key=keep(found.kept), ticket_id=ticket.id, assignment_id=task.id if task else None,
        unit_id=task.unit_id if task else None, group=str(group), name=clean_name(upload.name, found.extensions),
        media_type=found.media_type, size=len(found.kept), sha256=hashed, width=found.width, height=found.height,
        sensitive=group in SENSITIVE_GROUPS, uploaded_at=doing.at, uploaded_by_id=doing.actor.user_id,
        uploaded_by=doing.actor.name,
    )
    db.session.add(row)
    db.session.flush()  # the next file of the same form may be this one again
    # its name may name the caller, and everybody with the ticket reads its history
    note_event(doing, ticket, "attached", before=ticket.state, assignment=task,
               data={"group": str(group), "size": row.size, "media_type": row.media_type})
    return row.key


def open_file(no: str, key: str, actor: Actor) -> Opened:
    """A file of a ticket, for whoever may see both. What anybody outside the hotline reads is on record.

    Raises Unknown where there is no such file for these eyes.
    """
    with work(actor) as doing:
        ticket = db.session.scalars(select(Ticket).where(Ticket.no == no, visible_to(actor))).one_or_none()
        if ticket is None:
            raise Unknown("ticket_unknown")
        row = _row(ticket, key, actor)
        path = store().place_of(row.key)
        if not path.is_file():
            raise Unavailable("attachment_missing")
        if not actor.of_hotline:
            note_event(doing, ticket, "attachment_read", before=ticket.state, data={"group": row.group})
        return Opened(path, name_for(actor, ticket, row), row.media_type)


def release(no: str, key: str, actor: Actor) -> None:
    """Let units see what a withheld or anonymous caller sent in: it was looked at for faces and plates."""
    if not actor.of_hotline:
        raise NotAllowed("attachment_group_not_yours")
    with work(actor) as doing:
        ticket = lock(no, actor)
        row = _row(ticket, key, actor)
        if ticket.state == TicketState.ARCHIVED:
            raise NotNow("attachment_too_late")
        if row.released_at is None:
            row.released_at, row.released_by = doing.at, actor.name
            note_event(doing, ticket, "attachment_released", before=ticket.state, data={"group": row.group})


def discard(no: str, key: str, actor: Actor) -> None:
    """Take a file back that was brought by mistake: by whoever brought it, as long as nothing was filed with it.

    It is handed out no more from this moment; the sweep deletes it from the disk.
    """
    with work(actor) as doing:
        ticket = lock(no, actor)
        row = _row(ticket, key, actor)
        if row.uploaded_by_id != actor.user_id or row.reply_id or row.application_id or not _may_go(ticket, row):
            raise NotNow("attachment_stays")
        row.removed_at = doing.at
        if row.group == AttachmentGroup.HANDLING and is_hazard(doing, ticket):
            ticket.recheck_pending = not _shows_recheck(ticket, row)
        note_event(doing, ticket, "attachment_removed", before=ticket.state, data={"group": row.group})


def _may_go(ticket: Ticket, row: Attachment) -> bool:
    """Whether nothing hangs on it yet: of a unit's evidence, not the answer its task has given."""
    if row.assignment_id is None:
        return ticket.state in OPEN_STATES
    return db.session.get(Assignment, row.assignment_id, populate_existing=True).state in OWING_STATES


def _shows_recheck(ticket: Ticket, but: Attachment) -> bool:
    """Whether another picture has been brought since this round of handling began."""
    began = select(func.max(TicketEvent.at)).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind.in_(["create", "rework", "reopen"])
    ).scalar_subquery()
    return db.session.scalar(
        select(Attachment.key).where(
            Attachment.ticket_id == ticket.id, Attachment.key != but.key, Attachment.removed_at.is_(None),
            Attachment.group == str(AttachmentGroup.HANDLING), Attachment.media_type.startswith("image/"),
            Attachment.uploaded_at >= began,
        ).limit(1)
    ) is not None


def _row(ticket: Ticket, key: str, actor: Actor) -> Attachment:
    row = db.session.scalars(
        select(Attachment).where(Attachment.key == key, attachments_for(actor, ticket))
    ).one_or_none()
    if row is None:
        raise Unknown("attachment_unknown")
    return row


def sweep() -> int:
    """Delete files that belong to no row, or to one taken back. Returns how many."""
    gone = 0
    old = store().older_than(ORPHAN_SECONDS)
    while keys := list(islice(old, _BATCH)):
        known = set(db.session.scalars(
            select(Attachment.key).where(Attachment.key.in_(keys), Attachment.removed_at.is_(None))
        ))
        db.session.rollback()
        for key in set(keys) - known:
            store().forget(key)
            gone += 1
    return gone
