"""Clocks: every time limit is a row, and the row is the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered
from workflows.rules.accounting import Segment, SegmentKind
from workflows.rules.calendar import Basis


class Clock(Numbered, Base):
    """A running or stopped time limit, with the rule it was judged by.

    `next_at` is when its next step is reached and `next_level` which one of the ladder that is; the sweep looks at
    nothing else. After red a running clock waits for the later steps.
    `unit_id` is the unit that must act, `role` the role; a hotline clock has no unit.
    """

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("ticket_id", "assignment_id", "code", "round", name="uq_clock_owner_code_round",
                         postgresql_nulls_not_distinct=True),
        CheckConstraint("stopped_at IS NULL OR next_at IS NULL", name="stopped_waits_for_nothing"),
        CheckConstraint("paused_since IS NULL OR stopped_at IS NOT NULL", name="paused_stands_still"),
        CheckConstraint("fired_at IS NULL OR fired_at >= due_at", name="never_fired_early"),
        Index("ix_clock_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        # each step's running clocks by due; the unit stands last so that one unit's are told apart in the index
        Index("ix_clock_running_due", "code", "due_at", "id", "unit_id",
              postgresql_where=text("stopped_at IS NULL AND due_at IS NOT NULL")),
        # whoever changes a limit is shown the running clocks that were judged by it
        Index("ix_clock_judged_by", text("(rule ->> 'rule_id')"), "id",
              postgresql_where=text("stopped_at IS NULL AND fired_at IS NULL AND due_at IS NOT NULL")),
        Index("ix_clock_figures", "code", "due_at", "unit_id", postgresql_where=text("NOT void")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    code: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20))
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    calendar_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    due_original: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    next_level: Mapped[str | None] = mapped_column(String(12))
    warned_at: Mapped[datetime | None]
    fired_at: Mapped[datetime | None]
    late_seconds: Mapped[int | None]
    stopped_at: Mapped[datetime | None]
    #: Since when an extension asked for in time waits for its decision; until then the due does not fire (红牌暂缓).
    held_since: Mapped[datetime | None]
    #: It stands still since then and will run on, or stop, with that time put back (暂停).
    paused_since: Mapped[datetime | None]
    #: Voided clocks (recalled, returned) count in no figure.
    void: Mapped[bool] = mapped_column(default=False)


#: The number of the rule a clock was judged by, in the words of its index.
JUDGED_BY = Clock.rule[literal_column("'rule_id'")].astext


class ClockFiring(Base):
    """A step of the ladder that a clock reached, once for each due date it had. Append-only.

    `reached_at` is when it was due, `at` when it was fired. A reminder that a later step had already overtaken is
    `collapsed`: on record, told to nobody.
    """

    __tablename__ = "clock_firing"
    __table_args__ = (
        CheckConstraint("at >= reached_at", name="never_early"),
        # rows come in the order of time: a few pages say where a day lies, and writing costs next to nothing
        Index("ix_clock_firing_at", "at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
    )

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(12), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime]
    at: Mapped[datetime]
    late_seconds: Mapped[int]
    collapsed: Mapped[bool]


class ClockSegment(Numbered, Base):
    """A line of a clock's account: what moved its due date, or let it run on. Append-only.

    The first line, from the start to the first due, is the clock itself; `workflows.rules.accounting` adds them up.
    `minutes` and `since` belong to time put back, `amount` and `basis` to an extension.
    """

    __tablename__ = "clock_segment"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    #: Who decided it: a person, or the system.
    by_name: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(24))
    minutes: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None]
    amount: Mapped[int | None]
    basis: Mapped[str | None] = mapped_column(String(4))
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]
    #: Of the calendar the new due was counted by; 0 for lines older than this column.
    calendar_version: Mapped[int] = mapped_column(default=0)
    #: What was asked for and decided: the extension granted, the return refused late; none for other lines.
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))


def segment_of(row: Any) -> Segment:
    """A row of `clock_segment`, or a view of it, as the rules add it up."""
    return Segment(
        kind=SegmentKind(row.kind), due_before=row.due_before, due_after=row.due_after, minutes=row.minutes,
        amount=row.amount, basis=Basis(row.basis) if row.basis else None,
    )
