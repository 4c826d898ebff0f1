"""The list of dangers reported and not yet handed over; what is done about one is done on its ticket's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.access import current_actor
from hotline.pages import fragment
from workflows.read import risks

bp = Blueprint("risks", __name__, url_prefix="/risks")


def _shown() -> dict[str, Any]:
    after = request.args.get("page")
    passed = request.args.get("passed")
    return {"page": risks.open_alerts(current_actor(), after), "passed": risks.open_links(current_actor(), passed),
            "back": url_for("risks.waiting", page=after, passed=passed)}


@bp.get("/")
def waiting() -> ResponseReturnValue:
    """What waits, the oldest first."""
    return render_template("risks/waiting.html", **_shown())


@bp.get("/rows")
def rows() -> ResponseReturnValue:
    """The same, for its refresh."""
    return fragment(render_template("risks/rows.html", **_shown()))
