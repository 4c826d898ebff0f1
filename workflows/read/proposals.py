"""Changes of the dispatch catalogue that returns propose: open ones by what they say, and those decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.proposal import TARGET, CatalogueProposal, like
from workflows.model.ticket import Ticket

#: Groups shown at once, the most frequent first; those decided make room for the others.
MOST_GROUPS, MOST_TICKETS = 100, 20


@dataclass(frozen=True)
class ProposalGroup:
    """Open proposals that say the same; `id` is the latest of them."""

    id: int
    category_id: int
    from_unit_id: int
    target_id: int | None
    count: int
    latest: datetime


@dataclass(frozen=True)
class OpenProposal:
    """A proposal, how many say the same, and the numbers of the tickets they come from."""

    row: CatalogueProposal
    count: int
    ticket_nos: tuple[str, ...]

    @property
    def target_id(self) -> int | None:
        """Whose it is instead."""
        return self.row.dispatched_unit_id or self.row.suggested_unit_id


def open_groups() -> tuple[ProposalGroup, ...]:
    """What is proposed and undecided, the most frequent first."""
    row = CatalogueProposal
    count = func.count().label("count")
    rows = db.session.execute(
        select(func.max(row.id), row.category_id, row.from_unit_id, TARGET, count, func.max(row.proposed_at))
        .where(row.state == "OPEN")
        .group_by(row.category_id, row.from_unit_id, TARGET)
        .order_by(count.desc(), func.max(row.id).desc())
        .limit(MOST_GROUPS)
    )
    return tuple(ProposalGroup(*found) for found in rows)


def one_proposal(key: int) -> OpenProposal:
    """A proposal. Raises Unknown."""
    row = db.session.get(CatalogueProposal, key)
    if row is None:
        raise Unknown("setting_unknown")
    alike = like(row) if row.state == "OPEN" else CatalogueProposal.id == key
    count = db.session.scalar(select(func.count()).select_from(CatalogueProposal).where(alike))
    nos = db.session.scalars(
        select(Ticket.no).join(CatalogueProposal, CatalogueProposal.ticket_id == Ticket.id).where(alike)
        .order_by(CatalogueProposal.id.desc()).limit(MOST_TICKETS)
    ).all()
    return OpenProposal(row, count or 0, tuple(nos))


def decided() -> Select[tuple[CatalogueProposal]]:
    """Those taken up or set aside, to be paged."""
    return select(CatalogueProposal).where(CatalogueProposal.state != "OPEN")
