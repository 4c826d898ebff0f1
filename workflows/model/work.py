"""Long work with visible progress, its rejected rows, and unfinished forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class Job(Numbered, Base):
    """An import, export or other long work: how far it is, and whether somebody asked it to stop."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_created_by", "created_by_id", "id"),)

    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_path: Mapped[str] = mapped_column(String(400), default="")
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]


class JobReject(Numbered, Base):
    """A row that could not be taken, and why. The row's number, never its contents."""

    __tablename__ = "job_reject"
    __table_args__ = (Index("ix_job_reject_job", "job_id", "row_no"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    row_no: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)


class JobRow(Base):
    """A row already taken by a job, so that a job that runs twice takes nothing twice."""

    __tablename__ = "job_row"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True, autoincrement=False)
    row_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(BigInteger)


class DueMove(Base):
    """A clock that a recount moved, or in a dry run would move."""

    __tablename__ = "due_move"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True, autoincrement=False)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True, autoincrement=False)
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]


class Draft(Base):
    """An unfinished form, sealed like an identity because it holds one."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]
