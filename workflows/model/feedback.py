"""What the caller said when rung back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: Those that are rung.
RUNG = "basis <> 'NOT_DRAWN'"


class CallbackTask(Numbered, Base):
    """A caller to ring after an accepted reply, once per round; a merged one when its master has ended.

    `assignment_id` is the task whose answer it is about; None where the master ended without a unit. `basis` is a
    `CallBasis`: who was not drawn is not rung, and has until `not_before` to say by the link what they think.
    """

    __tablename__ = "callback_task"
    __table_args__ = (
        UniqueConstraint("ticket_id", "round"),
        Index("ix_callback_task_surveyed", "id", postgresql_where=text("done_at IS NULL AND surveyed_at IS NOT NULL")),
        Index("ix_callback_task_created_at", "created_at"),
        Index("ix_callback_task_open", "not_before", "id", postgresql_where=text(f"done_at IS NULL AND {RUNG}")),
        Index("ix_callback_task_not_drawn", "not_before", "id",
              postgresql_where=text("done_at IS NULL AND basis = 'NOT_DRAWN'")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    round: Mapped[int]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    #: Rung in vain often enough, and written to.
    surveyed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    basis: Mapped[str] = mapped_column(String(12), default="FULL", server_default="FULL")
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))


class CallbackAttempt(Numbered, Base):
    """One try to reach the caller, and the answers where the call was taken."""

    __tablename__ = "callback_attempt"
    __table_args__ = (Index("ix_callback_attempt_at", "at"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("callback_task.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80))
    result: Mapped[str] = mapped_column(String(20))
    contacted: Mapped[bool | None]
    solved: Mapped[str | None] = mapped_column(String(16))
    satisfaction: Mapped[str | None] = mapped_column(String(20))
    reason_code: Mapped[str | None] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(8), default="PHONE", server_default="PHONE")
    words: Mapped[str] = mapped_column(Text, default="")


class Evaluation(Numbered, Base):
    """The result of a round of call-back: what the rates are counted from. One row per ticket and round."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("ticket_id", "round"),
        CheckConstraint("NOT valid OR solved IS NOT NULL OR satisfaction IS NOT NULL", name="valid_says_something"),
        Index("ix_evaluation_finished", "finished_at", "unit_id"),
        Index("ix_evaluation_master_id", "master_id", "round", postgresql_where=text("master_id IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int] = mapped_column(BigInteger)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    anonymity: Mapped[str] = mapped_column(String(12))
    need_reply: Mapped[bool]
    finished_at: Mapped[datetime]
    valid: Mapped[bool]
    contacted: Mapped[bool | None]
    solved: Mapped[str | None] = mapped_column(String(16))
    satisfaction: Mapped[str | None] = mapped_column(String(20))
    reason_code: Mapped[str | None] = mapped_column(String(20))
    attempts: Mapped[int]
    #: Excluded since then (剔除): in no rate, but counted and listed beside them.
    excluded_at: Mapped[datetime | None]
    #: Of a matter with merged callers, on every answer about it: its master. They count together, as one (§7.5).
    master_id: Mapped[int | None] = mapped_column(BigInteger)
