"""剔除台账: the evaluations two persons took out of the rates, each with its class, its unit and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows.model.application import ApplicationStep
from workflows.model.base import db, now
from workflows.model.reference import reference
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind, ApplicationState
from workflows.scope import counted_for, visible_to


@dataclass(frozen=True, kw_only=True)
class ExclusionRow(TicketRow):
    """An evaluation that was excluded; `deciders` in the order they decided."""

    unit_id: int
    reason_code: str
    basis: str
    filed_at: datetime
    filed_by: str
    decided_at: datetime
    deciders: str


def exclusions(
    actor: Actor, *, unit_id: int | None = None, after: str | None = None, size: int = SIZE
) -> Page[ExclusionRow]:
    """What was excluded, the latest first; a unit sees its own."""
    step = walk(after, datetime, int, size=size, descending=True)
    wanted = [Application.kind == str(ApplicationKind.EXCLUSION), Application.state == str(ApplicationState.GRANTED),
              counted_for(actor, Assignment.unit_id)]
    if unit_id is not None:
        wanted.append(Assignment.unit_id == unit_id)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Application.id.label("application_id"), Application.reason_code, Application.basis,
               Application.filed_at, Application.filed_by, Application.decided_at, Assignment.unit_id)
        .join(Application, Application.ticket_id == Ticket.id)
        .join(Assignment, Assignment.id == Application.assignment_id)
        .where(visible_to(actor), *wanted, *step.where(Application.decided_at, Application.id))
        .order_by(*step.order(Application.decided_at, Application.id))
        .limit(step.limit)
    ).all()
    names = _deciders([row.application_id for row in rows])
    make = line_maker(ExclusionRow, reference(), now(), deciders=lambda row: names.get(row.application_id, ""))
    return step.page(rows, make, key=lambda row: (row.decided_at, row.application_id))


def _deciders(application_ids: list[int]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(ApplicationStep.application_id, ApplicationStep.decided_by)
        .where(ApplicationStep.application_id.in_(application_ids)).order_by(ApplicationStep.position)
    ):
        found.setdefault(row.application_id, []).append(row.decided_by)
    return {key: "、".join(names) for key, names in found.items()}
