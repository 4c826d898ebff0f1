"""Type-ahead over matters, places and units, for every form that asks for one."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from hotline.forms import CleanStr, Form, Typed, query
from workflows.errors import Unknown
from workflows.model.reference import reference
from workflows.read import directory

bp = Blueprint("choices", __name__, url_prefix="/choices")


class TypeAhead(Form):
    """The first characters of a name, a code, or the initials of its pinyin."""

    q = CleanStr(most=40)


def named(what: str, key: int | None) -> str:
    """The words of a value chosen by type-ahead, to stand in its field."""
    ref = reference()
    names = {"categories": ref.category_name, "areas": ref.area_name, "units": ref.unit_name}
    return names[what](key) if key else ""


def typed_name(typed: Typed, field: str, what: str) -> str:
    """The words of what was chosen by type-ahead in a form."""
    value = str(typed.value(field, "") or "")
    return named(what, int(value)) if value.isdecimal() else ""


@bp.get("/<what>")
def find(what: str) -> ResponseReturnValue:
    """What matches, best first."""
    lookups = {"categories": directory.categories, "areas": directory.areas, "units": directory.units}
    if what not in lookups:
        raise Unknown("not_found")
    asked, _ = query(TypeAhead)
    items = lookups[what](asked.get("q") or "")
    return jsonify(items=[{"value": i.id, "text": named(what, i.id), "note": i.code} for i in items])
