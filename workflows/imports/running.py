"""The import job at work, batch by batch (see `workflows.engine.long_work`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from workflows.engine import long_work
from workflows.engine.long_work import Claim, JobState, Stopped
from workflows.errors import Refusal
from workflows.imports import store
from workflows.imports.batch import NumberedCells, Order, Outcome, take
from workflows.imports.rows import Choices, Reader, Remarks
from workflows.imports.tables import Table, open_table
from workflows.model.base import transaction
from workflows.model.reference import reference
from workflows.rules.vocabulary import Kind

KIND = "import"
BATCH = 1_000
#: Different words listed in a job's report.
MOST_WORDS = 300


def start_waiting(batches: int) -> int:
    """Take up jobs nobody works at: queued while Redis was away, or left behind by a worker that died.

    Each gets so many batches and is queued again, so that whoever calls is not held for long. Returns how many.
    """
    return sum(run(job_id, batches) for job_id in long_work.waiting(KIND))


def run(job_id: int, batches: int | None = None) -> bool:
    """Work at a job until it ends, or for so many batches. False where another worker has it or it is over."""
    claim = long_work.claim(KIND, job_id, crashed="import_crashed")
    if claim is None:
        return False
    try:
        with store.opened(claim.path) as stream:
            finished = _work(claim, open_table(stream), batches)
    except Stopped:
        long_work.end(claim, JobState.CANCELLED)
    except Refusal as refusal:
        long_work.end(claim, JobState.FAILED, refusal.code)
    else:
        state = long_work.ended(claim, finished)
        if long_work.end(claim, state) and state is JobState.DONE:
            store.forget(claim.path)
    return True


def _work(claim: Claim, table: Table, batches: int | None) -> bool:
    """Take the rest of the table, or the next so many batches of it. Returns whether nothing is left."""
    if claim.total is None:
        long_work.measured(claim, table.count())
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


def _record(claim: Claim, outcome: Outcome, remarks: Remarks, at: datetime) -> None:
    """Write how far the job is, inside the batch's transaction. Raises Stopped where it is not this worker's to do."""
    routes = Counter(claim.params.get("report", {}).get("routes", {})) + outcome.routes
    long_work.progress(claim, at, done=outcome.rows, rejected=outcome.rejected, report=_report(remarks, routes))


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


def choices_of(params: dict[str, Any]) -> Choices:
    """The operator's choices, as they are kept with the job."""
    kept = params["choices"]
    return Choices(**{**kept, "kind": Kind(kept["kind"]) if kept["kind"] else None})
