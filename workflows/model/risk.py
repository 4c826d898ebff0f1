"""Reports of danger, and what an installation knows of its kinds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Neither handed over nor found to be none.
OPEN = "ended_at IS NULL"


class RiskRuleRow(Numbered, Base):
    """The words that are a sign of a kind of risk, whom it must reach, and whether an emergency line comes first."""

    __tablename__ = "risk_rule"

    kind: Mapped[str] = mapped_column(String(16), unique=True)
    words: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    receivers: Mapped[str] = mapped_column(String(200))
    needs_line: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class RiskAlert(Numbered, Base):
    """A report of danger (风险上报): who saw what, who took it in hand, and who confirmed to have it.

    It ends with a confirmation by a `receiver`, or as a false alarm, which a second person finds. Its words are from
    the lexicon, never the caller's own account.
    """

    __tablename__ = "risk_alert"
    __table_args__ = (
        CheckConstraint("cardinality(kinds) > 0", name="of_a_kind"),
        CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name="ended_by_somebody"),
        CheckConstraint("receiver = '' OR ended_at IS NOT NULL", name="received_at_its_end"),
        CheckConstraint("receiver <> '' OR ended_by_id IS DISTINCT FROM raised_by_id OR ended_by_id IS NULL",
                        name="no_false_alarm_by_who_raised_it"),
        Index("uq_risk_alert_one_open", "ticket_id", unique=True, postgresql_where=text(OPEN)),
        Index("ix_risk_alert_open", "raised_at", "id", postgresql_where=text(OPEN)),
        Index("ix_risk_alert_raised_at", "raised_at"),
        Index("ix_risk_alert_ticket_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    words: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    raised_at: Mapped[datetime]
    raised_by_id: Mapped[int | None] = mapped_column(BigInteger)
    raised_by: Mapped[str] = mapped_column(String(80))
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[str] = mapped_column(String(80), default="")
    receiver: Mapped[str] = mapped_column(String(80), default="")
    partner_no: Mapped[str] = mapped_column(String(40), default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[str] = mapped_column(String(80), default="")
