"""Who changed which setting, from what to what."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from hotline.admin import schemas
from hotline.admin.base import bp
from hotline.forms import query
from hotline.pages import Key, paginate
from workflows.model.settings import SettingEvent
from workflows.read import settings


@bp.get("/record")
def record() -> ResponseReturnValue:
    """Everything administrators did, newest first."""
    found, typed = query(schemas.RecordSearch)
    page = paginate(settings.changes(subject=found.get("subject")), [Key(SettingEvent.id, descending=True)])
    return render_template("admin/record.html", page=page, typed=typed)
