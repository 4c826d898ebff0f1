"""Applications that wait for the reader's step, the ledger of suspended matters, and what was excluded.

The moves themselves are made on the ticket's page.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.access import current_actor
from hotline.pages import size_asked
from workflows.read import approvals
from workflows.read.exclusions import exclusions

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@bp.get("/")
def queue() -> ResponseReturnValue:
    """What waits for the reader to agree or refuse, the longest waiting first."""
    page = approvals.approval_queue(current_actor(), request.args.get("page"), size_asked())
    return render_template("approvals/queue.html", page=page,
                           back=url_for("approvals.queue", page=request.args.get("page")))


@bp.get("/ledger")
def ledger() -> ResponseReturnValue:
    """The ledger; a unit sees its own lines."""
    tab = request.args.get("tab", "")
    tab = tab if tab in approvals.LEDGER_TABS else approvals.LEDGER_TABS[0]
    page = approvals.ledger(current_actor(), tab, after=request.args.get("page"), size=size_asked())
    return render_template("approvals/ledger.html", page=page, tab=tab,
                           back=url_for("approvals.ledger", tab=tab, page=request.args.get("page")))


@bp.get("/exclusions")
def excluded() -> ResponseReturnValue:
    """Evaluations taken out of the rates; a unit sees its own."""
    page = exclusions(current_actor(), after=request.args.get("page"), size=size_asked())
    return render_template("approvals/exclusions.html", page=page,
                           back=url_for("approvals.excluded", page=request.args.get("page")))
