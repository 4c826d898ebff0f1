"""Numbers that may not write to the hotline for a while (黑名单), known by their keyed hash alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered
from workflows.model.ticket import in_list
from workflows.rules.blocking import LEAST_DAYS, MOST_DAYS
from workflows.rules.vocabulary import BlockState

#: The words of the indexes of what waits for somebody, and of what is or was in force.
WAITING = "state IN ('ASKED', 'SECONDED')"
IN_FORCE = "state = 'IN_FORCE'"


class CallerBlock(Numbered, Base):
    """An agent wants a number blocked; a shift lead seconds it and a supervisor decides, three different people."""

    __tablename__ = "caller_block"
    __table_args__ = (
        CheckConstraint(in_list("state", BlockState), name="state_known"),
        CheckConstraint(f"days BETWEEN {LEAST_DAYS} AND {MOST_DAYS}", name="days_within_bounds"),
        CheckConstraint("reason <> '' AND evidence <> ''", name="says_why_and_shows_it"),
        CheckConstraint("state NOT IN ('IN_FORCE', 'LIFTED') OR (until IS NOT NULL AND seconded_at IS NOT NULL)",
                        name="in_force_until_then"),
        CheckConstraint("seconded_by_id IS NULL OR seconded_by_id <> asked_by_id", name="seconded_by_another"),
        CheckConstraint(f"NOT ({IN_FORCE}) OR decided_by_id NOT IN (asked_by_id, seconded_by_id)",
                        name="granted_by_a_third"),
        Index("uq_caller_block_one_waits", "caller_key", unique=True, postgresql_where=text(WAITING)),
        Index("ix_caller_block_in_force", "caller_key", "until", postgresql_where=text(IN_FORCE)),
        Index("ix_caller_block_state", "state", "id"),
    )

    caller_key: Mapped[bytes] = mapped_column(LargeBinary)
    masked_phone: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(SmallInteger)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str] = mapped_column(String(80))
    seconded_at: Mapped[datetime | None]
    seconded_by_id: Mapped[int | None] = mapped_column(BigInteger)
    seconded_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    opinion: Mapped[str] = mapped_column(Text, default="", server_default="")
    until: Mapped[datetime | None]
