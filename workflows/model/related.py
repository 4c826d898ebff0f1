"""Tickets that have to do with one another, and people who have nothing to do with a ticket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class TicketLink(Numbered, Base):
    """Two tickets that were linked (关联工单), the earlier one first, until `ended_at`."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="earlier_first"),
        CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name="ended_says_by_whom"),
        Index("uq_ticket_link_pair", "low_id", "high_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_ticket_link_high_id", "high_id"),
    )

    low_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(8))
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    linked_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Recusal(Numbered, Base):
    """A person a ticket accuses (被反映人员): it is not theirs to see, nor to work at (回避)."""

    __tablename__ = "recusal"
    __table_args__ = (
        Index("uq_recusal_person", "ticket_id", "user_id", unique=True),
        Index("ix_recusal_user_id", "user_id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    named_at: Mapped[datetime]
    named_by_id: Mapped[int | None] = mapped_column(BigInteger)
    named_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
