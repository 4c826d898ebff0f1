"""What an administrator decides: calendars, limits, the dispatch catalogue; and the history of it all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class CalendarDay(Base):
    """One day: worked or not, by whose word, and whether that word is provisional."""

    __tablename__ = "calendar_day"

    date: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    provisional: Mapped[bool] = mapped_column(default=False)


class WorkCalendar(Numbered, Base):
    """Working blocks of a kind of unit; `blocks` is [["09:00","12:00"],["13:30","17:30"]]."""

    __tablename__ = "work_calendar"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    blocks: Mapped[list[Any]] = mapped_column(JSONB)
    all_days: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class LimitRule(Numbered, Base):
    """How long a step may take, for whom, by what law, and from when to when."""

    __tablename__ = "limit_rule"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("(code = 'STAGE') = (stage IS NOT NULL)", name="stages_are_numbered"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="validity_runs_forward"),
    )

    code: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(Integer)
    basis: Mapped[str] = mapped_column(String(4))
    kind: Mapped[str | None] = mapped_column(String(12))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    urgency: Mapped[str | None] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    enterprise: Mapped[bool | None]
    #: Which of successive limits this is, and what it is called.
    stage: Mapped[int | None] = mapped_column(SmallInteger)
    stage_name: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)


class LadderStep(Numbered, Base):
    """A rung of the escalation ladder (升级规则): at which level of which clock whom to tell, by what rule.

    `amount` is percent of the window for BLUE, working days after the due from URGE on; `addressees` are values of
    `workflows.rules.escalation.Addressee`. A step of a unit replaces the general one of its clock and level.
    """

    __tablename__ = "ladder_step"
    __table_args__ = (
        CheckConstraint("(level IN ('YELLOW', 'RED')) = (amount IS NULL)", name="amount_where_one_is_needed"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="validity_runs_forward"),
    )

    code: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int | None] = mapped_column(Integer)
    addressees: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)


class ThresholdRow(Base):
    """From how many returns or units on something follows (流转阈值); `code` is a `rules.passing.Threshold`."""

    __tablename__ = "threshold"
    __table_args__ = (CheckConstraint("amount BETWEEN 1 AND 1000", name="amount_in_range"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)


class SignOffRule(Numbered, Base):
    """Whether a unit's leader signs applications of a kind before they leave the unit (审签); no unit: all others."""

    __tablename__ = "sign_off_rule"
    __table_args__ = (UniqueConstraint("kind", "unit_id", name="uq_sign_off_rule_kind_unit",
                                       postgresql_nulls_not_distinct=True),)

    kind: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    wanted: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class PreReviewRule(Numbered, Base):
    """Whether requests of a channel are looked over before they go to a unit (预审)."""

    __tablename__ = "pre_review_rule"

    channel: Mapped[str] = mapped_column(String(20), unique=True)
    wanted: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class SuspensionCauseRule(Numbered, Base):
    """Whether a matter may be suspended for a cause (挂账原因白名单)."""

    __tablename__ = "suspension_cause_rule"

    cause: Mapped[str] = mapped_column(String(24), unique=True)
    allowed: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class CatalogueRule(Numbered, Base):
    """A line of the dispatch catalogue (派单目录): matter × place × kind → unit, or a selector of it."""

    __tablename__ = "catalogue_rule"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (selector IS NULL)", name="unit_or_selector"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="validity_runs_forward"),
        Index("ix_catalogue_rule_category_id", "category_id"),
    )

    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str | None] = mapped_column(String(12))
    enterprise: Mapped[bool | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    selector: Mapped[str | None] = mapped_column(String(20))
    #: Units proposed to help the lead (协办); where there are any, a person sends the ticket.
    co_unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default=text("'{}'"))
    grassroots_allowed: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)


class SettingEvent(Numbered, Base):
    """Who changed which setting from what to what. Append-only."""

    __tablename__ = "setting_event"
    __table_args__ = (Index("ix_setting_event_subject", "subject", "subject_id", "id"),)

    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(12))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text, default="")


class ReferenceVersion(Base):
    """One row; every change of a setting raises it, so that processes know their copy is old."""

    __tablename__ = "reference_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int]
