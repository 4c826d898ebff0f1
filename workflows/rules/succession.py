"""Who takes over what a unit had, when it is merged, split or closed: by matter and place, else one for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ANYTHING = "/"


@dataclass(frozen=True)
class Share:
    """Of what the old unit had, the matters and places below these paths go to a unit; "/" is all of them."""

    category_path: str
    area_path: str
    unit_id: int

    def covers(self, category_path: str, area_path: str) -> bool:
        """Whether all of a matter in a place lies in it."""
        return category_path.startswith(self.category_path) and area_path.startswith(self.area_path)

    def within(self, category_path: str, area_path: str) -> tuple[str, str] | None:
        """The part of it that lies in a matter and a place, as their paths; None where nothing does."""
        matter, place = _inner(self.category_path, category_path), _inner(self.area_path, area_path)
        return (matter, place) if matter is not None and place is not None else None


def _inner(one: str, other: str) -> str | None:
    """The narrower of two paths; None where neither lies below the other."""
    return one if one.startswith(other) else other if other.startswith(one) else None


@dataclass(frozen=True)
class Heirs:
    """The shares, and who gets the rest: None where it stays with the unit."""

    shares: tuple[Share, ...]
    rest: int | None

    def of(self, category_path: str, area_path: str) -> int | None:
        """Who gets a matter of a place: the narrowest share it lies in."""
        found = [share for share in self.shares if share.covers(category_path, area_path)]
        return max(found, key=lambda share: (len(share.category_path), len(share.area_path))).unit_id if found \
            else self.rest

    def inside(self, category_path: str, area_path: str) -> Iterable[tuple[str, str, int]]:
        """The shares that are part of a matter and place without being all of it, as (matter, place, unit)."""
        for share in self.shares:
            part = share.within(category_path, area_path)
            if part is not None and part != (category_path, area_path):
                yield *part, share.unit_id

    @property
    def units(self) -> tuple[int, ...]:
        """Everybody who gets something, the one with the rest first."""
        rest = () if self.rest is None else (self.rest,)
        return tuple(dict.fromkeys((*rest, *(share.unit_id for share in self.shares))))
