"""What a unit did about a ticket: it reached the caller, answered, and others reported to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class ContactLog(Numbered, Base):
    """A unit's attempt to reach the caller (首次联系)."""

    __tablename__ = "contact_log"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80))
    result: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")


class Reply(Numbered, Base):
    """A unit's answer, as on the field's own form: internal account and public answer apart."""

    __tablename__ = "reply"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    round: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(BigInteger)
    submitted_by: Mapped[str] = mapped_column(String(80))
    truth: Mapped[str] = mapped_column(String(8))
    beyond_duty: Mapped[bool] = mapped_column(default=False)
    beyond_duty_kind: Mapped[str] = mapped_column(String(80), default="")
    resolution: Mapped[str] = mapped_column(String(12))
    unresolved_reason: Mapped[str | None] = mapped_column(String(16))
    internal_account: Mapped[str] = mapped_column(Text)
    public_answer: Mapped[str] = mapped_column(Text)
    #: What is said to each point of the request, with the point as it then stood.
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    measures: Mapped[str] = mapped_column(Text, default="")
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    visited_at: Mapped[datetime | None]
    visitors: Mapped[str] = mapped_column(String(80), default="")
    promised_on: Mapped[date | None] = mapped_column(Date)
    signed_by: Mapped[str] = mapped_column(String(40), default="")
    #: Why the lead did not wait for parts that were still unanswered.
    ahead_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    defects: Mapped[list[str]] = mapped_column(ARRAY(String(4)), default=list)
    #: The points, counted from 1, that were not answered (D2).
    defect_items: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=text("'{}'"))
    opinion: Mapped[str] = mapped_column(Text, default="")


class ReplyDraft(Numbered, Base):
    """A reply as it was written for the leader's signature (审签); what is filed is a `Reply`, corrected or not."""

    __tablename__ = "reply_draft"
    __table_args__ = (
        Index("uq_reply_draft_one_waits", "assignment_id", unique=True, postgresql_where=text("decision IS NULL")),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    round: Mapped[int]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(BigInteger)
    written_by: Mapped[str] = mapped_column(String(80))
    #: The columns of a reply, by their names.
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")


class Contribution(Numbered, Base):
    """What a unit reports of its part to the task it answers to, which makes one reply of it (协办反馈、下派反馈)."""

    __tablename__ = "contribution"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    round: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(BigInteger)
    submitted_by: Mapped[str] = mapped_column(String(80))
    resolution: Mapped[str] = mapped_column(String(12))
    account: Mapped[str] = mapped_column(Text)
    #: What the caller might be told of it.
    proposal: Mapped[str] = mapped_column(Text, default="")
    #: Why it was sent in while tasks handed down from it were unanswered.
    ahead_reason: Mapped[str] = mapped_column(String(200), default="")
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
