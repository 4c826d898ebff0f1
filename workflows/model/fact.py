"""日事实: what every day added up to, kept by a job, so that no table of figures counts the tickets of three years.

A span is a day, or a month whose days were all counted. Its facts are what the tickets say at `counted_at`; whatever
may have changed them since shortens `good_until`. All of it can be thrown away: the job counts it again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base


class FactSpan(Base):
    """A day or a whole month, and how far its facts can be trusted."""

    __tablename__ = "fact_span"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="runs_forward"),
        Index("ix_fact_span_good_until", "good_until"),
    )

    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    last_day: Mapped[date] = mapped_column(Date, primary_key=True)
    #: By which definitions it was counted (`rules.indicators.FORMULA_VERSION`); empty before it was.
    formula: Mapped[str] = mapped_column(String(16))
    counted_at: Mapped[datetime | None]
    #: From when on the facts may be wrong; null while nothing but a change can make them so.
    good_until: Mapped[datetime | None]


class FigureFact(Base):
    """A line of figures (`rules.tallying.Line`) of a unit in a span: numerator over denominator."""

    __tablename__ = "figure_fact"

    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    last_day: Mapped[date] = mapped_column(Date, primary_key=True)
    line: Mapped[str] = mapped_column(String(24), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    denominator: Mapped[int] = mapped_column(BigInteger)
    numerator: Mapped[Decimal] = mapped_column(Numeric)


class IntakeFact(Base):
    """How many requests of a day had a value (`value`) of what they are counted by (`rules.tallying.By`).

    By the unit that has them now, 0 where none has.
    """

    __tablename__ = "intake_fact"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    by: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(24), primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)


class FactCursor(Base):
    """How far the job has read the histories: one row.

    Events up to `seen_id` were read once. A transaction that began early may still have written one below it, so they
    are read a second time when every transaction that could has ended: those up to `safe_id` when all before
    `safe_xid` have. Below `done_id` none can come any more.
    """

    __tablename__ = "fact_cursor"
    __table_args__ = (CheckConstraint("one = 1", name="one_row"),
                      CheckConstraint("done_id <= safe_id AND safe_id <= seen_id", name="in_order"))

    one: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    done_id: Mapped[int] = mapped_column(BigInteger)
    safe_id: Mapped[int] = mapped_column(BigInteger)
    safe_xid: Mapped[int] = mapped_column(BigInteger)
    seen_id: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime]
