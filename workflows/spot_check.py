"""抽查: of last month's terminations and refusals some are looked into by somebody who had no part in them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, text, update

from workflows.engine import Work, choose_route, lead_of, lock, move, route_of, take_up, work
from workflows.errors import Invalid, NotNow
from workflows.model.application import ApplicationStep
from workflows.model.base import db
from workflows.model.secrets import box
from workflows.model.spot_check import WAITING, SpotCheck, last_month, undecided
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.sampling import drawn
from workflows.rules.states import ApplicationKind, ApplicationState, TicketState
from workflows.rules.vocabulary import CheckResult

#: Endings decided about in one go.
BATCH = 5_000
#: The moves by which a ticket ends so.
ENDING = ("grant_termination", "refuse")
#: The order to a unit whose termination was found improper.
ORDER = (2, "抽查：终止办理不当，系统自动签发")


def sample_endings() -> int:
    """Choose which of last month's terminations and refusals are looked into. Returns how many; never chooses twice.

    Of each unit, and of what no unit had, the share that is set, and no more of a month than is set.
    """
    with work(SYSTEM) as doing:
        begins, ends = last_month(doing.today)
        rows = db.session.execute(_ended(begins, ends)).all()
        groups = defaultdict(list)
        for row in rows:
            groups[row.ended_as, row.unit_id].append(row.ticket_id)
        limits = doing.ref.thresholds
        lots = box()
        chosen = set(drawn(groups, lambda key: lots.lot(f"ending {key}"), share=limits.check_share,
                           most=limits.check_most - _chosen_before(begins, ends)))
        if rows:
            db.session.execute(insert(SpotCheck), [_line(doing, row, chosen) for row in rows])
            db.session.execute(update(Ticket).where(Ticket.id.in_(chosen)).values(awaits_check=True),
                               execution_options={"synchronize_session": False})
        return len(chosen)


def _ended(begins: datetime, ends: datetime) -> Any:
    """What ended so in that time and was not decided about, each with who asked for it and who agreed."""
    by = and_(TicketEvent.ticket_id == Ticket.id, TicketEvent.at == Ticket.closed_at,
              TicketEvent.kind.in_(ENDING))
    asked = and_(Application.ticket_id == Ticket.id, Application.kind == str(ApplicationKind.TERMINATION),
                 Application.state == str(ApplicationState.GRANTED), Application.decided_at == Ticket.closed_at)
    agreed = select(func.array_agg(ApplicationStep.decided_by_id)).where(
        ApplicationStep.application_id == Application.id).scalar_subquery()
    return (
        select(Ticket.id.label("ticket_id"), Ticket.state.label("ended_as"), Ticket.closed_at.label("ended_at"),
               Assignment.unit_id, func.coalesce(Application.reason_code, Ticket.reject_code, "").label("reason_code"),
               TicketEvent.actor_name.label("by_name"), TicketEvent.actor_id, Ticket.refusal_by_id,
               Application.filed_by_id, agreed.label("agreed"))
        .join(TicketEvent, by).outerjoin(Application, asked)
        .outerjoin(Assignment, Assignment.id == Ticket.lead_assignment_id)
        .where(undecided(begins), Ticket.closed_at < ends)
        .order_by(Ticket.closed_at, Ticket.id).limit(BATCH).with_for_update(of=Ticket, skip_locked=True)
    )


def _chosen_before(begins: datetime, ends: datetime) -> int:
    return db.session.scalar(
        select(func.count()).select_from(SpotCheck)
        .where(SpotCheck.to_check, SpotCheck.ended_at >= begins, SpotCheck.ended_at < ends)
    )


def _line(doing: Work, row: Any, chosen: set[int]) -> dict[str, Any]:
    by = {row.actor_id, row.refusal_by_id, row.filed_by_id, *(row.agreed or ())} - {None}
    return {"ticket_id": row.ticket_id, "unit_id": row.unit_id, "ended_as": row.ended_as, "ended_at": row.ended_at,
            "reason_code": row.reason_code, "by_ids": sorted(by), "by_name": row.by_name, "sampled_at": doing.at,
            "to_check": row.ticket_id in chosen}


def check_ending(
    no: str, actor: Actor, *, result: CheckResult, note: str, version: int | None = None
) -> Ticket:
    """Say whether a termination or refusal was proper (抽查); an improper one is handled again.

    Raises NotNow to whoever asked for it or agreed to it, Invalid without a note.
    """
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "check_ending", assignment=lead_of(ticket), note=note, data={"result": str(result)})
        row = _waiting(ticket)
        if actor.user_id in row.by_ids:
            raise NotNow("checked_by_another")
        row.checked_at, row.checked_by_id, row.checked_by = doing.at, actor.user_id, actor.name
        row.proper, row.note, ticket.awaits_check = result is CheckResult.PROPER, note, False
        if not row.proper:
            if ticket.state == TicketState.REJECTED:
                ticket.reject_code, ticket.reject_route, ticket.refusal_by_id = None, "", None
                ticket.route = route_of(choose_route(doing, ticket))
            take_up(doing.by_system(), ticket, "overturn", note, order=ORDER)
        return ticket


def _waiting(ticket: Ticket) -> SpotCheck:
    return db.session.scalars(
        select(SpotCheck).where(SpotCheck.ticket_id == ticket.id, text(WAITING))
        .with_for_update().execution_options(populate_existing=True)
    ).one()
