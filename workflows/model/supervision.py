"""Supervision: orders that demand an account in writing, and what leaders instruct."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Neither answered, nor lapsed because the unit no longer holds the ticket or the ticket is closed.
OPEN = "answered_at IS NULL AND lapsed_at IS NULL"


class SupervisionOrder(Numbered, Base):
    """A supervision order (督办单) to the unit that holds a ticket; its clock is when the answer is due.

    Issued by a person, or by the system (`issued_by_id` None) when a clock has been overdue for so long.
    """

    __tablename__ = "supervision_order"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level_known"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_in_writing"),
        CheckConstraint("answered_at IS NULL OR lapsed_at IS NULL", name="answered_or_lapsed"),
        Index("uq_supervision_order_one_open", "ticket_id", "level", unique=True, postgresql_where=text(OPEN)),
        Index("ix_supervision_order_ticket", "ticket_id", "id"),
        Index("ix_supervision_order_issued_at", "issued_at", "unit_id"),
        Index("ix_supervision_order_clock_id", "clock_id", unique=True),
    )

    no: Mapped[str] = mapped_column(String(20), unique=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    reason: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_by: Mapped[str] = mapped_column(String(80))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(BigInteger)
    answered_by: Mapped[str] = mapped_column(String(80), default="")
    lapsed_at: Mapped[datetime | None]


class Instruction(Numbered, Base):
    """What a leader of the city or district wants done about a ticket (批示), and by when if sooner than its due.

    Written by the leader, or put down by the hotline from a paper of theirs.
    """

    __tablename__ = "instruction"
    __table_args__ = (
        CheckConstraint("words <> ''", name="says_something"),
        Index("ix_instruction_ticket", "ticket_id", "id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    leader: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80))
