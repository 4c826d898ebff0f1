"""Terminations and refusals of a month, which of them are looked into (抽查), and what was found."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    exists,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered
from workflows.model.reference import ZONE
from workflows.model.ticket import Ticket
from workflows.rules.states import TicketState

#: How a ticket ends by people's decision.
ENDED = (str(TicketState.TERMINATED), str(TicketState.REJECTED))
#: Chosen to be looked into, and not yet.
WAITING = "to_check AND checked_at IS NULL"


class SpotCheck(Numbered, Base):
    """A ticket that ended by people's decision, not by its caller's word: terminated, or not taken on.

    `by_ids` are the people who asked for that or agreed to it: none of them looks into it. `proper` is what was found,
    None until somebody has looked.
    """

    __tablename__ = "spot_check"
    __table_args__ = (
        CheckConstraint("(proper IS NULL) = (checked_at IS NULL)", name="checked_says_what_was_found"),
        CheckConstraint("checked_at IS NULL OR (to_check AND note <> '')", name="checked_says_why"),
        CheckConstraint("checked_by_id IS NULL OR NOT (checked_by_id = ANY (by_ids))", name="checked_by_another"),
        Index("uq_spot_check_ending", "ticket_id", "ended_at", unique=True),
        Index("ix_spot_check_waiting", "sampled_at", "id", postgresql_where=text(WAITING)),
        Index("ix_spot_check_checked_at", "checked_at", "id", postgresql_where=text("checked_at IS NOT NULL")),
        Index("ix_spot_check_ended_at", "ended_at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    ended_as: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime]
    reason_code: Mapped[str] = mapped_column(String(24))
    by_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    by_name: Mapped[str] = mapped_column(String(80))
    sampled_at: Mapped[datetime]
    to_check: Mapped[bool]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    checked_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    proper: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="", server_default="")


def last_month(today: date) -> tuple[datetime, datetime]:
    """When the month before this one began and ended."""
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return datetime.combine(before, time(0), ZONE), datetime.combine(first, time(0), ZONE)


def undecided(begins: datetime) -> ColumnElement[bool]:
    """Tickets that ended so since then, and nobody has decided yet whether they are looked into."""
    decided = exists().where(SpotCheck.ticket_id == Ticket.id, SpotCheck.ended_at == Ticket.closed_at)
    return and_(Ticket.state.in_(ENDED), Ticket.closed_at >= begins, ~decided)
