"""Cases passed to or from other lines: both numbers on one row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Passed on, and neither accepted nor given back yet.
OPEN = "direction <> 'IN' AND accepted_at IS NULL AND returned_at IS NULL"


class LinkCase(Numbered, Base):
    """A request passed to an emergency or utility line, or come from one (联动), with the number it has there."""

    __tablename__ = "link_case"
    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR returned_at IS NULL", name="accepted_or_returned"),
        CheckConstraint("direction <> 'IN' OR accepted_at IS NOT NULL", name="what_comes_is_accepted"),
        Index("uq_link_case_one_open", "ticket_id", unique=True, postgresql_where=text(OPEN)),
        Index("ix_link_case_open", "initiated_at", "id", postgresql_where=text(OPEN)),
        Index("ix_link_case_ticket_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    direction: Mapped[str] = mapped_column(String(10))
    partner: Mapped[str] = mapped_column(String(10))
    partner_no: Mapped[str] = mapped_column(String(40), default="")
    call_id: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    initiated_at: Mapped[datetime]
    initiated_by_id: Mapped[int | None] = mapped_column(BigInteger)
    initiated_by: Mapped[str] = mapped_column(String(80))
    accepted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(80), default="")
    result: Mapped[str] = mapped_column(Text, default="")
