"""The SQL of the indicators, made from their definitions (`rules.indicators`): what each word of them is in our tables.

A cohort is the rows of one population, with everything that may be a hit on them; a number and the tickets behind it
are two questions to the same cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Interval, Numeric, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from workflows.model.application import Suspension
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask, Evaluation
from workflows.model.reference import reference
from workflows.model.reply import Reply
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket, TicketIdentity
from workflows.model.withdrawal import Withdrawal
from workflows.rules.indicators import (
    CAME_BACK,
    INDICATOR,
    SECOND_CALL,
    Anchor,
    Figure,
    Hit,
    Population,
    Thing,
    Without,
)
from workflows.rules.limits import ClockCode
from workflows.rules.satisfaction import Definition, Policy, Rate, definitions
from workflows.rules.states import ApplicationKind, ApplicationState, AssignmentRole, AssignmentState, TicketState
from workflows.rules.vocabulary import Anonymity, CallBasis

#: The three rates are counted by a table of their own (`satisfaction.definitions`).
_RATES = {Hit.CONTACTED: Rate.RESPONSE, Hit.SOLVED: Rate.SOLVED, Hit.SATISFIED: Rate.SATISFIED}


@dataclass(frozen=True)
class Cohort:
    """The rows of a population: each row's key, ticket, unit and moment, and what it adds to each numerator."""

    key: ColumnElement[int]
    ticket_id: ColumnElement[int]
    unit_id: ColumnElement[int | None]
    anchor: ColumnElement[datetime]
    conditions: tuple[ColumnElement[bool], ...]
    hits: Mapping[Figure, ColumnElement]


@dataclass(frozen=True)
class _Asked:
    """What the words are to be understood by: the switches, and now."""

    policy: Policy
    at: datetime


Words = Callable[[_Asked], ColumnElement[bool]]


def cohorts(figures: tuple[Figure, ...], policy: Policy, at: datetime) -> list[Cohort]:
    """Of the indicators asked for, those of one population together."""
    together: dict[tuple[Population, Rate | None], list[Figure]] = {}
    for figure in figures:
        indicator = INDICATOR[figure]
        together.setdefault((indicator.population, _RATES.get(indicator.hit)), []).append(figure)
    asked = _Asked(policy, at)
    return [
        _rated(rate, found[0], policy) if rate else _cohort(population, found, asked)
        for (population, rate), found in together.items()
    ]


def _cohort(population: Population, figures: list[Figure], asked: _Asked) -> Cohort:
    thing = population.thing
    key, ticket_id, unit_id = _THINGS[thing]
    if population.of_hotline:
        unit_id = literal(reference().hotline_unit_id)
    conditions = [_LEFT_OUT[thing, word](asked) for word in population.without]
    if population.clocks:
        conditions.append(Clock.code.in_([str(code) for code in population.clocks]))
    hits = {figure: case((_HITS[thing, INDICATOR[figure].hit](asked), 1), else_=0) for figure in figures}
    return Cohort(key, ticket_id, unit_id, _ANCHORS[thing, population.anchor], tuple(conditions), hits)


# --- the three rates


def _rated(rate: Rate, figure: Figure, policy: Policy) -> Cohort:
    """Of the call-backs finished in the period, those a rate counts.

    Those of merged callers count as one with their master's, by the first of them and with their mean (§7.5).
    """
    definition = definitions(policy)[rate]
    counts, worth = _counts(Evaluation, definition), _worth(Evaluation, definition)
    if policy.merged_once:
        other = aliased(Evaluation)
        together = and_(other.master_id == Evaluation.master_id, other.round == Evaluation.round,
                        *_counts(other, definition))
        not_first = exists().where(together, other.id < Evaluation.id)
        mean = select(func.avg(_worth(other, definition))).where(together).correlate(Evaluation).scalar_subquery()
        shared = Evaluation.master_id.is_not(None)
        counts.append(or_(~shared, ~not_first))
        worth = case((shared, mean), else_=worth)
    return Cohort(*_THINGS[Thing.ANSWER], Evaluation.finished_at, tuple(counts), {figure: cast(worth, Numeric)})


def _counts(row: type[Evaluation], definition: Definition) -> list[ColumnElement[bool]]:
    """Whether an answer is in a rate's denominator."""
    conditions = [row.valid, row.excluded_at.is_(None), row.kind.in_(sorted(definition.kinds))]
    if definition.named_only:
        conditions += [row.anonymity != str(Anonymity.ANONYMOUS), row.need_reply]
    if definition.counted is not None:
        conditions.append(getattr(row, definition.answer).in_(sorted(str(c) for c in definition.counted)))
    return conditions


def _worth(row: type[Evaluation], definition: Definition) -> ColumnElement:
    """What an answer adds to the numerator."""
    answer = getattr(row, definition.answer)
    return case(*((answer == _plain(a), literal(_exact(w), Numeric)) for a, w in definition.weights.items()), else_=0)


def _exact(weight: Fraction) -> Decimal:
    """As a number of the database that means of it are exact in, not a double."""
    return Decimal(weight.numerator) / weight.denominator


def _plain(answer: object) -> object:
    return answer if isinstance(answer, bool) else str(answer)


# --- the words


def _always(condition: ColumnElement[bool]) -> Words:
    return lambda _asked: condition


def _on_time(asked: _Asked) -> ColumnElement[bool]:
    return Clock.stopped_at <= (Clock.due_original if asked.policy.by_first_due else Clock.due_at)


def _answered_in_time(asked: _Asked) -> ColumnElement[bool]:
    theirs = exists().where(
        Clock.ticket_id == Assignment.ticket_id, Clock.assignment_id == Assignment.id,
        Clock.code == str(ClockCode.HANDLING), ~Clock.void, _on_time(asked),
    )
    return and_(Assignment.replied_at.is_not(None), theirs)


def _late(asked: _Asked) -> ColumnElement[bool]:
    return or_(Clock.stopped_at.is_(None), ~_on_time(asked))


def _asked_for(kind: ApplicationKind, *more: ColumnElement[bool]) -> Words:
    return _always(exists().where(Application.assignment_id == Assignment.id, Application.kind == str(kind), *more))


def _again(since: ColumnElement[datetime], within: timedelta) -> ColumnElement[bool]:
    """Whether the same caller has asked about the same matter once more since then."""
    until = since + literal(within, Interval)
    mine, theirs, other = aliased(TicketIdentity), aliased(TicketIdentity), aliased(Ticket)
    return exists().where(
        mine.ticket_id == Ticket.id, theirs.caller_key == mine.caller_key, other.id == theirs.ticket_id,
        other.category_id == Ticket.category_id, other.created_at > since, other.created_at <= until,
        other.state != str(TicketState.DRAFT),
    )


def _known_caller() -> ColumnElement[bool]:
    mine = aliased(TicketIdentity)
    return exists().where(mine.ticket_id == Ticket.id, mine.caller_key.is_not(None))


_GIVEN_BACK = Assignment.state.in_([str(AssignmentState.RETURNED), str(AssignmentState.RECALLED)])
_SENT_BACK = exists().where(Reply.assignment_id == Assignment.id, Reply.decision == "SENT_BACK")
#: Refused for good: what was only asked to be refused is not decided, what was taken on after all has no code left.
_REFUSED = and_(Ticket.reject_code.is_not(None), Ticket.closed_at.is_not(None))


def _ended(ticket_id: ColumnElement[int]) -> Words:
    """The ticket ended with an answer."""
    ticket = aliased(Ticket)
    return _always(exists().where(ticket.id == ticket_id, ticket.close_type.is_not(None)))


_THINGS: Mapping[Thing, tuple[Any, Any, Any]] = {
    Thing.REQUEST: (Ticket.id, Ticket.id, Ticket.lead_unit_id),
    Thing.TASK: (Assignment.id, Assignment.ticket_id, Assignment.unit_id),
    Thing.CLOCK: (Clock.id, Clock.ticket_id, Clock.unit_id),
    Thing.CALL: (CallbackTask.id, CallbackTask.ticket_id,
                 select(Assignment.unit_id).where(Assignment.id == CallbackTask.assignment_id).scalar_subquery()),
    Thing.ANSWER: (Evaluation.id, Evaluation.ticket_id, Evaluation.unit_id),
    Thing.ORDER: (SupervisionOrder.id, SupervisionOrder.ticket_id, SupervisionOrder.unit_id),
    Thing.LEDGER_LINE: (Suspension.id, Suspension.ticket_id, Suspension.unit_id),
    Thing.WITHDRAWAL: (Withdrawal.id, Withdrawal.ticket_id, Withdrawal.unit_id),
}
_ANCHORS: Mapping[tuple[Thing, Anchor], Any] = {
    (Thing.REQUEST, Anchor.CREATED): Ticket.created_at,
    (Thing.REQUEST, Anchor.CLOSED): Ticket.closed_at,
    (Thing.TASK, Anchor.DISPATCHED): Assignment.dispatched_at,
    (Thing.TASK, Anchor.REPLIED): Assignment.replied_at,
    (Thing.CLOCK, Anchor.DUE): Clock.due_at,
    (Thing.CALL, Anchor.TO_RING): CallbackTask.created_at,
    (Thing.ANSWER, Anchor.RUNG): Evaluation.finished_at,
    (Thing.ORDER, Anchor.ISSUED): SupervisionOrder.issued_at,
    (Thing.LEDGER_LINE, Anchor.SUSPENDED): Suspension.granted_at,
    (Thing.WITHDRAWAL, Anchor.CHECKED): Withdrawal.checked_at,
}
#: What is left once the word's things are left out.
_LEFT_OUT: Mapping[tuple[Thing, Without], Words] = {
    (Thing.REQUEST, Without.DRAFTS): _always(Ticket.state != str(TicketState.DRAFT)),
    (Thing.REQUEST, Without.REFUSED): _always(~_REFUSED),
    (Thing.REQUEST, Without.ANSWERED_LATER): _always(Ticket.direct_answer != ""),
    (Thing.REQUEST, Without.UNKNOWN_CALLER): lambda _asked: _known_caller(),
    (Thing.REQUEST, Without.TOO_YOUNG): lambda asked: Ticket.created_at <= literal(asked.at - SECOND_CALL),
    (Thing.REQUEST, Without.ENDED_OTHERWISE): _always(Ticket.close_type.is_not(None)),
    (Thing.TASK, Without.CO_TASKS): _always(Assignment.role == str(AssignmentRole.LEAD)),
    (Thing.TASK, Without.GIVEN_BACK): _always(~_GIVEN_BACK),
    (Thing.TASK, Without.LATER_TASKS): _always(Assignment.path == "1"),
    (Thing.CLOCK, Without.VOID): _always(~Clock.void),
    (Thing.CLOCK, Without.RUNNING): lambda asked: or_(Clock.stopped_at.is_not(None), Clock.due_at <= asked.at),
    # one past its due whose extension was asked for in time is judged when that is decided
    (Thing.CLOCK, Without.UNDECIDED): _always(or_(Clock.held_since.is_(None), Clock.stopped_at <= Clock.due_at)),
    (Thing.ORDER, Without.LAPSED): _always(SupervisionOrder.lapsed_at.is_(None)),
    (Thing.CALL, Without.NOT_DRAWN): _always(CallbackTask.basis != str(CallBasis.NOT_DRAWN)),
    (Thing.ANSWER, Without.INVALID): _always(Evaluation.valid),
    (Thing.ANSWER, Without.NEVER_RUNG): _always(Evaluation.attempts > 0),
    (Thing.WITHDRAWAL, Without.UNASKED): _always(Withdrawal.pressed.is_not(None)),
}
_HITS: Mapping[tuple[Thing, Hit], Words] = {
    (Thing.REQUEST, Hit.ONE_ROUND): _always(Ticket.round == 1),
    (Thing.REQUEST, Hit.CAME_BACK): lambda _asked: _again(Ticket.closed_at, CAME_BACK),
    (Thing.REQUEST, Hit.NO_SECOND_CALL): lambda _asked: ~_again(Ticket.created_at, SECOND_CALL),
    (Thing.REQUEST, Hit.AT_ONCE): _always(Ticket.direct_answer != ""),
    (Thing.REQUEST, Hit.MERGED): _always(Ticket.master_id.is_not(None)),
    (Thing.REQUEST, Hit.REFUSED): _always(_REFUSED),
    (Thing.REQUEST, Hit.WITHHELD): _always(Ticket.anonymity == str(Anonymity.WITHHELD)),
    (Thing.TASK, Hit.CLOSED): _ended(Assignment.ticket_id),
    (Thing.TASK, Hit.ANSWERED_IN_TIME): _answered_in_time,
    (Thing.TASK, Hit.EXTENDED): _always(Assignment.extension_count > 0),
    (Thing.TASK, Hit.SUSPENDED): _always(Assignment.suspension_count > 0),
    (Thing.TASK, Hit.TERMINATED): _asked_for(ApplicationKind.TERMINATION,
                                             Application.state == str(ApplicationState.GRANTED)),
    (Thing.TASK, Hit.RETURN_ASKED): _asked_for(ApplicationKind.RETURN),
    (Thing.TASK, Hit.RETURN_REFUSED): _asked_for(ApplicationKind.RETURN,
                                                 Application.state == str(ApplicationState.REFUSED)),
    (Thing.TASK, Hit.WITHDRAWN): _always(exists().where(Withdrawal.assignment_id == Assignment.id)),
    (Thing.TASK, Hit.SENT_BACK): _always(_SENT_BACK),
    (Thing.TASK, Hit.REDONE): _always(Assignment.round > 1),
    (Thing.TASK, Hit.REDONE_EITHER_WAY): _always(or_(Assignment.round > 1, _SENT_BACK)),
    (Thing.TASK, Hit.KEPT): _always(~_GIVEN_BACK),
    (Thing.CLOCK, Hit.IN_TIME): _on_time,
    (Thing.CLOCK, Hit.LATE): _late,
    (Thing.CLOCK, Hit.CLOSED): _ended(Clock.ticket_id),
    (Thing.CALL, Hit.TRIED): _always(CallbackTask.attempts > 0),
    (Thing.ANSWER, Hit.TAKEN_OUT): _always(Evaluation.excluded_at.is_not(None)),
    (Thing.ANSWER, Hit.VALID): _always(Evaluation.valid),
    (Thing.ORDER, Hit.ACCOUNTED): _always(SupervisionOrder.answered_at.is_not(None)),
    (Thing.LEDGER_LINE, Hit.CLEARED): _always(Suspension.cleared_at.is_not(None)),
    (Thing.WITHDRAWAL, Hit.PRESSED): _always(Withdrawal.pressed),
}
