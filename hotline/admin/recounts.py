"""Running clocks judged anew: tried first, then done, with progress, a stop, and a report of what moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels, queues
from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp
from hotline.admin.days import year_page
from hotline.admin.rules import CODES
from hotline.forms import Typed, keeps, load
from hotline.pages import MOST, Key, csv_response, fragment, paginate
from hotline.times import local
from workflows.administer import dues
from workflows.engine.long_work import UNDER_WAY
from workflows.model.reference import reference
from workflows.model.work import Job
from workflows.rules.limits import ClockCode

#: Moves shown on the page; the file holds them all.
SHOWN = 50
#: Clocks that run.
RUNNING = [code for code in CODES if code is not ClockCode.RETURN_WINDOW]


def recounts_page(typed: Typed | None = None) -> str:
    """Such jobs, newest first, and the form that orders one for limits."""
    page = paginate(dues.listed(), [Key(Job.id, descending=True)])
    return render_template("admin/recounts.html", page=page, typed=typed or Typed(), codes=RUNNING)


@bp.get("/recounts")
def recounts() -> ResponseReturnValue:
    """Such jobs, newest first."""
    return recounts_page()


@bp.post("/calendars/years/<int:year>/dues")
@keeps(year_page)
def order_days(year: int) -> ResponseReturnValue:
    """Try what counting the dues of some days anew would move."""
    return _ordered(dues.order_days(current_actor(), **load(schemas.SpanForm)))


@bp.post("/recounts")
@keeps(recounts_page)
def order_limits() -> ResponseReturnValue:
    """Try what judging clocks by the present limits would move."""
    return _ordered(dues.order_limits(current_actor(), **load(schemas.JudgeForm)))


def _ordered(job_id: int) -> ResponseReturnValue:
    """Have a worker begin at once (without Redis the schedule takes it up within seconds), and show the job."""
    queues.begin_soon(current_app.config["REDIS_URL"], "workflows.jobs.run_recount", job_id)
    return redirect(url_for("admin.recount", job_id=job_id), code=303)


def recount_page(job_id: int, typed: Typed | None = None) -> str:
    """One such job."""
    job = dues.find(job_id, current_actor())
    return render_template("admin/recount.html", typed=typed or Typed(), **_shown(job))


def _shown(job: Job) -> dict[str, Any]:
    return {"job": job, "report": job.params.get("report", {}), "under_way": job.state in UNDER_WAY,
            "moves": dues.moves(job.id, most=SHOWN)}


@bp.get("/recounts/<int:job_id>")
def recount(job_id: int) -> ResponseReturnValue:
    """One such job."""
    return recount_page(job_id)


@bp.get("/recounts/<int:job_id>/progress")
def recount_progress(job_id: int) -> ResponseReturnValue:
    """How far it is, for the refresh; once it is over the whole page is to be read again."""
    job = dues.find(job_id, current_actor())
    answer = fragment(render_template("admin/recount_progress.html", **_shown(job)))
    if job.state not in UNDER_WAY:
        answer = Response(headers={"HX-Refresh": "true"})
    return answer


@bp.post("/recounts/<int:job_id>")
@keeps(recount_page)
def begin_recount(job_id: int) -> ResponseReturnValue:
    """Do what was tried, or go on where it stopped."""
    dues.begin(job_id, current_actor())
    return _ordered(job_id)


@bp.post("/recounts/<int:job_id>/cancel")
@keeps(recount_page)
def cancel_recount(job_id: int) -> ResponseReturnValue:
    """Stop it after the present batch."""
    dues.cancel(job_id, current_actor())
    flash(gettext("已要求停止，当前一批处理完即停。"), "info")
    return redirect(url_for("admin.recount", job_id=job_id), code=303)


@bp.get("/recounts/<int:job_id>/moves.csv")
def recount_csv(job_id: int) -> ResponseReturnValue:
    """Everything that moved, as a file."""
    job = dues.find(job_id, current_actor())
    heads = [gettext("工单编号"), gettext("环节"), gettext("单位"), gettext("原到期"), gettext("新到期")]
    return csv_response(f"{gettext('重算结果')} {job.id}", heads, _moved(job.id))


def _moved(job_id: int) -> Iterator[list[Any]]:
    beyond, ref = 0, reference()
    while rows := dues.moves(job_id, beyond=beyond, most=MOST):
        for row in rows:
            yield [row.no, labels.label(row.code, "ClockCode"), ref.unit_name(row.unit_id), local(row.due_before),
                   local(row.due_after)]
        beyond = rows[-1].clock_id
