"""What lists and pages have in common: rows as plain frozen values, names by id, and how a clock stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Row

from workflows.model.base import Base
from workflows.model.reference import Reference
from workflows.rules import calendar

View = TypeVar("View")


class Light(StrEnum):
    """How a time limit stands: in good time, warned, run out; or run out while a timely extension is undecided."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    HELD = "HELD"


def light_of(
    at: datetime, warn_at: datetime | None, due_at: datetime | None, held_since: datetime | None = None
) -> Light | None:
    """The colour of a limit at a moment; none where there is no limit. `held_since`: its red waits for a decision."""
    if due_at is None:
        return None
    if at >= due_at:
        return Light.RED if held_since is None else Light.HELD
    return Light.YELLOW if warn_at is not None and at >= warn_at else Light.GREEN


def minutes_left(ref: Reference, unit_id: int | None, at: datetime, due_at: datetime | None) -> float | None:
    """Working minutes until due by the unit's calendar, the hotline's without a unit; negative when overdue."""
    if due_at is None:
        return None
    _, days = ref.calendar_of(unit_id)
    return calendar.remaining(days, at, due_at)


def provisional(ref: Reference, unit_id: int | None, at: datetime, due_at: datetime | None) -> bool:
    """Whether a day from now through the due is not official yet, so that the due may still move."""
    if due_at is None:
        return False
    return calendar.is_provisional(ref.calendar_of(unit_id)[1], min(at, due_at), due_at)


def columns_of(model: type[Base], view: type[Any]) -> list[Any]:
    """The columns a view shows: those named like its fields that have no default."""
    return [getattr(model, f.name) for f in fields(view) if f.default is MISSING and f.default_factory is MISSING]


def view_of(view: type[View], row: Row[Any], **more: Any) -> View:
    """A view from a row of its columns and what is worked out beside them."""
    return view(**row._mapping, **more)


def views_of(view: type[View], rows: Sequence[Row[Any]]) -> tuple[View, ...]:
    """Views from rows that need nothing beside their columns."""
    return tuple(view(**row._mapping) for row in rows)
