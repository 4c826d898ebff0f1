"""What comes with an application that several people decide: its steps, and the ledger of what was suspended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: The step somebody must decide now.
WAITING = "opened_at IS NOT NULL AND decided_at IS NULL"


class ApplicationStep(Numbered, Base):
    """A step of an application's chain (审批环节): a role that decides, in the unit or, without one, at the hotline.

    It is open from `opened_at` on; `decision` is how it ended, LAPSED where the application did before it.
    """

    __tablename__ = "application_step"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_says_how"),
        Index("uq_application_step_position", "application_id", "position", unique=True),
        # two persons: nobody decides two steps of an application
        Index("uq_application_step_decider", "application_id", "decided_by_id", unique=True,
              postgresql_where=text("decided_by_id IS NOT NULL")),
        Index("ix_application_step_waiting", "role", "unit_id", "opened_at", "id", postgresql_where=text(WAITING)),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decision: Mapped[str | None] = mapped_column(String(8))
    opinion: Mapped[str] = mapped_column(Text, default="")


class Suspension(Numbered, Base):
    """A line of the ledger of suspended matters (挂账台账): why, the plan, who answers for it, and how it ended.

    `milestones` are {"on", "what", "done_on", "moved_from", "note"}, days in ISO form. Its work ends with `resumed_at`;
    the line is cleared (销号) only when the ticket closes after its caller was asked, `cleared_by` saying how.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("cleared_at IS NULL OR resumed_at IS NOT NULL", name="cleared_after_it_was_resumed"),
        CheckConstraint("(cleared_at IS NULL) = (cleared_by = '')", name="cleared_says_by_what"),
        Index("uq_suspension_one_running", "assignment_id", unique=True, postgresql_where=text("resumed_at IS NULL")),
        Index("ix_suspension_open", "granted_at", "id", postgresql_where=text("cleared_at IS NULL")),
        Index("ix_suspension_granted_at", "granted_at", "unit_id"),
        Index("ix_suspension_cleared_at", "cleared_at", postgresql_where=text("cleared_at IS NOT NULL")),
        Index("ix_suspension_ticket_id", "ticket_id"),
    )

    no: Mapped[str] = mapped_column(String(20), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[str] = mapped_column(String(24))
    plan: Mapped[str] = mapped_column(Text)
    obstacles: Mapped[str] = mapped_column(Text)
    milestones: Mapped[list[Any]] = mapped_column(JSONB)
    leader_name: Mapped[str] = mapped_column(String(40))
    leader_office: Mapped[str] = mapped_column(String(80))
    target_on: Mapped[date] = mapped_column(Date)
    state_before: Mapped[str] = mapped_column(String(16))
    #: The clocks stand still since then: since it was asked for.
    since: Mapped[datetime]
    granted_at: Mapped[datetime]
    reviews: Mapped[int] = mapped_column(default=0)
    reviewed_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str] = mapped_column(String(16), default="")
