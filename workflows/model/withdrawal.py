"""Requests their callers took back (撤单), and what those say who are asked later whether anybody made them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Chosen to be looked into, and not yet.
WAITING = "to_check AND checked_at IS NULL"


class Withdrawal(Numbered, Base):
    """A request taken back, by whom it was put down and from which unit.

    `sampled_at` is when it was decided whether to look into it (`to_check`); `pressed` what the caller then said, None
    where the caller was not reached.
    """

    __tablename__ = "withdrawal"
    __table_args__ = (
        CheckConstraint("sampled_at IS NOT NULL OR NOT to_check", name="chosen_when_sampled"),
        CheckConstraint("pressed IS NULL OR checked_at IS NOT NULL", name="pressed_says_when"),
        Index("ix_withdrawal_waiting", "sampled_at", "id", postgresql_where=text(WAITING)),
        Index("ix_withdrawal_unsampled", "withdrawn_at", "id", postgresql_where=text("sampled_at IS NULL")),
        Index("ix_withdrawal_checked_at", "checked_at", "unit_id", postgresql_where=text("pressed IS NOT NULL")),
        Index("ix_withdrawal_ticket_id", "ticket_id", "id"),
        Index("ix_withdrawal_assignment_id", "assignment_id", postgresql_where=text("assignment_id IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    reason_code: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
    state_before: Mapped[str] = mapped_column(String(16))
    withdrawn_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80))
    sampled_at: Mapped[datetime | None]
    to_check: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    attempts: Mapped[int] = mapped_column(default=0)
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    checked_by: Mapped[str] = mapped_column(String(80), default="")
    pressed: Mapped[bool | None]
    words: Mapped[str] = mapped_column(Text, default="")
