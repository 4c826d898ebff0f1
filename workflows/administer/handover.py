"""What a unit leaves behind when it is closed, merged or split: its open tasks, its rules and its people.

What is over stays with the unit that did it, in history and figures; what runs goes on under its successor by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, text, update

from workflows.administer.books import changing, created
from workflows.administer.trees import move_under
from workflows.administer.validity import end_row, replace_row
from workflows.engine import Work, accused, note_event
from workflows.model.application import ApplicationStep, Suspension
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.conference import ConferenceOpinion
from workflows.model.directory import Unit, User
from workflows.model.relay import Relay
from workflows.model.settings import CatalogueRule, LadderStep, LimitRule, SignOffRule
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import OPEN, Application, Assignment, Ticket
from workflows.rules.roles import Role
from workflows.rules.states import LIVE_STATES
from workflows.rules.succession import ANYTHING, Heirs
from workflows.rules.vocabulary import SettingAction, SettingSubject

_LIVE = [str(state) for state in LIVE_STATES]
_QUIETLY = {"synchronize_session": False}
#: What makes two rules of different units the same rule.
_SAME_LIMIT = ("code", "stage", "kind", "category_id", "urgency", "enterprise")
_SAME_STEP = ("code", "level")


def open_tasks(unit_id: int) -> int:
    """How many tasks of the unit are not over."""
    return db.session.scalar(
        select(func.count()).select_from(Assignment).where(Assignment.unit_id == unit_id, Assignment.state.in_(_LIVE))
    )


def concerned(unit_id: int) -> Any:
    """Open tickets that name the unit: it has a task of theirs, is invited to confer, or is accused."""
    tasks = select(Assignment.ticket_id).where(Assignment.unit_id == unit_id, Assignment.state.in_(_LIVE))
    seats = select(ConferenceOpinion.ticket_id).where(ConferenceOpinion.unit_id == unit_id,
                                                      ConferenceOpinion.ended_at.is_(None))
    accuses = (Ticket.respondent_unit_id == unit_id) & text(f"ticket.{OPEN}")
    return or_(Ticket.id.in_(tasks), Ticket.id.in_(seats), accuses)


def place_of(work: Work, ticket: Ticket) -> tuple[str, str]:
    """The paths of a ticket's matter and place."""
    category, area = work.ref.categories.get(ticket.category_id), work.ref.areas.get(ticket.area_id)
    return category.path if category else ANYTHING, area.path if area else ANYTHING


def hand_over_tickets(doing: Work, unit_id: int, heirs: Heirs, *, after: int = 0, most: int | None = None
                      ) -> tuple[int, list[str], int | None]:
    """Give open tasks, with their running clocks as they are, to the heirs; each ticket's history says so.

    Takes the first `most` tickets behind one of key `after`. Returns how many, the numbers of those nobody may have,
    whose heir is the unit they accuse, and the key to go on behind, None where nothing is left.
    """
    tickets = db.session.scalars(
        select(Ticket).where(concerned(unit_id), Ticket.id > after).order_by(Ticket.id).limit(most)
        .with_for_update(of=Ticket).execution_options(populate_existing=True)
    ).unique().all()
    stuck = [ticket.no for ticket in tickets if not _hand_over(doing, ticket, unit_id, heirs)]
    return len(tickets), stuck, tickets[-1].id if tickets else None


def _hand_over(doing: Work, ticket: Ticket, unit_id: int, heirs: Heirs) -> bool:
    """Give what the unit has of one ticket to its heir; False where the heir is accused by it and gets no task."""
    heir = heirs.of(*place_of(doing, ticket))
    if heir is None:
        return True
    if ticket.respondent_unit_id == unit_id:
        ticket.respondent_unit_id = heir
        _tell(doing, ticket, "respondent_changed", unit_id, heir)
    _give_seat(doing, ticket, unit_id, heir)
    # read under the ticket's lock: a task may have ended while we waited for it
    tasks = db.session.scalars(
        select(Assignment)
        .where(Assignment.ticket_id == ticket.id, Assignment.unit_id == unit_id, Assignment.state.in_(_LIVE))
        .execution_options(populate_existing=True)
    ).all()
    if tasks and heir in accused(doing, ticket):
        return False
    keys = [task.id for task in tasks]
    _give_orders(keys, heir)
    _give_clocks(keys, unit_id, heir)
    _give_applications(keys, heir)
    for task in tasks:
        task.unit_id = heir
        if ticket.lead_assignment_id == task.id:
            ticket.lead_unit_id = heir
        _tell(doing, ticket, "handed_over", unit_id, heir, task)
        doing.tell("handed_over", ticket, unit_id=heir, role=Role.UNIT_CLERK)
    return True


def _tell(doing: Work, ticket: Ticket, kind: str, unit_id: int, heir: int, task: Assignment | None = None) -> None:
    ticket.version += 1
    ticket.changed_at = doing.at
    note_event(doing, ticket, kind, before=ticket.state, assignment=task,
               data={"from_unit_id": unit_id, "unit_id": heir})


def _give_seat(doing: Work, ticket: Ticket, unit_id: int, heir: int) -> None:
    """The heir sits in the conference the unit was invited to, once."""
    if unit_id not in ticket.invited_unit_ids:
        return
    others = [invited for invited in ticket.invited_unit_ids if invited != unit_id]
    ticket.invited_unit_ids = others if heir in others else [*others, heir]
    changed = {"ended_at": doing.at} if heir in others else {"unit_id": heir}
    db.session.execute(
        update(ConferenceOpinion)
        .where(ConferenceOpinion.ticket_id == ticket.id, ConferenceOpinion.unit_id == unit_id,
               ConferenceOpinion.ended_at.is_(None)).values(changed),
        execution_options=_QUIETLY,
    )
    _tell(doing, ticket, "handed_over", unit_id, heir)


def _give_orders(task_ids: Sequence[int], successor_id: int) -> None:
    order = SupervisionOrder
    db.session.execute(
        update(order)
        .where(order.assignment_id.in_(task_ids), order.answered_at.is_(None), order.lapsed_at.is_(None))
        .values(unit_id=successor_id),
        execution_options=_QUIETLY,
    )


def _give_clocks(task_ids: Sequence[int], unit_id: int, successor_id: int) -> None:
    db.session.execute(
        update(Clock)
        .where(Clock.assignment_id.in_(task_ids), Clock.unit_id == unit_id,
               or_(Clock.stopped_at.is_(None), Clock.void))  # void: of a suspended task, to run on some day
        .values(unit_id=successor_id),
        execution_options=_QUIETLY,
    )


def _give_applications(task_ids: Sequence[int], successor_id: int) -> None:
    """What waits for the leader of the unit waits for its successor's, and so do its questions and its ledger."""
    asked = select(Application.id).where(Application.assignment_id.in_(task_ids))
    step = ApplicationStep
    for found in (
        update(step).where(step.application_id.in_(asked), step.unit_id.is_not(None), step.decided_at.is_(None)),
        update(Relay).where(Relay.assignment_id.in_(task_ids), Relay.done_at.is_(None), Relay.lapsed_at.is_(None)),
        update(Suspension).where(Suspension.assignment_id.in_(task_ids), Suspension.cleared_at.is_(None)),
    ):
        db.session.execute(found.values(unit_id=successor_id), execution_options=_QUIETLY)


def hand_over_rules(doing: Work, unit_id: int, heirs: Heirs) -> int:
    """End the unit's lines of the catalogue, its limits and steps of the ladder; its heirs have them from today on.

    What stays with the unit stays as it is. Returns how many rules were touched.
    """
    lines, limits, steps = (_in_force(kind, unit_id) for kind in (CatalogueRule, LimitRule, LadderStep))
    for line in lines:
        _give_line(doing, line, heirs)
    _give_help(doing, unit_id, heirs)
    if heirs.rest is None and heirs.shares:
        return len(lines)
    owned = ((SettingSubject.LIMIT, limits, _SAME_LIMIT), (SettingSubject.LADDER, steps, _SAME_STEP))
    for subject, rules, same in owned:
        for rule in rules:
            for heir in heirs.units:
                _copy_for(doing, subject, rule, heir, same)
            end_row(doing, subject, rule, doing.today - timedelta(days=1))
    _give_sign_offs(doing, unit_id, heirs.rest)
    return len(lines) + len(limits) + len(steps)


def _give_line(doing: Work, line: CatalogueRule, heirs: Heirs) -> None:
    where = _where(doing, line)
    for matter, place, heir in heirs.inside(*where):
        created(doing, SettingSubject.CATALOGUE, _copy(line, doing, category_id=_key(matter), area_id=_key(place),
                                                       unit_id=heir))
    heir = heirs.of(*where)
    if heir is not None:
        replace_row(doing, SettingSubject.CATALOGUE, line, {"unit_id": heir}, max(doing.today, line.valid_from))
    elif not heirs.shares:
        end_row(doing, SettingSubject.CATALOGUE, line, doing.today - timedelta(days=1))


def _give_help(doing: Work, unit_id: int, heirs: Heirs) -> None:
    """Where the unit was to help another, its heir is; nobody where it has none, or the heir leads."""
    helped = (CatalogueRule.co_unit_ids.contains([unit_id]), CatalogueRule.valid_to.is_(None))
    for line in db.session.scalars(select(CatalogueRule).where(*helped)).all():
        heir = heirs.of(*_where(doing, line))
        if heir is None and heirs.shares:
            continue
        beside = dict.fromkeys(heir if key == unit_id else key for key in line.co_unit_ids)
        kept = [key for key in beside if key not in (None, line.unit_id)]
        replace_row(doing, SettingSubject.CATALOGUE, line, {"co_unit_ids": kept}, max(doing.today, line.valid_from))


def _where(doing: Work, line: CatalogueRule) -> tuple[str, str]:
    return (doing.ref.categories[line.category_id].path if line.category_id else ANYTHING,
            doing.ref.areas[line.area_id].path if line.area_id else ANYTHING)


def _key(path: str) -> int | None:
    """The key of the node a path leads to; None for all."""
    return int(path.strip("/").rpartition("/")[2]) if path != ANYTHING else None


def _copy(rule: Any, doing: Work, **changes: Any) -> Any:
    kept = {column.key: getattr(rule, column.key) for column in type(rule).__table__.columns if column.key != "id"}
    return type(rule)(**kept | {"valid_from": max(doing.today, rule.valid_from), "version": 1} | changes)


def _copy_for(doing: Work, subject: SettingSubject, rule: Any, heir: int, same: Iterable[str]) -> None:
    """The heir's own rule of the same name goes before the one it inherits."""
    kind = type(rule)
    alike = [getattr(kind, name).is_not_distinct_from(getattr(rule, name)) for name in same]
    if db.session.scalar(select(kind.id).where(kind.unit_id == heir, kind.valid_to.is_(None), *alike).limit(1)) is None:
        created(doing, subject, _copy(rule, doing, unit_id=heir))


def _give_sign_offs(doing: Work, unit_id: int, heir: int | None) -> None:
    if heir is None:
        return
    owned = set(db.session.scalars(select(SignOffRule.kind).where(SignOffRule.unit_id == heir)))
    for rule in db.session.scalars(select(SignOffRule).where(SignOffRule.unit_id == unit_id)).all():
        if rule.kind not in owned:
            with changing(doing, SettingSubject.SIGN_OFF, rule):
                rule.unit_id = heir


def hand_over_people(doing: Work, unit_id: int, heir: int | None, named: Mapping[str, int] | None = None) -> int:
    """People of the unit, with their roles, and the units below it belong to the heir from now on. Returns how many.

    Those `named`, by account, go to a unit of their own; without an heir all the others stay.
    """
    own = named or {}
    people = db.session.scalars(select(User).where(User.unit_id == unit_id, User.active)).all()
    moved = [(person, own.get(person.account, heir)) for person in people if heir is not None or person.account in own]
    for person, whereto in moved:
        with changing(doing, SettingSubject.USER, person, SettingAction.MOVED):
            person.unit_id = whereto
    if heir is None:
        return len(moved)
    above = db.session.get(Unit, heir, populate_existing=True)
    for below in db.session.scalars(select(Unit).where(Unit.parent_id == unit_id, Unit.active_to.is_(None))).all():
        with changing(doing, SettingSubject.UNIT, below, SettingAction.MOVED):
            move_under(below, above)
    return len(moved)


def _in_force(kind: type, unit_id: int) -> Sequence:
    return db.session.scalars(select(kind).where(kind.unit_id == unit_id, kind.valid_to.is_(None))).all()
