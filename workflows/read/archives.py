"""The archive as a list: what each package is known by, without the packages themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows.model.archive import Archive
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.read.paging import Page, walk
from workflows.rules.roles import Actor
from workflows.scope import visible_to


@dataclass(frozen=True)
class ArchiveRow:
    """A package: where it stands in the chain, and its digests."""

    no: str
    sequence: int
    archived_at: datetime
    state_before: str
    sha256: bytes
    previous_hash: bytes | None
    hash: bytes


def archived(actor: Actor, after: str | None, size: int) -> Page[ArchiveRow]:
    """The packages of tickets this actor may see, in the order they were put away."""
    step = walk(after, int, size=size)
    rows = db.session.execute(
        select(Ticket.no, Archive.sequence, Archive.archived_at, Archive.state_before, Archive.sha256,
               Archive.previous_hash, Archive.hash)
        .join(Archive, Archive.ticket_id == Ticket.id)
        .where(visible_to(actor), *step.where(Archive.sequence))
        .order_by(*step.order(Archive.sequence)).limit(step.limit)
    ).all()
    return step.page(rows, lambda row: ArchiveRow(**row._mapping), key=lambda row: (row.sequence,))
