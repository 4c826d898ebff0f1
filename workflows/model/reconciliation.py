"""What the daily reconciliation found, kept run by run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class Reconciliation(Numbered, Base):
    """A run: when, and how many things were not as they must be. `finished_at` is absent while it goes on."""

    __tablename__ = "reconciliation"

    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(default=0)
    repaired: Mapped[int] = mapped_column(default=0)


class Discrepancy(Numbered, Base):
    """One thing that was not as it must be. `data` says what it was, in codes, and for a repair also what it is now."""

    __tablename__ = "discrepancy"
    __table_args__ = (Index("ix_discrepancy_run", "run_id", "id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("reconciliation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    ticket_no: Mapped[str] = mapped_column(String(20), default="")
    repaired: Mapped[bool]
    data: Mapped[dict[str, Any]]

    @property
    def when(self) -> datetime | None:
        """The moment the data speaks of: since when something waits, or the due or end that now stands."""
        told = next((self.data[name] for name in ("since", "due_at", "stopped_at", "leased_until")
                     if self.data.get(name)), None)
        return datetime.fromisoformat(told) if told else None
