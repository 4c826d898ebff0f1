"""Units: the tree of those who handle requests; opened, renamed, moved, closed in favour of a successor."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from workflows.administer.books import Complaints, administering, changing, created, fetch
from workflows.administer.handover import hand_over_rules, hand_over_tickets, open_tasks
from workflows.administer.trees import hang, move_under, parent_of, taken
from workflows.engine import Work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.directory import Area, FormerName, Unit
from workflows.model.settings import WorkCalendar
from workflows.rules.roles import Actor
from workflows.rules.signing import SignsReplies
from workflows.rules.succession import Heirs
from workflows.rules.vocabulary import SettingAction, SettingSubject, UnitKind

SUBJECT = SettingSubject.UNIT
#: There is one of each, and everything leans on it.
ONLY_ONE = frozenset({UnitKind.HOTLINE, UnitKind.DISTRICT})
#: Tasks that are handed over while somebody waits.
MOST_AT_ONCE = 200


def create_unit(
    actor: Actor,
    *,
    code: str,
    name: str,
    short_name: str,
    kind: UnitKind,
    parent_id: int | None = None,
    area_id: int | None = None,
    calendar_id: int | None = None,
    active_from: date | None = None,
) -> Unit:
    """Open a unit. A street must name the place it serves; hotline and district exist once."""
    with administering(actor) as doing:
        wrong = Complaints()
        wrong.unless(code, "code", "required")
        wrong.unless(not taken(Unit, "code", code), "code", "code_taken")
        wrong.unless(kind not in ONLY_ONE or not _exists(kind), "kind", "unit_kind_exists")
        check_names(wrong, name, short_name)
        _check_place(wrong, kind, area_id, calendar_id)
        wrong.settle()
        row = Unit(code=code, name=name, short_name=short_name, kind=str(kind), area_id=area_id, version=1,
                   calendar_id=calendar_id, active_from=active_from or doing.today)
        hang(row, _living_parent(doing, parent_id))
        created(doing, SUBJECT, row)
        return row


def change_unit(
    unit_id: int,
    actor: Actor,
    *,
    version: int,
    name: str,
    short_name: str,
    area_id: int | None = None,
    calendar_id: int | None = None,
    signs_replies: SignsReplies = SignsReplies.WEIGHTY,
) -> Unit:
    """Rename a unit, change the place it serves, its calendar, or which replies its leader signs. Dues set stay."""
    with administering(actor) as doing:
        row = fetch(Unit, unit_id, version)
        wrong = Complaints()
        check_names(wrong, name, short_name, but=unit_id)
        _check_place(wrong, UnitKind(row.kind), area_id, calendar_id)
        wrong.settle()
        keep_name(doing, row, name)
        with changing(doing, SUBJECT, row):
            row.name, row.short_name, row.area_id, row.calendar_id = name, short_name, area_id, calendar_id
            row.signs_replies = str(signs_replies)
        return row


def keep_name(doing: Work, row: Unit, name: str) -> None:
    """Before a unit is renamed: history goes on calling it what it was called until yesterday."""
    if name != row.name:
        db.session.add(FormerName(unit_id=row.id, name=row.name, short_name=row.short_name,
                                  last_day=doing.today - timedelta(days=1)))


def move_unit(unit_id: int, actor: Actor, *, version: int, parent_id: int | None) -> Unit:
    """Hang a unit, with all below it, under another, or at the root."""
    with administering(actor) as doing:
        row = fetch(Unit, unit_id, version)
        with changing(doing, SUBJECT, row, SettingAction.MOVED):
            move_under(row, _living_parent(doing, parent_id))
        return row


def close_unit(unit_id: int, actor: Actor, *, version: int, successor_id: int | None = None, note: str = "") -> Unit:
    """Close a unit from today on. Its open tasks and its lines of the catalogue go to the successor.

    Raises NotNow while units hang below it, or while it has open tasks and no successor; Invalid for a successor
    that is closed, the hotline, or the unit itself. What has more tasks than can be moved at once is done by a job
    (`unit_changes`).
    """
    with administering(actor) as doing:
        row = fetch(Unit, unit_id, version)
        if row.kind in ONLY_ONE:
            raise NotNow("unit_needed")
        if row.active_to is not None:
            raise NotNow("unit_closed")
        _check_nothing_below(row)
        _check_successor(doing, row, successor_id)
        tasks = open_tasks(unit_id)
        if tasks and successor_id is None:
            raise NotNow("unit_has_open_tasks", count=tasks)
        if tasks > MOST_AT_ONCE:
            raise NotNow("unit_change_is_long", count=tasks)
        with changing(doing, SUBJECT, row, SettingAction.CLOSED, note):
            row.active_to, row.successor_id = doing.today - timedelta(days=1), successor_id
        heirs = Heirs((), successor_id)
        hand_over_rules(doing, unit_id, heirs)
        if successor_id is not None:
            hand_over_tickets(doing, unit_id, heirs)
        return row


def _exists(kind: UnitKind) -> bool:
    return bool(db.session.scalar(select(select(Unit.id).where(Unit.kind == str(kind)).exists())))


def check_names(wrong: Complaints, name: str, short_name: str, but: int | None = None) -> None:
    """Complain of a name that is missing, or another unit's."""
    wrong.unless(name, "name", "required")
    wrong.unless(not taken(Unit, "name", name, but=but), "name", "name_taken")
    wrong.unless(short_name, "short_name", "required")


def _check_place(wrong: Complaints, kind: UnitKind, area_id: int | None, calendar_id: int | None) -> None:
    if area_id is None:
        wrong.unless(kind is not UnitKind.STREET, "area_id", "required")
    else:
        wrong.unless(db.session.get(Area, area_id), "area_id", "area_unknown")
    if calendar_id is not None:
        wrong.unless(db.session.get(WorkCalendar, calendar_id), "calendar_id", "calendar_unknown")


def _living_parent(doing: Work, parent_id: int | None) -> Unit | None:
    parent = parent_of(Unit, parent_id)
    if parent is not None and not is_open(doing, parent):
        raise Invalid(fields={"parent_id": ["unit_unknown"]})
    return parent


def is_open(doing: Work, row: Unit) -> bool:
    """Whether the unit exists today."""
    return row.active_to is None or row.active_to >= doing.today


def _check_nothing_below(row: Unit) -> None:
    count = db.session.scalar(
        select(func.count()).select_from(Unit).where(
            Unit.path.startswith(row.path, autoescape=True), Unit.id != row.id, Unit.active_to.is_(None)
        )
    )
    if count:
        raise NotNow("unit_has_units_below", count=count)


def _check_successor(doing: Work, row: Unit, successor_id: int | None) -> None:
    if successor_id is None:
        return
    successor = db.session.get(Unit, successor_id)
    fits = successor is not None and successor.id != row.id and successor.kind != UnitKind.HOTLINE
    if not fits or not is_open(doing, successor):
        raise Invalid(fields={"successor_id": ["unit_unknown"]})
