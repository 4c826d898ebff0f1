"""What units were called before, for history to call them so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from workflows.model.base import db
from workflows.model.directory import FormerName


class FormerNames:
    """Until which day a unit was called what; rows of (unit, last day, name) in the order of time."""

    def __init__(self, rows: Iterable[tuple[int, date, str]]) -> None:
        self._of: dict[int, list[tuple[date, str]]] = defaultdict(list)
        for unit_id, last_day, name in rows:
            self._of[unit_id].append((last_day, name))

    def on(self, unit_id: int | None, day: date) -> str | None:
        """What the unit was called on a day, where it was not what it is called now."""
        return next((name for last_day, name in self._of.get(unit_id, ()) if day <= last_day), None)


def load_former_names() -> FormerNames:
    """All of them."""
    rows = select(FormerName.unit_id, FormerName.last_day, FormerName.name).order_by(FormerName.last_day, FormerName.id)
    return FormerNames(db.session.execute(rows).all())
