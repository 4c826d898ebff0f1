"""Matters handed to the petition procedure (移交信访), and what is known of them there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Handed over, and no receipt yet.
WAITING = "receipt_at IS NULL"


class Petition(Numbered, Base):
    """A hand-over: why, what the caller was told and when, and the receipt, which may come later."""

    __tablename__ = "petition"
    __table_args__ = (
        CheckConstraint("told <> ''", name="caller_was_told"),
        CheckConstraint("(receipt_no = '') = (receipt_at IS NULL)", name="receipt_says_when"),
        Index("ix_petition_ticket_id", "ticket_id", "id"),
        Index("ix_petition_waiting", "id", postgresql_where=text(WAITING)),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    criterion: Mapped[str] = mapped_column(String(12))
    grounds: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime]
    handed_at: Mapped[datetime]
    handed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    handed_by: Mapped[str] = mapped_column(String(80))
    receipt_no: Mapped[str] = mapped_column(String(80), default="")
    receipt_at: Mapped[datetime | None]
