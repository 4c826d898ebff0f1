"""What the operator of an import does: hand in a file, say what its columns are, try it, start it, stop it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from sqlalchemy import delete, select

from workflows.engine.long_work import UNDER_WAY, JobState, ask_to_stop
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.imports import store
from workflows.imports.columns import guess
from workflows.imports.rows import Choices
from workflows.imports.running import KIND, choices_of
from workflows.imports.tables import open_table
from workflows.model.base import db, now, transaction
from workflows.model.reference import Reference, reference
from workflows.model.work import Job, JobReject
from workflows.rules.roles import Actor, Role
from workflows.rules.text import clean_line
from workflows.rules.vocabulary import Kind

#: Who may bring in requests by the thousand.
IMPORTERS = frozenset({Role.SHIFT_LEAD, Role.DISPATCHER, Role.HOTLINE_DIR})
#: States in which choices may still be made and a run begun.
OPEN_TO_CHOICES = frozenset({JobState.NEW, JobState.CHECKED, JobState.CANCELLED, JobState.FAILED})
#: A file is kept so long for a run that never came or never ended.
KEEP_FILES = timedelta(days=7)
MOST_WORDS_GIVEN = 500


def receive(stream: BinaryIO, file_name: str, folder: Path, actor: Actor) -> int:
    """Take in a file: it is sealed into the folder and its columns are guessed. Returns the job's key.

    Raises Invalid where it cannot be read (see `tables.open_table`).
    """
    _may_import(actor)
    header = open_table(stream).header
    stream.seek(0)
    return _open_job(store.keep(stream, folder.absolute()), file_name, header, _digest(stream), actor)


def read_in_place(path: Path, actor: Actor) -> int:
    """Like `receive`, for a file on this machine that its owner keeps; it is neither copied nor deleted."""
    _may_import(actor)
    with store.opened(path) as stream:
        return _open_job(path.resolve(), path.name, open_table(stream).header, _digest(stream), actor)


def _may_import(actor: Actor) -> None:
    if not actor.has(IMPORTERS):
        raise NotAllowed("role_may_not_enter")


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _open_job(path: Path, file_name: str, header: Sequence[str], digest: str, actor: Actor) -> int:
    with transaction():
        choices = Choices(columns=guess(header), kind=Kind.HELP)
        job = Job(
            kind=KIND, state=JobState.NEW, file_path=str(path), file_name=clean_line(PurePath(file_name).name)[:200],
            params={"header": list(header), "digest": digest, "dry": True, "choices": _kept(choices)},
            created_at=now(), created_by_id=actor.user_id,
        )
        db.session.add(job)
        db.session.flush()
        return job.id


def _kept(choices: Choices) -> dict[str, Any]:
    return {**asdict(choices), "kind": str(choices.kind) if choices.kind else None}


def choose(job_id: int, choices: Choices, actor: Actor) -> None:
    """Say which column is what, and what stands in for what is missing.

    Raises Invalid for a column that is not there, for a file without contents, for unknown matters and places.
    """
    with transaction():
        job = _locked(job_id, actor, OPEN_TO_CHOICES)
        _check_not_begun(job)
        wrong = _wrong(choices, len(job.params["header"]), reference())
        if wrong:
            raise Invalid(fields=wrong)
        job.params = {**job.params, "choices": _kept(choices)}


def _wrong(choices: Choices, width: int, ref: Reference) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not {"content", "title"} & set(choices.columns):
        wrong["content"] = ["column_needed"]
    for name, place in choices.columns.items():
        if not 0 <= place < width:
            wrong[name] = ["column_unknown"]
    if choices.category_id is not None and choices.category_id not in ref.categories:
        wrong["category_id"] = ["category_unknown"]
    if choices.area_id is not None and choices.area_id not in ref.areas:
        wrong["area_id"] = ["area_unknown"]
    if "category" not in choices.columns and choices.category_id is None:
        wrong["category_id"] = ["category_or_column"]
    if len(choices.classes) > MOST_WORDS_GIVEN or len(choices.kinds) > MOST_WORDS_GIVEN:
        wrong["classes"] = ["words_many"]
    return wrong


def begin(job_id: int, actor: Actor, *, dry: bool) -> None:
    """Queue a run: a trial that writes nothing, or the import itself.

    An import that was stopped or failed goes on behind the last row it took; after a trial everything begins anew.
    """
    with transaction():
        job = _locked(job_id, actor, OPEN_TO_CHOICES)
        wrong = _wrong(choices_of(job.params), len(job.params["header"]), reference())
        if wrong:
            raise Invalid(fields=wrong)
        if dry:
            _check_not_begun(job)
        if job.params["dry"]:
            db.session.execute(delete(JobReject).where(JobReject.job_id == job.id))
            job.done, job.rejected, job.total = 0, 0, None
            job.params = {**job.params, "report": {}}
        job.params = {**job.params, "dry": dry, "starts": 0}
        job.state, job.cancel_requested_at, job.finished_at = JobState.QUEUED, None, None


def _check_not_begun(job: Job) -> None:
    """Once rows have been taken for good, what they were taken by stays as it is."""
    if not job.params["dry"]:
        raise NotNow("import_has_begun")


def cancel(job_id: int, actor: Actor) -> None:
    """Stop a run. What was taken stays taken; a running job stops after its present batch."""
    with transaction():
        ask_to_stop(_locked(job_id, actor, UNDER_WAY), now())


def _locked(job_id: int, actor: Actor, states: frozenset[JobState]) -> Job:
    _may_import(actor)
    job = db.session.scalars(
        select(Job).where(Job.id == job_id, Job.kind == KIND).with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        raise Unknown("import_unknown")
    if job.state not in states:
        raise NotNow("import_wrong_state")
    return job


def find(job_id: int, actor: Actor) -> Job:
    """A job as it stands. Raises Unknown."""
    _may_import(actor)
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None or job.kind != KIND:
        raise Unknown("import_unknown")
    return job


def listed(actor: Actor) -> Any:
    """The statement that lists imports; every importer sees them all, for they hold numbers and no callers."""
    _may_import(actor)
    return select(Job).where(Job.kind == KIND)


def taken_before(job: Job) -> Job | None:
    """An earlier import of the same file that took rows, to warn of doing it twice."""
    return db.session.scalars(
        select(Job)
        .where(Job.kind == KIND, Job.id < job.id, Job.params["digest"].astext == job.params["digest"],
               Job.params["dry"].astext == "false", Job.done > Job.rejected)
        .order_by(Job.id.desc()).limit(1)
    ).one_or_none()


def rejects(job_id: int, *, beyond: int = 0, most: int = 50) -> list[JobReject]:
    """Rejected rows in the order of the file, behind a row number."""
    return list(db.session.scalars(
        select(JobReject).where(JobReject.job_id == job_id, JobReject.row_no > beyond)
        .order_by(JobReject.row_no, JobReject.id).limit(most)
    ))


def forget_files() -> int:
    """Delete uploaded files no run came for within KEEP_FILES. Returns how many."""
    with transaction():
        old = db.session.scalars(
            select(Job).where(Job.kind == KIND, Job.state.in_(OPEN_TO_CHOICES), Job.file_path != "",
                              Job.created_at < now() - KEEP_FILES).limit(1_000)
        ).all()
        paths = [Path(job.file_path) for job in old if job.file_path.endswith(store.SUFFIX)]
        for job in old:
            job.file_path = ""
    for path in paths:
        store.forget(path)
    return len(paths)


@dataclass(frozen=True)
class Words:
    """Words of a file that nothing of ours answers to, with how often they stand there, the commonest first."""

    classes: Mapping[str, int]
    kinds: Mapping[str, int]


def unknown_words(job: Job) -> Words:
    """What the last run could not understand."""
    report = job.params.get("report", {})
    by_count = {
        name: dict(sorted(report.get(name, {}).items(), key=lambda pair: (-pair[1], pair[0])))
        for name in ("unknown_classes", "unknown_kinds")
    }
    return Words(by_count["unknown_classes"], by_count["unknown_kinds"])
