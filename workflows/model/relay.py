"""What a unit wants asked or told through the hotline of a caller it may not know (经热线联系)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Neither passed on, nor lapsed because the unit no longer holds the ticket.
OPEN = "done_at IS NULL AND lapsed_at IS NULL"


class Relay(Numbered, Base):
    """A unit's word to a withheld caller, passed on by the hotline; `answer` is what the caller said to it."""

    __tablename__ = "relay"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR lapsed_at IS NULL", name="done_or_lapsed"),
        CheckConstraint("(done_at IS NULL) = (answer = '')", name="done_with_an_answer"),
        Index("uq_relay_one_open", "ticket_id", unique=True, postgresql_where=text(OPEN)),
        Index("ix_relay_open", "asked_at", "id", postgresql_where=text(OPEN)),
        Index("ix_relay_ticket_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger)
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_by: Mapped[str] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(String(80), default="")
    lapsed_at: Mapped[datetime | None]
