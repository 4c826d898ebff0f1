"""Conferences (会商): units are called together over a ticket nobody takes, and one of them is designated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class Conference(Numbered, Base):
    """A conference over a ticket: what is asked, at which level, and how it ended.

    `lead_unit_id` is the unit it designated; `minutes` what was said, or why it was called off.
    """

    __tablename__ = "conference"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_says_how"),
        CheckConstraint("outcome <> 'DECIDED' OR (minutes <> '' AND lead_unit_id IS NOT NULL)",
                        name="decided_has_minutes"),
        Index("uq_conference_one_open", "ticket_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_conference_ticket_id", "ticket_id", "id"),
        Index("ix_conference_ended_at", "ended_at", "id", postgresql_where=text("ended_at IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    level: Mapped[int] = mapped_column(SmallInteger)
    reason_code: Mapped[str] = mapped_column(String(24))
    question: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_by: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str | None] = mapped_column(String(12))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    minutes: Mapped[str] = mapped_column(Text, default="", server_default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


class ConferenceOpinion(Numbered, Base):
    """A unit's seat in a conference and what it wrote; until `ended_at` the unit sees the ticket by it."""

    __tablename__ = "conference_opinion"
    __table_args__ = (
        CheckConstraint("(given_at IS NULL) = (opinion = '')", name="given_in_writing"),
        Index("uq_conference_opinion_unit", "conference_id", "unit_id", unique=True),
        Index("ix_conference_opinion_ticket_id", "ticket_id"),
        Index("ix_conference_opinion_open", "ticket_id", "unit_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_conference_opinion_unit", "unit_id", "id"),
    )

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    stance: Mapped[str | None] = mapped_column(String(12))
    opinion: Mapped[str] = mapped_column(Text, default="", server_default="")
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(BigInteger)
    given_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    ended_at: Mapped[datetime | None]
