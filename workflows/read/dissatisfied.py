"""不满意台账: the matters whose callers were not content in a period, and by what each is cleared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from workflows.model.base import db, now
from workflows.model.feedback import Evaluation
from workflows.model.petition import Petition
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.periods import Period
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.clearing import ClearedBy, Dissatisfied, cleared_by
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import NEGATIVE, Solved
from workflows.rules.vocabulary import CloseType
from workflows.scope import counted_for, visible_to

_EITHER = (False, True)


@dataclass(frozen=True, kw_only=True)
class DissatisfiedRow(TicketRow):
    """A line of the ledger: whose it was, how often they were not content in the period, when and why at last."""

    unit_id: int
    times: int
    finished_at: datetime
    reason_code: str | None
    cleared: ClearedBy | None


def ledger_counts(actor: Actor, first: date, last: date) -> dict[ClearedBy | None, int]:
    """How many matters of a period were cleared by what; None: those that wait. They add up to the whole ledger."""
    found: dict[ClearedBy | None, int] = dict.fromkeys((*ClearedBy, None), 0)
    matters = _matters(actor, Period(first, last))
    facts = _facts(matters)
    rows = select(*facts, func.count()).select_from(matters).join(Ticket, Ticket.id == matters.c.ticket_id)
    for *known, n in db.session.execute(rows.group_by(*facts)):
        found[_way(known)] += n
    return found


def ledger(
    actor: Actor, first: date, last: date, way: ClearedBy | None, *, after: str | None = None, size: int = SIZE
) -> Page[DissatisfiedRow]:
    """The matters of a period cleared so, or those that wait, the latest first."""
    step = walk(after, datetime, int, size=size, descending=True)
    matters = _matters(actor, Period(first, last))
    place = matters.c.finished_at, matters.c.evaluation_id
    rows = db.session.execute(
        select(*TICKET_COLUMNS, matters.c.unit_id, matters.c.times, matters.c.finished_at, matters.c.evaluation_id,
               matters.c.reason_code)
        .join(matters, matters.c.ticket_id == Ticket.id)
        .where(visible_to(actor), tuple_(*_facts(matters)).in_(_leading_to(way)), *step.where(*place))
        .order_by(*step.order(*place)).limit(step.limit)
    ).all()
    make = line_maker(DissatisfiedRow, reference(), now(), cleared=lambda _row: way)
    return step.page(rows, make, key=lambda row: (row.finished_at, row.evaluation_id))


def _matters(actor: Actor, period: Period) -> Subquery:
    """Of each ticket whose caller was not content in the period, the last time that was so."""
    every: Select[Any] = (
        select(
            Evaluation.ticket_id, Evaluation.id.label("evaluation_id"), Evaluation.unit_id, Evaluation.round,
            Evaluation.finished_at, Evaluation.reason_code,
            Evaluation.excluded_at.is_not(None).label("excluded"),
            func.count().over(partition_by=Evaluation.ticket_id).label("times"),
        )
        .where(period.holds(Evaluation.finished_at), _not_content(Evaluation), counted_for(actor, Evaluation.unit_id))
        .ext(distinct_on(Evaluation.ticket_id)).order_by(Evaluation.ticket_id, Evaluation.round.desc())
    )
    return every.subquery("matters")


def _not_content(row: type[Evaluation]) -> ColumnElement[bool]:
    grade, solved = func.coalesce(row.satisfaction, ""), func.coalesce(row.solved, "")
    return and_(row.valid, or_(grade.in_(sorted(map(str, NEGATIVE))), solved == str(Solved.UNSOLVED)))


def _facts(matters: Subquery) -> tuple[ColumnElement[Any], ...]:
    """What `rules.clearing` asks about a matter, in the order of its fields."""
    later = aliased(Evaluation)
    content = exists().where(later.ticket_id == matters.c.ticket_id, later.round > matters.c.round, later.valid,
                             ~_not_content(later))
    petitioned = exists().where(Petition.ticket_id == matters.c.ticket_id)
    return content, matters.c.excluded, func.coalesce(Ticket.close_type, ""), petitioned


def _way(facts: Any) -> ClearedBy | None:
    content, excluded, close_type, petitioned = facts
    return cleared_by(Dissatisfied(content, excluded, close_type or None, petitioned))


def _leading_to(way: ClearedBy | None) -> list[tuple[Any, ...]]:
    """All there may be known of a matter by which the rule says this of it: the list needs no second rule in SQL."""
    every = product(_EITHER, _EITHER, ("", *map(str, CloseType)), _EITHER)
    return [facts for facts in every if _way(facts) is way]

