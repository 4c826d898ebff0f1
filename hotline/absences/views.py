"""Absences of oneself, or for administrators of anybody."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import aliased

from hotline.absences.schemas import AbsenceForm, Ending
from hotline.access import current_actor
from hotline.forms import Typed, keeps, load
from workflows import administer
from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db
from workflows.model.directory import Absence, User
from workflows.model.reference import today
from workflows.read import settings
from workflows.rules.roles import Role
from workflows.rules.vocabulary import SettingSubject

bp = Blueprint("absences", __name__, url_prefix="/absences")

#: The newest absences of a person that are shown.
SHOWN = 50


def person_page(user_id: int, typed: Typed | None = None, absence_id: int | None = None) -> str:
    """Somebody's absences, and the form of a new one."""
    actor = current_actor()
    if user_id != actor.user_id and not actor.has({Role.ADMIN}):
        raise NotAllowed("role_may_not_enter")
    person = db.session.get(User, user_id)
    if person is None:
        raise Unknown("setting_unknown")
    delegate = aliased(User)
    listed = (
        select(Absence, delegate.name).join(delegate, delegate.id == Absence.delegate_id)
        .where(Absence.user_id == user_id).order_by(Absence.last_day.desc(), Absence.id.desc()).limit(SHOWN)
    )
    rows = db.session.execute(listed).all()
    events = [event for row, _ in rows[:5] for event in settings.history(SettingSubject.ABSENCE, row.id)]
    return render_template("absences/person.html", person=person, rows=rows, events=events, today=today(),
                           typed=typed or Typed())


@bp.get("")
def mine() -> ResponseReturnValue:
    """One's own."""
    return person_page(current_actor().user_id or 0)


@bp.get("/<int:user_id>")
def person(user_id: int) -> ResponseReturnValue:
    """Those of a person."""
    return person_page(user_id)


@bp.post("/<int:user_id>")
@keeps(person_page)
def set_absence(user_id: int) -> ResponseReturnValue:
    """Be away, and name who stands in."""
    form = load(AbsenceForm)
    administer.set_absence(current_actor(), user_id=user_id, delegate_account=form["delegate"],
                           first_day=form["first_day"], last_day=form["last_day"])
    flash(gettext("已登记，外出期间的消息同时发给代办人。"), "good")
    return redirect(url_for("absences.person", user_id=user_id), code=303)


@bp.post("/<int:user_id>/<int:absence_id>/end")
@keeps(person_page)
def end_absence(user_id: int, absence_id: int) -> ResponseReturnValue:
    """Be back."""
    administer.end_absence(absence_id, current_actor(), user_id=user_id, version=load(Ending)["version"])
    flash(gettext("已结束。"), "good")
    return redirect(url_for("absences.person", user_id=user_id), code=303)
