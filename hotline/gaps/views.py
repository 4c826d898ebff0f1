"""Questions agents answered from their own heads: each is closed with the article there then is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.forms import Typed, keeps, load
from hotline.gaps.schemas import SettledGap
from hotline.pages import size_asked
from workflows import administer
from workflows.read import gaps

bp = Blueprint("gaps", __name__, url_prefix="/gaps")


def list_page(key: int | None = None, typed: Typed | None = None) -> str:
    """The list; `key` is the gap whose form came back."""
    settled = request.args.get("tab") == "settled"
    page = gaps.gap_list(current_actor(), settled=settled, after=request.args.get("page"), size=size_asked())
    return render_template("gaps/list.html", page=page, settled=settled, count=gaps.gap_count(), sent=key,
                           typed=typed or Typed(), empty_form=Typed())


@bp.get("/")
def index() -> ResponseReturnValue:
    """Open gaps, or those that were closed."""
    return list_page()


@bp.post("/<int:key>")
@keeps(list_page)
def settle(key: int) -> ResponseReturnValue:
    """Close one."""
    administer.settle_gap(key, current_actor(), **load(SettledGap))
    flash(gettext("知识缺口已补齐。"), "good")
    return redirect(url_for("gaps.index"), code=303)
