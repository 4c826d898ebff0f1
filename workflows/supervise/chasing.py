"""催办: the hotline presses whoever must act, for one ticket or for many in a batch that stands in the log.

A batch is a job with visible progress (`workflows.engine.long_work`). It presses each ticket by itself, so that one
that was closed meanwhile holds up none of the others; taken up again, it presses nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from workflows.engine import Work, lead_of, lock, long_work, move, work
from workflows.engine.long_work import Claim, JobState, Stopped
from workflows.errors import Invalid, NotAllowed, NotNow, Refusal, Unknown
from workflows.model.base import db, now, transaction
from workflows.model.rows import new
from workflows.model.ticket import Ticket, Urge
from workflows.model.work import Job, JobReject
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import ChaseWay, UrgeSource

KIND = "chase"
#: Tickets in one batch.
MOST = 2_000
#: Tickets pressed before the job says how far it is.
STEP = 20
#: Whose pressing is the hotline's.
CHASERS = TICKET_MOVES["chase"].roles - {Role.SYSTEM}


def chase(
    no: str, actor: Actor, *, way: ChaseWay = ChaseWay.MESSAGE, note: str = "", version: int | None = None
) -> Ticket:
    """Press whoever must act: the unit and its leader are told, or the dispatch desk, and it is on record."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        _press(doing, ticket, way, note)
        return ticket


def _press(doing: Work, ticket: Ticket, way: ChaseWay, note: str, job_id: int | None = None) -> None:
    source = str(UrgeSource.HOTLINE)
    ticket.urge_count += 1
    move(doing, ticket, "chase", assignment=lead_of(ticket), note=note, data={"source": source, "way": str(way)})
    doing.sink.add(new(Urge, ticket_id=ticket.id, unit_id=ticket.lead_unit_id, at=doing.at, source=source,
                       way=str(way), job_id=job_id, by_name=doing.actor.name, note=note))
    told = (Role.UNIT_CLERK, Role.UNIT_LEAD) if ticket.lead_unit_id is not None else (Role.DISPATCHER,)
    for role in told:
        doing.tell("urged", ticket, unit_id=ticket.lead_unit_id, role=role, source=source)


def order_batch(actor: Actor, *, tickets: Iterable[str], way: ChaseWay, note: str = "") -> int:
    """Order that all these be pressed. Returns the job's key. Raises Invalid for none, or more than MOST."""
    if not actor.has(CHASERS):
        raise NotAllowed("role_may_not", move="chase")
    numbers = list(dict.fromkeys(tickets))
    if not numbers:
        raise Invalid(fields={"tickets": ["required"]})
    if len(numbers) > MOST:
        raise Invalid(fields={"tickets": ["too_many_chased"]})
    with transaction():
        job = Job(kind=KIND, state=JobState.QUEUED, created_at=now(), created_by_id=actor.user_id, total=len(numbers),
                  params={"tickets": numbers, "way": str(way), "note": note, "dry": False})
        db.session.add(job)
        db.session.flush()  # gives the job its key
        return job.id


def batches() -> Any:
    """The statement that lists batches."""
    return select(Job).where(Job.kind == KIND)


def find_batch(job_id: int) -> Job:
    """A batch as it stands. Raises Unknown."""
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None or job.kind != KIND:
        raise Unknown("batch_unknown")
    return job


def refused(job: Job) -> list[tuple[str, Refusal]]:
    """The tickets of a batch that could not be pressed, and why."""
    rows = db.session.execute(
        select(JobReject.row_no, JobReject.reasons).where(JobReject.job_id == job.id).order_by(JobReject.row_no)
        .limit(MOST)
    )
    return [(job.params["tickets"][place], Refusal(*reasons, move="chase", state=state))
            for place, (*reasons, state) in rows]


def cancel_batch(job_id: int, actor: Actor) -> None:
    """Stop a batch; who was pressed stays pressed. Raises NotNow where it is over."""
    if not actor.has(CHASERS):
        raise NotAllowed("role_may_not", move="chase")
    with transaction():
        find_batch(job_id)
        job = db.session.get(Job, job_id, populate_existing=True, with_for_update=True)
        if job.state not in long_work.UNDER_WAY:
            raise NotNow("job_wrong_state")
        long_work.ask_to_stop(job, now())


def start_waiting(steps: int) -> int:
    """Take up batches nobody works at, each for so many steps. Returns how many."""
    return sum(run_batch(job_id, steps) for job_id in long_work.waiting(KIND))


def run_batch(job_id: int, steps: int | None = None) -> bool:
    """Work at a batch until it ends, or for so many steps. False where another worker has it or it is over."""
    held = long_work.claim(KIND, job_id, crashed="job_crashed")
    if held is None:
        return False
    try:
        finished = _work(held, steps)
    except Stopped:
        long_work.end(held, JobState.CANCELLED)
    else:
        long_work.end(held, long_work.ended(held, finished))
    return True


def _work(held: Claim, steps: int | None) -> bool:
    """The rest of the tickets, or the next so many steps of them. Returns whether nothing is left."""
    numbers = held.params["tickets"]
    ends = len(numbers) if steps is None else min(len(numbers), held.done + steps * STEP)
    for first in range(held.done, ends, STEP):
        _step(held, first, numbers[first:min(first + STEP, ends)])
    return ends == len(numbers)


def _step(held: Claim, first: int, numbers: Sequence[str]) -> None:
    refusals = [(place, refusal) for place, no in enumerate(numbers, first) if (refusal := _press_one(held, no))]
    with transaction():
        for place, refusal in refusals:
            reasons = [refusal.code, refusal.params.get("state", "")]
            db.session.add(JobReject(job_id=held.job_id, row_no=place, reasons=reasons))
        long_work.progress(held, now(), done=len(numbers), rejected=len(refusals))


def _press_one(held: Claim, no: str) -> Refusal | None:
    try:
        with work(held.actor) as doing:
            ticket = lock(no, held.actor)
            before = select(Urge.id).where(Urge.job_id == held.job_id, Urge.ticket_id == ticket.id)
            if db.session.scalar(before) is None:
                _press(doing, ticket, ChaseWay(held.params["way"]), held.params["note"], held.job_id)
    except Refusal as refusal:
        return refusal
    return None
