"""Long work with visible progress: a row of `job`, claimed by one worker, stopped on request, taken up where it stood.

How far a job is stands in its row and is written with each batch, so a worker that dies leaves nothing half done
and whoever takes the job up next begins behind the last batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select, update

from workflows.model.base import db, now, transaction
from workflows.model.directory import User
from workflows.model.reference import reference
from workflows.model.work import Job
from workflows.rules.roles import Actor, Role

#: A running job whose worker said nothing for so long is taken up by another.
ABANDONED = timedelta(seconds=120)
#: Starts without a single batch done, after which a job is given up.
MOST_STARTS = 3


class JobState(StrEnum):
    """Where long work stands."""

    NEW = "NEW"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    CHECKED = "CHECKED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


#: States in which something is happening.
UNDER_WAY = frozenset({JobState.QUEUED, JobState.RUNNING})


class Stopped(Exception):  # noqa: N818  an answer, not a fault
    """The job was cancelled, or another worker has it."""


@dataclass
class Claim:
    """A job in this worker's hands; `started_at` tells its claim from every other."""

    job_id: int
    started_at: datetime
    params: dict[str, Any]
    path: Path
    done: int
    total: int | None
    actor: Actor

    @property
    def dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.params["dry"]


def waiting(kind: str, most: int = 10) -> list[int]:
    """Jobs nobody works at: queued while Redis was away, or left behind by a worker that died."""
    with transaction():
        found = select(Job.id).where(Job.kind == kind, _free(now())).order_by(Job.id).limit(most)
        return list(db.session.scalars(found))


def _free(at: datetime) -> Any:
    silent = (Job.state == JobState.RUNNING) & (Job.heartbeat_at < at - ABANDONED)
    return or_(Job.state == JobState.QUEUED, silent)


def claim(kind: str, job_id: int, *, crashed: str) -> Claim | None:
    """Take a job in hand; None where another worker has it or it is over. `crashed`: the message of one given up."""
    with transaction():
        at = now()
        job = db.session.scalars(
            select(Job).where(Job.id == job_id, Job.kind == kind, _free(at)).with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if job is None:
            return None
        starts = job.params.get("starts", 0) + 1
        if job.cancel_requested_at is not None:
            job.state, job.finished_at = JobState.CANCELLED, at
            return None
        if starts > MOST_STARTS:
            job.state, job.finished_at, job.message = JobState.FAILED, at, crashed
            return None
        job.params = {**job.params, "starts": starts}
        job.state, job.started_at, job.heartbeat_at, job.message = JobState.RUNNING, at, at, ""
        return Claim(job.id, at, job.params, Path(job.file_path), job.done, job.total, _actor(job))


def _actor(job: Job) -> Actor:
    """The system, acting for the person who ordered the job."""
    user = db.session.get_one(User, job.created_by_id)
    return Actor(user.id, user.account, user.name, frozenset({Role.SYSTEM}), user.unit_id, user.unit.name,
                 reference().subtree(user.unit_id))


def _mine(held: Claim) -> Any:
    return (Job.id == held.job_id) & (Job.state == JobState.RUNNING) & (Job.started_at == held.started_at)


def measured(held: Claim, total: int) -> None:
    """Write how much there is to do."""
    with transaction():
        db.session.execute(update(Job).where(_mine(held)).values(total=total))


def progress(held: Claim, at: datetime, *, done: int, rejected: int = 0, **params: Any) -> None:
    """Write how far the job is, inside the batch's transaction. Raises Stopped where it is not this worker's to do."""
    held.params = {**held.params, "starts": 0, **params}
    written = db.session.execute(
        update(Job)
        .where(_mine(held), Job.cancel_requested_at.is_(None))
        .values(done=Job.done + done, rejected=Job.rejected + rejected, heartbeat_at=at, params=held.params)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount == 0:
        raise Stopped


def end(held: Claim, state: JobState, message: str = "") -> bool:
    """Leave the job in a state. Returns False where another worker has taken it over."""
    with transaction():
        at = now()
        job = db.session.scalars(
            select(Job).where(_mine(held)).with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
        if job is None:
            return False
        job.state, job.message = state, message
        if state is not JobState.QUEUED:
            job.finished_at = at
        if state in {JobState.DONE, JobState.CHECKED}:
            job.total = job.done
        return True


def ended(held: Claim, finished: bool) -> JobState:
    """The state a job is left in: over, tried, or queued for the rest of it."""
    if not finished:
        return JobState.QUEUED
    return JobState.CHECKED if held.dry else JobState.DONE


def ask_to_stop(job: Job, at: datetime) -> None:
    """Stop a job under way, which the caller has locked; a running one stops after its present batch."""
    job.cancel_requested_at = at
    if job.state == JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, at
