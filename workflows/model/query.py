"""Wrong query codes, counted for each number somebody asked about: one that exists or not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base


class QueryGuard(Base):
    """How often a number was asked for with a wrong code since a moment, and until when it answers nobody."""

    __tablename__ = "query_guard"
    __table_args__ = (
        Index("ix_query_guard_locked", "locked_until", postgresql_where=text("locked_until IS NOT NULL")),
        Index("ix_query_guard_since", "since"),
    )

    no: Mapped[str] = mapped_column(String(17), primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[datetime]
    locked_until: Mapped[datetime | None]
