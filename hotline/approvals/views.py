"""Applications that wait for the reader's step, the ledger of suspended matters, and what was excluded.

The moves themselves are made on the ticket's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.pages import MOST, csv_response, size_asked
from hotline.times import local
from workflows.read import approvals
from workflows.read.exclusions import exclusions
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity

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


@bp.get("/ledger.csv")
def ledger_csv() -> ResponseReturnValue:
    """The ledger as a file; a unit has its own lines."""
    tab = request.args.get("tab", "")
    tab = tab if tab in approvals.LEDGER_TABS else approvals.LEDGER_TABS[0]
    heads = [gettext("挂账编号"), gettext("工单编号"), gettext("诉求"), gettext("承办单位"), gettext("责任领导"),
             gettext("挂账原因"), gettext("计划"), gettext("计划节点"), gettext("目标日期"), gettext("批准时间"),
             gettext("复查次数"), gettext("下次复查"), gettext("销号时间")]
    return csv_response(gettext("挂账台账"), heads, _ledger_lines(tab, current_actor()))


def _ledger_lines(tab: str, actor: Actor) -> Iterator[list[Any]]:
    """Every line, a page of the database at a time; the words of a plan only where the caller is not withheld."""
    after: str | None = None
    while True:
        page = approvals.ledger(actor, tab, after=after, size=MOST)
        for row in page.items:
            told = row.anonymity != Anonymity.WITHHELD
            steps = [f"{step['on']} {step['what'] if told else ''}".strip() for step in row.milestones]
            yield [row.suspension_no, row.no, row.title, row.unit_name, f"{row.leader_name} {row.leader_office}",
                   labels.label(row.cause, "SuspensionCause"), row.plan if told else "", "；".join(steps),
                   row.target_on, local(row.granted_at), row.reviews,
                   local(row.review_due_at) if row.review_due_at else "",
                   local(row.cleared_at) if row.cleared_at else ""]
        after = page.next
        if after is None:
            return


@bp.get("/exclusions")
def excluded() -> ResponseReturnValue:
    """Evaluations taken out of the rates; a unit sees its own."""
    page = exclusions(current_actor(), after=request.args.get("page"), size=size_asked())
    return render_template("approvals/exclusions.html", page=page,
                           back=url_for("approvals.excluded", page=request.args.get("page")))
