"""What administrators say about figures: the switches of the rates, and how units of a kind are scored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Integer, Numeric, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class RatePolicy(Numbered, Base):
    """The switches of the figures (特殊情形处理) and the days they hold for; see `rules.satisfaction.Policy`."""

    __tablename__ = "rate_policy"
    __table_args__ = (
        CheckConstraint("partly BETWEEN 0 AND 1", name="partly_is_a_share"),
        CheckConstraint("callback_percent BETWEEN 1 AND 100", name="callbacks_are_a_share"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="validity_runs_forward"),
    )

    partly: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    solved_kinds: Mapped[list[str]] = mapped_column(ARRAY(String(12)))
    rated_kinds: Mapped[list[str]] = mapped_column(ARRAY(String(12)))
    count_anonymous: Mapped[bool]
    merged_once: Mapped[bool]
    by_first_due: Mapped[bool]
    #: Of a hundred callers nothing else speaks for, how many are rung back; 100 is all of them.
    callback_percent: Mapped[int] = mapped_column(SmallInteger, default=100, server_default="100")
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)


class ScoringPlan(Numbered, Base):
    """How units of a kind are scored (评分方案) and the days it holds for; see `rules.scoring.Plan`.

    `parts` are {"figure", "worth", "target", "slope", "least"}, numbers written out so that none is a double.
    """

    __tablename__ = "scoring_plan"
    __table_args__ = (
        CheckConstraint("least_sample >= 0", name="sample_is_a_number"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="validity_runs_forward"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    model: Mapped[str] = mapped_column(String(12))
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    least_sample: Mapped[int] = mapped_column(Integer)
    ranked: Mapped[bool]
    interval: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
