"""Is the archive as it was written? Every package is read again, its digest, its place in the chain, its ticket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.archive.packing import changed, gather
from workflows.errors import Unknown
from workflows.model.archive import Archive
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState
from workflows.scope import visible_to

SPAN = 500


@dataclass(frozen=True)
class Flaw:
    """What is not as it was archived: altered, unlinked, missing, without_package, or a table that differs."""

    ticket_no: str
    what: str


@dataclass(frozen=True)
class Manifest:
    """What a package is known by, how many rows of which tables are in it, and whether it is as it was written.

    `hash` is that of the package before (`previous_hash`) and this one's digest.
    """

    ticket_no: str
    sequence: int
    archived_at: datetime
    state_before: str
    sha256: bytes
    previous_hash: bytes | None
    hash: bytes
    size: int
    layout: int
    tables: dict[str, int]
    flaws: tuple[str, ...]


def manifest(no: str, actor: Actor) -> Manifest:
    """The package of an archived ticket this actor may see, read again now. Raises Unknown where there is none."""
    row = db.session.execute(
        select(*Archive.__table__.columns, Ticket.state).select_from(Ticket)
        .outerjoin(Archive, Archive.ticket_id == Ticket.id).where(Ticket.no == no, visible_to(actor))
    ).one_or_none()
    if row is None or row.sequence is None:
        raise Unknown("ticket_unknown" if row is None else "archive_unknown")
    before = db.session.scalar(select(Archive.hash).where(Archive.sequence == row.sequence - 1))
    last = 0 if row.sequence > 1 and before is None else row.sequence - 1
    found = tuple(flaw.what for flaw in _of(row, last, before, gather([row.ticket_id])))
    db.session.rollback()
    kept = _read(row.package)
    return Manifest(
        ticket_no=row.ticket_no, sequence=row.sequence, archived_at=row.archived_at, state_before=row.state_before,
        sha256=row.sha256, previous_hash=row.previous_hash, hash=row.hash, size=len(row.package.encode()),
        layout=kept["format"], tables={table: len(rows) for table, rows in sorted(kept["tables"].items())}, flaws=found,
    )


def _read(package: str) -> dict[str, Any]:
    """A package as far as it can be read; one that was tampered with may be anything."""
    try:
        return json.loads(package)
    except ValueError:
        return {"format": 0, "tables": {}}


def flaws() -> Iterator[Flaw]:
    """Every flaw there is; nothing when all is well."""
    last, previous = 0, None
    while rows := _span(last):
        present = gather([row.ticket_id for row in rows])
        for row in rows:
            yield from _of(row, last, previous, present)
            last, previous = row.sequence, row.hash
    yield from _without_package()
    db.session.rollback()


def _span(after: int) -> Sequence[Any]:
    return db.session.execute(
        select(*Archive.__table__.columns, Ticket.state).outerjoin(Ticket, Ticket.id == Archive.ticket_id)
        .where(Archive.sequence > after).order_by(Archive.sequence).limit(SPAN)
    ).all()


def _of(row: Any, last: int, previous: bytes | None, present: dict[int, Any]) -> Iterator[Flaw]:
    digest = hashlib.sha256(row.package.encode()).digest()
    if row.sequence != last + 1:
        yield Flaw(row.ticket_no, "missing")
    if digest != row.sha256:
        yield Flaw(row.ticket_no, "altered")
    if row.previous_hash != previous or row.hash != hashlib.sha256((previous or b"") + digest).digest():
        yield Flaw(row.ticket_no, "unlinked")
    # what was altered says nothing of what the ticket was
    differs = set(changed(row.package, present.get(row.ticket_id, {}))) if digest == row.sha256 else set()
    if row.state != TicketState.ARCHIVED:
        differs.add("ticket")
    yield from (Flaw(row.ticket_no, f"differs: {table}") for table in sorted(differs))


def _without_package() -> Iterator[Flaw]:
    rows = db.session.scalars(
        select(Ticket.no).outerjoin(Archive, Archive.ticket_id == Ticket.id)
        .where(Ticket.state == str(TicketState.ARCHIVED), Archive.sequence.is_(None)).order_by(Ticket.id)
    )
    yield from (Flaw(no, "without_package") for no in rows)
