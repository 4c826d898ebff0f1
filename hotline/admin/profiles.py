"""Limit profiles: choose one or hand in a file, look at what it would change, apply it from a day on."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.admin import profile_file, schemas
from hotline.admin.base import bp, saved
from hotline.admin.profile_file import LONGEST, Profile
from hotline.forms import Typed, keeps, load
from workflows import administer
from workflows.administer import LimitPlan
from workflows.errors import Invalid, Outdated, Unknown
from workflows.model.base import db
from workflows.model.reference import today
from workflows.model.settings import LimitRule
from workflows.read import settings

#: Limits written into one file.
MOST_LINES = 5_000


def profiles_page(
    typed: Typed | None = None, profile: Profile | None = None, plan: LimitPlan | None = None
) -> str:
    """The profiles there are and the form that takes a file; with a plan, what applying it would change."""
    typed = typed or Typed()
    if isinstance(typed.refusal, Outdated):  # as the limits are now
        form = load(schemas.AppliedProfile)
        profile = profile_file.read(form["text"])
        plan = administer.plan_profile(profile.lines, form.get("valid_from"))
    known = {code: profile_file.read(text) for code, text in profile_file.shipped().items()}
    return render_template("admin/profiles.html", typed=typed, profile=profile, plan=plan, known=known)


@bp.get("/limits/profiles")
def profiles() -> ResponseReturnValue:
    """The profiles there are."""
    return profiles_page()


@bp.post("/limits/profiles")
@keeps(profiles_page)
def plan_profile() -> ResponseReturnValue:
    """What a profile would change; nothing is written."""
    form = load(schemas.ProfileChoice)
    text = form["text"] or _given(form["profile"])
    profile = profile_file.read(text)
    plan = administer.plan_profile(profile.lines, form.get("valid_from"))
    return profiles_page(Typed({**request.form, "text": text}, sent=True), profile, plan)


def _given(code: str) -> str:
    """The text of a shipped profile or of the file that was sent."""
    file = request.files.get("file")
    if file is not None and file.filename:
        try:
            return file.stream.read(LONGEST * 4).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid("file_encoding") from error
    if code not in profile_file.shipped():
        raise Invalid(fields={"file": ["required"]})
    return profile_file.shipped()[code]


@bp.post("/limits/profiles/apply")
@keeps(profiles_page)
def apply_profile() -> ResponseReturnValue:
    """Take over the limits as they were looked at."""
    form = load(schemas.AppliedProfile)
    profile = profile_file.read(form["text"])
    plan = administer.apply_profile(current_actor(), name=profile.name, lines=profile.lines, seen=form["seen"],
                                    valid_from=form.get("valid_from"))
    words = gettext("已采用“%(name)s”，自 %(day)s 起生效；已起算的时限不变。", name=profile.name, day=plan.start)
    return saved("admin.limits", words)


@bp.get("/limits/profiles/<code>.toml")
def profile_text(code: str) -> ResponseReturnValue:
    """A shipped profile as a file, to begin one's own from."""
    if code not in profile_file.shipped():
        raise Unknown("setting_unknown")
    return _file(code, profile_file.shipped()[code])


@bp.get("/limits/present.toml")
def present_limits() -> ResponseReturnValue:
    """The limits in force today as a profile."""
    rules: Any = db.session.scalars(settings.limits(on=today()).order_by(LimitRule.id).limit(MOST_LINES))
    name = gettext("现行时限规则")
    return _file(f"{name} {today()}", profile_file.written(name, rules, today()))


def _file(name: str, text: str) -> ResponseReturnValue:
    return send_file(BytesIO(text.encode()), "application/toml", as_attachment=True, download_name=f"{name}.toml")
