"""机构调整: a unit is merged into another, split among several, closed, or renamed on a day, as work with progress.

It goes in steps, each a transaction of its own: first the rules, so that nothing new comes to the unit, then its open
tickets some at a time, its people, and at the end its closing. Stopped in between, what was handed over belongs to the
heirs and the rest to the unit, which goes on; taken up again, nothing is handed over twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from workflows.administer.books import SETTERS, Complaints, administering, changing, fetch
from workflows.administer.handover import (
    concerned,
    hand_over_people,
    hand_over_rules,
    hand_over_tickets,
    open_tasks,
)
from workflows.administer.units import ONLY_ONE, SUBJECT, check_names, keep_name
from workflows.engine import Work, long_work
from workflows.engine.long_work import Claim, JobState, Stopped
from workflows.errors import NotAllowed, NotNow, Refusal, Unknown
from workflows.model.base import db, now, transaction
from workflows.model.directory import Unit, User
from workflows.model.reference import Reference, reference, today
from workflows.model.settings import CatalogueRule, LadderStep, LimitRule
from workflows.model.ticket import Ticket
from workflows.model.work import Job
from workflows.rules.roles import Actor, Role
from workflows.rules.succession import ANYTHING, Heirs, Share
from workflows.rules.vocabulary import SettingAction, UnitChange

KIND = "units"
#: Tickets handed over in one transaction.
STEP = 50
#: Lines a split is described with.
MOST_LINES = 200
#: People somebody says of where they go, and shown in the preview.
MOST_PEOPLE = 500
#: Tickets listed that nobody could be given.
MOST_STUCK = 200
#: What happens, in this order.
STEPS = ("RULES", "TICKETS", "PEOPLE", "CLOSE")
_BY_JOB = frozenset({Role.SYSTEM})


@dataclass(frozen=True, kw_only=True)
class ShareLine:
    """Of a split: matters of a category, in an area, go to a unit; None is all."""

    category_id: int | None
    area_id: int | None
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Of a split: somebody of the unit goes to one of its heirs."""

    account: str
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeOrder:
    """What is to become of a unit from a day on. `stays` of a split: the unit goes on with what no line names.

    People whom nobody names go where the rest goes.
    """

    change: UnitChange
    on: date | None = None
    successor_id: int | None = None
    lines: Sequence[ShareLine] = ()
    people: Sequence[PersonLine] = ()
    stays: bool = False
    name: str = ""
    short_name: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChangePlan:
    """What a change would move, before anything is moved: open tickets by heir (None: stays), rules, people.

    `whereto` says of everybody in the unit, as far as they are shown, where they go: account, name, unit (None: stays).
    """

    tickets: Counter[int | None]
    rules: int
    people: int
    below: int
    whereto: tuple[tuple[str, str, int | None], ...] = ()


def plan_change(unit_id: int, actor: Actor, order: ChangeOrder) -> ChangePlan:
    """What a change would move. Raises Invalid, NotNow where ordering it would."""
    if not actor.has(SETTERS):
        raise NotAllowed("role_may_not_administer")
    ref = reference()
    _check(ref, _unit(unit_id), order, today())
    if order.change is UnitChange.RENAME:
        return ChangePlan(Counter(), 0, 0, 0)
    heirs = _heirs(ref, _params(order))
    found = db.session.execute(
        select(Ticket.category_id, Ticket.area_id, func.count()).where(concerned(unit_id))
        .group_by(Ticket.category_id, Ticket.area_id)
    ).all()
    tickets: Counter[int | None] = Counter()
    for category_id, area_id, count in found:
        tickets[heirs.of(*_paths(ref, category_id, area_id))] += count
    rules = sum(
        db.session.scalar(select(func.count()).where(kind.unit_id == unit_id, kind.valid_to.is_(None))) or 0
        for kind in (CatalogueRule, LimitRule, LadderStep)
    )
    below = db.session.scalar(select(func.count()).where(Unit.parent_id == unit_id, Unit.active_to.is_(None))) or 0
    people = db.session.scalar(select(func.count()).where(User.unit_id == unit_id, User.active)) or 0
    moving = len(order.people) if heirs.rest is None else people
    return ChangePlan(tickets, rules, moving, 0 if heirs.rest is None else below, _whereto(unit_id, order, heirs))


def _whereto(unit_id: int, order: ChangeOrder, heirs: Heirs) -> tuple[tuple[str, str, int | None], ...]:
    named = {line.account: line.unit_id for line in order.people}
    rows = db.session.execute(
        select(User.account, User.name).where(User.unit_id == unit_id, User.active).order_by(User.account)
        .limit(MOST_PEOPLE)
    )
    return tuple((account, name, named.get(account, heirs.rest)) for account, name in rows)


def order_change(unit_id: int, actor: Actor, order: ChangeOrder, *, version: int) -> int:
    """Order a change, for today or a day to come. Returns the job's key.

    Raises NotNow for a unit that is closed, everything leans on, or has a change under way; Invalid for an heir that
    does not exist, lines that name none, or a day gone by.
    """
    with administering(actor) as doing:
        row = fetch(Unit, unit_id, version)
        _check(doing.ref, row, order, doing.today)
        if db.session.scalar(select(Job.id).where(Job.kind == KIND, Job.params["unit_id"].as_integer() == unit_id,
                                                  Job.state.in_([*long_work.UNDER_WAY, JobState.CANCELLED,
                                                                 JobState.FAILED])).limit(1)):
            raise NotNow("unit_change_under_way")
        job = Job(kind=KIND, state=JobState.QUEUED, created_at=doing.at, created_by_id=actor.user_id,
                  params=_params(order) | {"unit_id": unit_id, "on": (order.on or doing.today).isoformat(),
                                           "step": STEPS[0], "after": 0, "stuck": [], "dry": False})
        db.session.add(job)
        db.session.flush()  # gives the job its key
        return job.id


def _params(order: ChangeOrder) -> dict[str, Any]:
    return {"change": str(order.change), "successor_id": order.successor_id, "stays": order.stays, "name": order.name,
            "short_name": order.short_name, "note": order.note, "lines": [asdict(line) for line in order.lines],
            "whereto": [asdict(line) for line in order.people]}


def _unit(unit_id: int) -> Unit:
    row = db.session.get(Unit, unit_id, populate_existing=True)
    if row is None:
        raise Unknown("setting_unknown")
    return row


def _check(ref: Reference, row: Unit, order: ChangeOrder, day: date) -> None:
    if row.active_to is not None:
        raise NotNow("unit_closed")
    wrong = Complaints()
    wrong.unless(order.on is None or order.on >= day, "on", "day_past")
    if order.change is UnitChange.RENAME:
        check_names(wrong, order.name, order.short_name, but=row.id)
        return wrong.settle()
    if row.kind in ONLY_ONE:
        raise NotNow("unit_needed")
    possible = ref.handling_units(day) - {row.id}
    splitting = order.change is UnitChange.SPLIT
    if splitting:
        _check_lines(ref, wrong, order.lines, possible)
        _check_people(wrong, row, order)
    else:
        wrong.unless(not order.lines, "lines", "lines_only_of_a_split")
        wrong.unless(not order.people, "people", "people_only_of_a_split")
    stays = splitting and order.stays
    if order.successor_id is None:
        work_left = open_tasks(row.id) > 0 or order.change is UnitChange.MERGE or splitting
        wrong.unless(stays or not work_left, "successor_id", "required")
    else:
        wrong.unless(order.successor_id in possible and not stays, "successor_id", "unit_unknown")
    return wrong.settle()


def _check_lines(ref: Reference, wrong: Complaints, lines: Sequence[ShareLine], possible: frozenset[int]) -> None:
    wrong.unless(0 < len(lines) <= MOST_LINES, "lines", "required")
    for line in lines:
        named = line.category_id is not None or line.area_id is not None
        wrong.unless(named and (line.category_id is None or line.category_id in ref.categories)
                     and (line.area_id is None or line.area_id in ref.areas), "lines", "share_unknown")
        wrong.unless(line.unit_id in possible, "lines", "unit_unknown")
    where = [(line.category_id, line.area_id) for line in lines]
    wrong.unless(len(set(where)) == len(where), "lines", "lines_twice")


def _check_people(wrong: Complaints, row: Unit, order: ChangeOrder) -> None:
    """Everybody named works for the unit, is named once, and goes to somebody who takes a part of it over."""
    accounts = [line.account for line in order.people]
    there = set(db.session.scalars(
        select(User.account).where(User.unit_id == row.id, User.active, User.account.in_(accounts))
    )) if accounts else set()
    heirs = {line.unit_id for line in order.lines} | {order.successor_id}
    wrong.unless(set(accounts) <= there, "people", "person_not_of_unit")
    wrong.unless(len(set(accounts)) == len(accounts) <= MOST_PEOPLE, "people", "person_twice")
    wrong.unless(all(line.unit_id in heirs for line in order.people), "people", "not_an_heir")


def _paths(ref: Reference, category_id: int | None, area_id: int | None) -> tuple[str, str]:
    category, area = ref.categories.get(category_id), ref.areas.get(area_id)
    return category.path if category else ANYTHING, area.path if area else ANYTHING


def _heirs(ref: Reference, params: dict[str, Any]) -> Heirs:
    shares = (Share(*_paths(ref, line["category_id"], line["area_id"]), line["unit_id"]) for line in params["lines"])
    return Heirs(tuple(shares), params["successor_id"])


def changes() -> Any:
    """The statement that lists such jobs."""
    return select(Job).where(Job.kind == KIND)


def find(job_id: int, actor: Actor) -> Job:
    """A job as it stands. Raises Unknown, and NotAllowed for who could not have ordered it."""
    if not actor.has(SETTERS):
        raise NotAllowed("role_may_not_administer")
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None or job.kind != KIND:
        raise Unknown("setting_unknown")
    return job


def cancel(job_id: int, actor: Actor) -> None:
    """Stop a change after its present step. What was handed over stays so; the unit goes on with the rest."""
    with transaction():
        job = _locked(job_id, actor)
        if job.state not in long_work.UNDER_WAY:
            raise NotNow("job_wrong_state")
        long_work.ask_to_stop(job, now())


def resume(job_id: int, actor: Actor) -> None:
    """Go on where a change was stopped or failed."""
    with transaction():
        job = _locked(job_id, actor)
        if job.state not in {JobState.CANCELLED, JobState.FAILED}:
            raise NotNow("job_wrong_state")
        job.params = {**job.params, "starts": 0, "after": 0, "stuck": [],
                      "step": "TICKETS" if job.params["step"] == "CLOSE" else job.params["step"]}
        job.state, job.cancel_requested_at, job.finished_at, job.message = JobState.QUEUED, None, None, ""


def drop(job_id: int, actor: Actor) -> None:
    """Give up a change that was stopped or failed: another may be ordered for what is left."""
    with transaction():
        job = _locked(job_id, actor)
        if job.state not in {JobState.CANCELLED, JobState.FAILED}:
            raise NotNow("job_wrong_state")
        job.state = JobState.DONE
        job.message = "unit_change_given_up"


def _locked(job_id: int, actor: Actor) -> Job:
    find(job_id, actor)
    return db.session.get(Job, job_id, populate_existing=True, with_for_update=True)


def start_waiting(steps: int) -> int:
    """Take up changes whose day has come and nobody works at, each for so many steps. Returns how many."""
    return sum(run(job_id, steps) for job_id in long_work.waiting(KIND))


def run(job_id: int, steps: int | None = None) -> bool:
    """Work at a change until it ends, or for so many steps. False where it is not its day, or not this worker's."""
    with transaction():
        job = db.session.get(Job, job_id, populate_existing=True)
        if job is None or (job.params["on"] > today().isoformat() and job.cancel_requested_at is None):
            return False
    held = long_work.claim(KIND, job_id, crashed="job_crashed")
    if held is None:
        return False
    try:
        finished = _work(held, steps)
    except Stopped:
        long_work.end(held, JobState.CANCELLED)
    except Refusal as refusal:
        long_work.end(held, JobState.FAILED, refusal.code)
    else:
        long_work.end(held, long_work.ended(held, finished))
    return True


def _work(held: Claim, steps: int | None) -> bool:
    while steps is None or steps > 0:
        with administering(held.actor, _BY_JOB) as doing:
            row = db.session.get(Unit, held.params["unit_id"], populate_existing=True, with_for_update={"of": Unit})
            if _step(doing, held, row):
                return True
        steps = None if steps is None else steps - 1
    return False


def _step(doing: Work, held: Claim, row: Unit) -> bool:
    """Do the next step, and write how far it is with it. Returns whether nothing is left."""
    if held.params["change"] == UnitChange.RENAME:
        _rename(doing, held, row)
        return True
    heirs = _heirs(doing.ref, held.params)
    step = held.params["step"]
    if step == "RULES":
        hand_over_rules(doing, row.id, heirs)
        long_work.progress(held, doing.at, done=0, step="TICKETS")
    elif step == "TICKETS":
        _tickets(doing, held, row, heirs)
    elif step == "PEOPLE":
        named = {line["account"]: line["unit_id"] for line in held.params.get("whereto", ())}
        moved = hand_over_people(doing, row.id, heirs.rest, named)
        long_work.progress(held, doing.at, done=0, step="CLOSE", people=moved)
        return bool(held.params["stays"])
    else:
        _close(doing, held, row)
        return True
    return False


def _rename(doing: Work, held: Claim, row: Unit) -> None:
    wrong = Complaints()
    check_names(wrong, held.params["name"], held.params["short_name"], but=row.id)
    wrong.settle()
    keep_name(doing, row, held.params["name"])
    with changing(doing, SUBJECT, row, note=held.params["note"]):
        row.name, row.short_name = held.params["name"], held.params["short_name"]
    long_work.progress(held, doing.at, done=1)


def _tickets(doing: Work, held: Claim, row: Unit, heirs: Heirs) -> None:
    count, stuck, last = hand_over_tickets(doing, row.id, heirs, after=held.params["after"], most=STEP)
    if last is None:
        return long_work.progress(held, doing.at, done=0, step="PEOPLE", after=0)
    kept = [*held.params["stuck"], *stuck][:MOST_STUCK]
    return long_work.progress(held, doing.at, done=count - len(stuck), after=last, stuck=kept)


def _close(doing: Work, held: Claim, row: Unit) -> None:
    """End the unit, where nothing is left with it. Raises NotNow where somebody must look at what is."""
    left = open_tasks(row.id)
    if left:
        raise NotNow("unit_has_open_tasks", count=left)
    if row.active_to is None:
        with changing(doing, SUBJECT, row, SettingAction.CLOSED, held.params["note"]):
            row.active_to, row.successor_id = doing.today - timedelta(days=1), held.params["successor_id"]
    long_work.progress(held, doing.at, done=0)
