"""抽查: terminations and refusals of last month that somebody else looks into, what was found, and how often."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from hotline.access import current_actor
from hotline.forms import query
from hotline.pages import size_asked
from hotline.reviews.schemas import CheckQuery
from hotline.reviews.views import bp
from workflows.read.spot_checks import months_of_checks, spot_checks, waiting_count


@bp.get("/checks")
def checks() -> ResponseReturnValue:
    """Those to be looked into, or those that were; and the numbers of every month."""
    asked, _ = query(CheckQuery)
    done = bool(asked.get("done"))
    page = spot_checks(current_actor(), done=done, after=asked.get("page") or None, size=size_asked())
    return render_template("reviews/checks.html", page=page, done=done, count=waiting_count(),
                           months=months_of_checks())
