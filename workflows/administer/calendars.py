"""Working calendars: the hours a kind of unit works."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from workflows.administer.books import Complaints, administering, changing, created, fetch
from workflows.model.base import db
from workflows.model.reference import clock_time
from workflows.model.settings import WorkCalendar
from workflows.rules.calendar import Calendar
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingSubject

SUBJECT = SettingSubject.WORK_CALENDAR
#: Blocks of a day as people write them: ("09:00", "12:00"); the end of a day is "24:00".
Blocks = Sequence[tuple[str, str]]
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def create_calendar(actor: Actor, *, name: str, blocks: Blocks, all_days: bool = False) -> WorkCalendar:
    """Add a working calendar. `all_days` is for those on duty on every day of the year."""
    with administering(actor) as doing:
        _check(name, blocks)
        row = WorkCalendar(name=name, blocks=[list(block) for block in blocks], all_days=all_days, version=1,
                           is_default=not db.session.scalar(select(select(WorkCalendar.id).exists())))
        created(doing, SUBJECT, row)
        return row


def change_calendar(
    calendar_id: int, actor: Actor, *, version: int, name: str, blocks: Blocks, all_days: bool
) -> WorkCalendar:
    """Change a calendar's hours. Dues already set stay; clocks that start from now on count by the new hours."""
    with administering(actor) as doing:
        row = fetch(WorkCalendar, calendar_id, version)
        _check(name, blocks, but=calendar_id)
        with changing(doing, SUBJECT, row):
            row.name, row.blocks, row.all_days = name, [list(block) for block in blocks], all_days
        return row


def make_default_calendar(calendar_id: int, actor: Actor, *, version: int) -> WorkCalendar:
    """Let the hotline, and every unit without a calendar of its own, work by this one."""
    with administering(actor) as doing:
        row = fetch(WorkCalendar, calendar_id, version)
        others = select(WorkCalendar).where(WorkCalendar.is_default, WorkCalendar.id != calendar_id)
        for other in db.session.scalars(others):
            with changing(doing, SUBJECT, other):
                other.is_default = False
        with changing(doing, SUBJECT, row):
            row.is_default = True
        return row


def _check(name: str, blocks: Blocks, but: int | None = None) -> None:
    wrong = Complaints()
    wrong.unless(name, "name", "required")
    same = select(WorkCalendar.id).where(WorkCalendar.name == name, WorkCalendar.id.is_distinct_from(but))
    wrong.unless(not db.session.scalar(select(same.exists())), "name", "name_taken")
    wrong.unless(_readable(blocks), "blocks", "blocks_wrong")
    wrong.settle()


def _readable(blocks: Blocks) -> bool:
    """Whether the calendar can be counted by: at least one block, in order, without overlap."""
    if not all(_TIME.fullmatch(written) for block in blocks for written in block):
        return False
    try:
        Calendar(blocks=tuple((clock_time(start), clock_time(end)) for start, end in blocks))
    except ValueError:
        return False
    return True
