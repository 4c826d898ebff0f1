"""A unit, an area, a category, as the reference holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class UnitInfo:
    """A unit as the rules need it."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    path: str
    area_id: int | None
    calendar_id: int | None
    signs_replies: str
    active_from: date
    active_to: date | None
    successor_id: int | None


@dataclass(frozen=True)
class AreaInfo:
    """A place as the rules need it."""

    id: int
    code: str
    name: str
    initials: str
    kind: str
    parent_id: int | None
    path: str
    active: bool


@dataclass(frozen=True)
class CategoryInfo:
    """A matter as the rules need it."""

    id: int
    code: str
    name: str
    initials: str
    parent_id: int | None
    level: int
    path: str
    needs_place: bool
    needs_picture: bool
    hazard: bool
    active: bool
