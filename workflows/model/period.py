"""账期: figures of a period as they were published, with the rows behind every number. Nothing in it changes again.

The application may insert into and read the published tables, no more; only the request to lock changes its state.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered
from workflows.model.ticket import in_list
from workflows.rules.vocabulary import LockState

#: Whatever was not refused keeps its days for itself.
STANDS = "state <> 'REFUSED'"


class PeriodLock(Numbered, Base):
    """Somebody wants a period locked; somebody else, or the director, agrees; a job freezes it."""

    __tablename__ = "period_lock"
    __table_args__ = (
        CheckConstraint(in_list("state", LockState), name="state_known"),
        CheckConstraint("first_day <= last_day", name="runs_forward"),
        CheckConstraint("state NOT IN ('GRANTED', 'LOCKED') OR decided_at IS NOT NULL", name="granted_by_somebody"),
        CheckConstraint("state NOT IN ('GRANTED', 'LOCKED') OR by_director OR decided_by_id <> asked_by_id",
                        name="two_persons_or_the_director"),
        ExcludeConstraint((func.daterange(text("first_day"), text("last_day"), text("'[]'")), "&&"),
                          name="ex_period_lock_days_once", using="gist", where=text(STANDS)),
        Index("ix_period_lock_granted", "first_day", postgresql_where=text("state = 'GRANTED'")),
    )

    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    by_director: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    opinion: Mapped[str] = mapped_column(Text, default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)


class PublishedPeriod(Base):
    """A locked period. `digest` is that of its table of figures (`rules.publishing.fingerprint`)."""

    __tablename__ = "published_period"
    __table_args__ = (Index("ix_published_period_last_day", "last_day"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"), primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    formula: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(80))
    granted_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))


class PublishedUnit(Base):
    """A unit of a locked period: its plain counts, and where it stood among its kind."""

    __tablename__ = "published_unit"

    period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12))
    received: Mapped[int] = mapped_column(Integer)
    closed: Mapped[int] = mapped_column(Integer)
    handling_days: Mapped[float] = mapped_column(Double)
    answers: Mapped[int] = mapped_column(Integer)
    #: Null for a unit of a kind that is not ranked.
    standing: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[int | None] = mapped_column(Integer)
    total: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))


class PublishedFigure(Base):
    """A number of a locked period."""

    __tablename__ = "published_figure"

    period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"), primary_key=True, autoincrement=False)
    figure: Mapped[str] = mapped_column(String(24), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    numerator: Mapped[Decimal] = mapped_column(Numeric)
    denominator: Mapped[int] = mapped_column(BigInteger)


class PublishedRow(Base):
    """A row that was counted: which thing (`key`) of which ticket, when, and what it added to the numerator."""

    __tablename__ = "published_row"

    period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"), primary_key=True, autoincrement=False)
    figure: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    hit: Mapped[Decimal] = mapped_column(Numeric)


class PeriodCorrection(Numbered, Base):
    """What an earlier period's number was and what it has become, published with the next period that was locked."""

    __tablename__ = "period_correction"
    __table_args__ = (
        Index("uq_period_correction", "period_id", "of_period_id", "figure", "unit_id", unique=True),
        Index("ix_period_correction_of", "of_period_id"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"))
    of_period_id: Mapped[int] = mapped_column(ForeignKey("period_lock.id"))
    figure: Mapped[str] = mapped_column(String(24))
    unit_id: Mapped[int] = mapped_column(BigInteger)
    was_numerator: Mapped[Decimal] = mapped_column(Numeric)
    was_denominator: Mapped[int] = mapped_column(BigInteger)
    numerator: Mapped[Decimal] = mapped_column(Numeric)
    denominator: Mapped[int] = mapped_column(BigInteger)
