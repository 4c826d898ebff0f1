"""Changes of the dispatch catalogue that granted returns propose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class CatalogueProposal(Numbered, Base):
    """A granted return says that the catalogue, or whoever dispatched, was wrong about a matter (目录修订建议).

    `suggested_unit_id` is whose it is by the unit that returned it, `dispatched_unit_id` where the ticket went next.
    `rule_id` is the line that named the unit, if one did; `made_rule_id` the line that came of it.
    """

    __tablename__ = "catalogue_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('OPEN', 'ACCEPTED', 'REJECTED')", name="state_known"),
        CheckConstraint("(state = 'OPEN') = (decided_at IS NULL)", name="decided_says_when"),
        CheckConstraint("state <> 'REJECTED' OR opinion <> ''", name="rejected_says_why"),
        Index("ix_catalogue_proposal_open", "category_id", "from_unit_id", postgresql_where=text("state = 'OPEN'")),
        Index("ix_catalogue_proposal_ticket_id", "ticket_id", postgresql_where=text("state = 'OPEN'")),
        Index("ix_catalogue_proposal_decided_at", "decided_at", "id", postgresql_where=text("state <> 'OPEN'")),
        Index("uq_catalogue_proposal_application_id", "application_id", unique=True),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    suggested_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    dispatched_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_rule.id"))
    state: Mapped[str] = mapped_column(String(8), default="OPEN")
    proposed_at: Mapped[datetime]
    opinion: Mapped[str] = mapped_column(Text, default="", server_default="")
    made_rule_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_rule.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


#: Whose it is instead: where the ticket went, else what the unit suggested.
TARGET: ColumnElement[int | None] = func.coalesce(
    CatalogueProposal.dispatched_unit_id, CatalogueProposal.suggested_unit_id
)


def like(proposal: CatalogueProposal) -> ColumnElement[bool]:
    """Open proposals that say the same: this matter, from this unit, to that one."""
    other = proposal.dispatched_unit_id or proposal.suggested_unit_id
    return and_(CatalogueProposal.category_id == proposal.category_id, CatalogueProposal.state == "OPEN",
                CatalogueProposal.from_unit_id == proposal.from_unit_id, TARGET.is_not_distinct_from(other))
