"""The log of pressing in batches: how far each is, whom it did not reach, and a stop."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import queues
from hotline.access import current_actor
from hotline.forms import Typed, keeps
from hotline.pages import Key, fragment, paginate
from hotline.supervisors.base import bp
from workflows.engine.long_work import UNDER_WAY
from workflows.model.work import Job
from workflows.supervise import chasing


def begun(job_id: int) -> ResponseReturnValue:
    """Have a worker begin, and show the batch."""
    queues.begin_soon(current_app.config["REDIS_URL"], "workflows.jobs.run_chase", job_id)
    return redirect(url_for("supervisors.chase_batch", job_id=job_id), code=303)


@bp.get("/chases")
def chases() -> ResponseReturnValue:
    """Batches, newest first."""
    return render_template("supervisors/chases.html", page=paginate(chasing.batches(), [Key(Job.id, descending=True)]))


def batch_page(job_id: int, typed: Typed | None = None) -> str:
    """One batch."""
    return render_template("supervisors/chase.html", typed=typed or Typed(), **_shown(chasing.find_batch(job_id)))


def _shown(job: Job) -> dict[str, Any]:
    return {"job": job, "under_way": job.state in UNDER_WAY, "refused": chasing.refused(job),
            "may_stop": current_actor().has(chasing.CHASERS)}


@bp.get("/chases/<int:job_id>")
def chase_batch(job_id: int) -> ResponseReturnValue:
    """One batch."""
    return batch_page(job_id)


@bp.get("/chases/<int:job_id>/progress")
def chase_progress(job_id: int) -> ResponseReturnValue:
    """How far it is, for the refresh; once it is over the whole page is to be read again."""
    job = chasing.find_batch(job_id)
    answer = fragment(render_template("supervisors/chase_progress.html", **_shown(job)))
    if job.state not in UNDER_WAY:
        answer = Response(headers={"HX-Refresh": "true"})
    return answer


@bp.post("/chases/<int:job_id>/cancel")
@keeps(batch_page)
def cancel_chase(job_id: int) -> ResponseReturnValue:
    """Stop it after the present tickets."""
    chasing.cancel_batch(job_id, current_actor())
    flash(gettext("已要求停止，当前一批处理完即停。"), "info")
    return redirect(url_for("supervisors.chase_batch", job_id=job_id), code=303)
