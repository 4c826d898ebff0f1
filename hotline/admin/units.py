"""Units: the tree of who answers."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, history_of, on_record, one, saved
from hotline.choices import typed_name
from hotline.forms import Typed, keeps, load, query
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer.handover import open_tasks
from workflows.model.directory import Unit
from workflows.read import settings
from workflows.rules.vocabulary import SettingSubject


@bp.get("/units")
def units() -> ResponseReturnValue:
    """The tree of units, or what of it matches the search."""
    for_administrators()
    found, typed = query(schemas.Search)
    listed = settings.units(found.get("q") or "", closed=bool(found.get("closed")))
    return render_template("admin/units.html", page=paginate(listed, [Key(Unit.path), Key(Unit.id)], size=200),
                           typed=typed)


def unit_page(unit_id: int, typed: Typed | None = None) -> str:
    """A unit, what may be done with it, its history."""
    for_administrators()
    row = one(Unit, unit_id)
    typed = typed or Typed(on_record(row, "name", "short_name", "area_id", "calendar_id", "parent_id",
                                          "signs_replies"))
    return render_template(
        "admin/unit.html", unit=row, typed=typed, area=typed_name(typed, "area_id", "areas"), tasks=open_tasks(unit_id),
        parent=typed_name(typed, "parent_id", "units"), successor=typed_name(typed, "successor_id", "units"),
        calendars=[(c.id, c.name) for c in settings.calendars()], **history_of(SettingSubject.UNIT, unit_id),
    )


@bp.get("/units/<int:unit_id>")
def unit(unit_id: int) -> ResponseReturnValue:
    """A unit."""
    return unit_page(unit_id)


def new_unit_page(typed: Typed | None = None) -> str:
    """The form of a new unit."""
    for_administrators()
    typed = typed or Typed()
    return render_template(
        "admin/unit_new.html", typed=typed, area=typed_name(typed, "area_id", "areas"),
        parent=typed_name(typed, "parent_id", "units"), calendars=[(c.id, c.name) for c in settings.calendars()],
    )


@bp.get("/units/new")
def new_unit() -> ResponseReturnValue:
    """The form of a new unit."""
    return new_unit_page()


@bp.post("/units/new")
@keeps(new_unit_page)
def create_unit() -> ResponseReturnValue:
    """Open a unit."""
    row = administer.create_unit(current_actor(), **load(schemas.NewUnit))
    return saved("admin.unit", gettext("单位已建立。"), unit_id=row.id)


@bp.post("/units/<int:unit_id>")
@keeps(unit_page)
def change_unit(unit_id: int) -> ResponseReturnValue:
    """Rename a unit, change its place or its hours."""
    administer.change_unit(unit_id, current_actor(), **load(schemas.ChangedUnit))
    return saved("admin.unit", gettext("已保存。"), unit_id=unit_id)


@bp.post("/units/<int:unit_id>/move")
@keeps(unit_page)
def move_unit(unit_id: int) -> ResponseReturnValue:
    """Hang a unit elsewhere."""
    form = load(schemas.Moved)
    administer.move_unit(unit_id, current_actor(), version=form["version"], parent_id=form.get("parent_id"))
    return saved("admin.unit", gettext("已调整上级。"), unit_id=unit_id)


@bp.post("/units/<int:unit_id>/close")
@keeps(unit_page)
def close_unit(unit_id: int) -> ResponseReturnValue:
    """Close a unit; its open work goes to the successor."""
    form = load(schemas.ClosedUnit)
    administer.close_unit(unit_id, current_actor(), version=form["version"], successor_id=form.get("successor_id"),
                          note=form.get("note") or "")
    return saved("admin.unit", gettext("单位已停用，未办结的任务已移交。"), unit_id=unit_id)
