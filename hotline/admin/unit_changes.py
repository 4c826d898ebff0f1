"""Units merged, split, closed or renamed: looked at first, then done with progress, a stop and a way on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import queues
from hotline.access import current_actor
from hotline.admin.base import bp, for_administrators, one
from hotline.admin.schemas import Noted
from hotline.choices import typed_name
from hotline.forms import Choice, CleanStr, CleanText, Day, Flag, StrictInt, Typed, keeps, load
from hotline.pages import Key, fragment, paginate
from workflows.administer import unit_changes as units
from workflows.administer.unit_changes import ChangeOrder, ChangePlan, PersonLine, ShareLine
from workflows.engine.long_work import UNDER_WAY
from workflows.errors import Invalid
from workflows.model.directory import Unit
from workflows.model.reference import reference
from workflows.model.work import Job
from workflows.rules.vocabulary import UnitChange


class UnitChangeForm(Noted):
    """What becomes of a unit; which fields count depends on the change."""

    change = Choice(UnitChange, required=True)
    on = Day()
    successor_id = StrictInt(least=1)
    stays = Flag()
    name = CleanStr(most=80)
    short_name = CleanStr(most=40)
    lines = CleanText(most=20_000)
    people = CleanText(most=40_000)


@bp.get("/units/changes")
def unit_changes() -> ResponseReturnValue:
    """Such changes, newest first."""
    for_administrators()
    return render_template("admin/unit_changes.html", page=paginate(units.changes(), [Key(Job.id, descending=True)]))


def change_page(unit_id: int, typed: Typed | None = None, plan: ChangePlan | None = None) -> str:
    """The form of a change, with what it would do once that was looked at."""
    for_administrators()
    typed = typed or Typed()
    return render_template("admin/unit_change.html", unit=one(Unit, unit_id), typed=typed, plan=plan,
                           successor=typed_name(typed, "successor_id", "units"))


@bp.get("/units/<int:unit_id>/change")
def unit_change(unit_id: int) -> ResponseReturnValue:
    """The form of a change."""
    return change_page(unit_id)


@bp.post("/units/<int:unit_id>/change/plan")
@keeps(change_page)
def plan_unit_change(unit_id: int) -> ResponseReturnValue:
    """What the change would do; nothing is changed yet."""
    form = load(UnitChangeForm)
    plan = units.plan_change(unit_id, current_actor(), _order(form))
    return change_page(unit_id, Typed(request.form, sent=True), plan)


@bp.post("/units/<int:unit_id>/change")
@keeps(change_page)
def order_unit_change(unit_id: int) -> ResponseReturnValue:
    """Have it done."""
    form = load(UnitChangeForm)
    return _ordered(units.order_change(unit_id, current_actor(), _order(form), version=form["version"]))


def _order(form: dict[str, Any]) -> ChangeOrder:
    apart = ("version", "lines", "people")
    given = {name: value for name, value in form.items() if name not in apart and value is not None}
    return ChangeOrder(**given, lines=_lines(form.get("lines") or ""), people=_people(form.get("people") or ""))


def _lines(written: str) -> list[ShareLine]:
    """Lines of matter, place and unit by their codes; "*" is all. Raises Invalid for one that names none."""
    ref = reference()
    known = tuple({node.code: node.id for node in nodes.values()} for nodes in (ref.categories, ref.areas, ref.units))
    found = []
    for parts in _split(written):
        if len(parts) != len(known) or any(p != "*" and p not in codes for p, codes in zip(parts, known, strict=False)):
            raise Invalid(fields={"lines": ["share_unknown"]})
        category, area, unit = (codes.get(part) for part, codes in zip(parts, known, strict=True))
        if unit is None:
            raise Invalid(fields={"lines": ["share_unknown"]})
        found.append(ShareLine(category_id=category, area_id=area, unit_id=unit))
    return found


def _people(written: str) -> list[PersonLine]:
    """Lines of account and unit, by its code. Raises Invalid for one that names no unit."""
    codes = {unit.code: unit.id for unit in reference().units.values()}
    found = list(_split(written))
    if any(len(parts) != 2 or parts[1] not in codes for parts in found):
        raise Invalid(fields={"people": ["person_line_unknown"]})
    return [PersonLine(account=account, unit_id=codes[code]) for account, code in found]


def _split(written: str) -> Iterator[list[str]]:
    """The parts of every line that says something."""
    for line in filter(None, map(str.strip, written.splitlines())):
        yield [part.strip() for part in line.replace("，", ",").replace("\t", ",").split(",")]


def _ordered(job_id: int) -> ResponseReturnValue:
    """Have a worker begin at once (without Redis the schedule takes it up within seconds), and show the job."""
    queues.begin_soon(current_app.config["REDIS_URL"], "workflows.jobs.run_unit_change", job_id)
    return redirect(url_for("admin.unit_change_progress", job_id=job_id), code=303)


def progress_page(job_id: int, typed: Typed | None = None) -> str:
    """How far a change is."""
    return render_template("admin/unit_change_job.html", typed=typed or Typed(), **_shown(job_id))


def _shown(job_id: int) -> dict[str, Any]:
    job = units.find(job_id, current_actor())
    return {"job": job, "under_way": job.state in UNDER_WAY}


@bp.get("/units/changes/<int:job_id>")
def unit_change_progress(job_id: int) -> ResponseReturnValue:
    """How far a change is."""
    return progress_page(job_id)


@bp.get("/units/changes/<int:job_id>/progress")
def unit_change_refresh(job_id: int) -> ResponseReturnValue:
    """How far it is, for the refresh; once it is over the whole page is to be read again."""
    shown = _shown(job_id)
    answer = fragment(render_template("admin/unit_change_state.html", **shown))
    return answer if shown["under_way"] else Response(headers={"HX-Refresh": "true"})


@bp.post("/units/changes/<int:job_id>/resume")
@keeps(progress_page)
def resume_unit_change(job_id: int) -> ResponseReturnValue:
    """Go on where it stopped."""
    units.resume(job_id, current_actor())
    return _ordered(job_id)


@bp.post("/units/changes/<int:job_id>/drop")
@keeps(progress_page)
def drop_unit_change(job_id: int) -> ResponseReturnValue:
    """Leave it at that."""
    units.drop(job_id, current_actor())
    return redirect(url_for("admin.unit_changes"), code=303)


@bp.post("/units/changes/<int:job_id>/cancel")
@keeps(progress_page)
def cancel_unit_change(job_id: int) -> ResponseReturnValue:
    """Stop it after the present step."""
    units.cancel(job_id, current_actor())
    flash(gettext("已要求停止，当前一批处理完即停。"), "info")
    return redirect(url_for("admin.unit_change_progress", job_id=job_id), code=303)
