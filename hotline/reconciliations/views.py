"""The runs of the reconciliation and the tickets each of them found."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workflows.read import reconciliations

bp = Blueprint("reconciliations", __name__, url_prefix="/reconciliation")


@bp.get("/")
def page() -> ResponseReturnValue:
    """The last runs, and what the newest of them found."""
    runs = reconciliations.runs()
    found = reconciliations.findings(runs[0].id)[1] if runs else []
    return render_template("reconciliations/page.html", runs=runs, run=runs[0] if runs else None, found=found)


@bp.get("/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    """What one run found."""
    chosen, found = reconciliations.findings(run_id)
    return render_template("reconciliations/page.html", runs=reconciliations.runs(), run=chosen, found=found)
