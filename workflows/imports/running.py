"""The import job at work: claimed by one worker, batch by batch, stopped on request, taken up again where it stood.

How far a job is stands in its row and is written with each batch, so a worker that dies leaves nothing half done
and whoever takes the job up next begins behind the last batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select, update

from workflows.errors import Refusal
from workflows.imports import store
from workflows.imports.batch import NumberedCells, Order, Outcome, take
from workflows.imports.rows import Choices, Reader, Remarks
from workflows.imports.tables import Table, open_table
from workflows.model.base import db, now, transaction
from workflows.model.directory import User
from workflows.model.reference import reference
from workflows.model.work import Job
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import Kind

KIND = "import"
BATCH = 1_000
#: A running job whose worker said nothing for so long is taken up by another.
ABANDONED = timedelta(seconds=120)
#: Starts without a single batch done, after which a job is given up.
MOST_STARTS = 3
#: Different words listed in a job's report.
MOST_WORDS = 300


class ImportState(StrEnum):
    """Where an import stands."""

    NEW = "NEW"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    CHECKED = "CHECKED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


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


def start_waiting(batches: int) -> int:
    """Take up jobs nobody works at: queued while Redis was away, or left behind by a worker that died.

    Each gets so many batches and is queued again, so that whoever calls is not held for long. Returns how many.
    """
    with transaction():
        waiting = db.session.scalars(
            select(Job.id).where(Job.kind == KIND, _free(now())).order_by(Job.id).limit(10)
        ).all()
    return sum(run(job_id, batches) for job_id in waiting)


def run(job_id: int, batches: int | None = None) -> bool:
    """Work at a job until it ends, or for so many batches. False where another worker has it or it is over."""
    claim = _claim(job_id)
    if claim is None:
        return False
    try:
        with store.opened(claim.path) as stream:
            finished = _work(claim, open_table(stream), batches)
    except Stopped:
        _end(claim, ImportState.CANCELLED)
    except Refusal as refusal:
        _end(claim, ImportState.FAILED, refusal.code)
    else:
        _end(claim, (ImportState.CHECKED if claim.dry else ImportState.DONE) if finished else ImportState.QUEUED)
    return True


def _free(at: datetime) -> Any:
    silent = (Job.state == ImportState.RUNNING) & (Job.heartbeat_at < at - ABANDONED)
    return or_(Job.state == ImportState.QUEUED, silent)


def _claim(job_id: int) -> Claim | None:
    with transaction():
        at = now()
        job = db.session.scalars(
            select(Job).where(Job.id == job_id, Job.kind == KIND, _free(at)).with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if job is None:
            return None
        starts = job.params.get("starts", 0) + 1
        if job.cancel_requested_at is not None:
            job.state, job.finished_at = ImportState.CANCELLED, at
            return None
        if starts > MOST_STARTS:
            job.state, job.finished_at, job.message = ImportState.FAILED, at, "import_crashed"
            return None
        job.params = {**job.params, "starts": starts}
        job.state, job.started_at, job.heartbeat_at, job.message = ImportState.RUNNING, at, at, ""
        return Claim(job.id, at, job.params, Path(job.file_path), job.done, job.total, _actor(job))


def _actor(job: Job) -> Actor:
    """The system, acting for the person who ordered the import."""
    user = db.session.get_one(User, job.created_by_id)
    return Actor(user.id, user.account, user.name, frozenset({Role.SYSTEM}), user.unit_id, user.unit.name,
                 reference().subtree(user.unit_id))


def _work(claim: Claim, table: Table, batches: int | None) -> bool:
    """Take the rest of the table, or the next so many batches of it. Returns whether nothing is left."""
    if claim.total is None:
        _measure(claim, table)
    with transaction():
        reader = Reader(reference(), choices_of(claim.params))
    reader.remarks = _remarks_of(claim.params.get("report", {}))
    order = Order(claim.job_id, claim.actor, claim.dry)

    def record(outcome: Outcome, at: datetime) -> None:
        _record(claim, outcome, reader.remarks, at)

    rest = islice(table.rows(), claim.done, None)
    for rows in islice(_batches(rest), batches):
        take(order, reader, rows, record)
    return next(rest, None) is None


def _batches(rows: Iterator[NumberedCells]) -> Iterable[Sequence[NumberedCells]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _measure(claim: Claim, table: Table) -> None:
    total = table.count()
    with transaction():
        db.session.execute(update(Job).where(_mine(claim)).values(total=total))


def _mine(claim: Claim) -> Any:
    return (Job.id == claim.job_id) & (Job.state == ImportState.RUNNING) & (Job.started_at == claim.started_at)


def _record(claim: Claim, outcome: Outcome, remarks: Remarks, at: datetime) -> None:
    """Write how far the job is, inside the batch's transaction. Raises Stopped where it is not this worker's to do."""
    routes = Counter(claim.params.get("report", {}).get("routes", {})) + outcome.routes
    claim.params = {**claim.params, "starts": 0, "report": _report(remarks, routes)}
    written = db.session.execute(
        update(Job)
        .where(_mine(claim), Job.cancel_requested_at.is_(None))
        .values(done=Job.done + outcome.rows, rejected=Job.rejected + outcome.rejected, heartbeat_at=at,
                params=claim.params)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount == 0:
        raise Stopped


def _report(remarks: Remarks, routes: Counter[str]) -> dict[str, Any]:
    report = {**vars(remarks)}
    for name in ("unknown_classes", "unknown_kinds"):
        report[f"{name}_in_all"] = len(report[name])
        report[name] = dict(report[name].most_common(MOST_WORDS))
    return {**report, "routes": dict(routes)}


def _remarks_of(report: dict[str, Any]) -> Remarks:
    kept = Remarks(**{name: report[name] for name in vars(Remarks()) if name in report})
    kept.unknown_classes, kept.unknown_kinds = Counter(kept.unknown_classes), Counter(kept.unknown_kinds)
    return kept


def _end(claim: Claim, state: ImportState, message: str = "") -> None:
    """Leave the job in a state, unless another worker has taken it over."""
    with transaction():
        at = now()
        job = db.session.scalars(
            select(Job).where(_mine(claim)).with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
        if job is None:
            return
        job.state, job.message = state, message
        if state is not ImportState.QUEUED:
            job.finished_at = at
        if state in {ImportState.DONE, ImportState.CHECKED}:
            job.total = job.done
    if state is ImportState.DONE:
        store.forget(claim.path)


def choices_of(params: dict[str, Any]) -> Choices:
    """The operator's choices, as they are kept with the job."""
    kept = params["choices"]
    return Choices(**{**kept, "kind": Kind(kept["kind"]) if kept["kind"] else None})
