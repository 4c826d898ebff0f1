"""The daily job: what ended long enough ago, with nothing open, is archived."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, insert, or_, select
from sqlalchemy.orm import aliased

from workflows.archive.packing import canonical, gather
from workflows.engine import move, work
from workflows.engine.work import Work
from workflows.model.archive import Archive
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask
from workflows.model.spot_check import last_month, undecided
from workflows.model.ticket import Application, Ticket
from workflows.model.withdrawal import Withdrawal
from workflows.rules.roles import SYSTEM
from workflows.rules.states import OPEN_STATES, ApplicationState, TicketState

BATCH = 200


def archive_ended(batch: int = BATCH) -> int:
    """Archive everything that is due for it, a batch a transaction. Returns how many; run twice it archives once."""
    total = 0
    while done := _batch(batch):
        total += done
    return total


def _batch(batch: int) -> int:
    with work(SYSTEM) as doing:
        tickets = _due(doing, batch)
        packed = gather([ticket.id for ticket in tickets]) if tickets else {}
        rows = [_put_away(doing, ticket, packed[ticket.id]) for ticket in tickets]
        if rows:
            db.session.flush()
            db.session.execute(insert(Archive.__table__), rows)
        return len(tickets)


def _due(doing: Work, batch: int) -> Sequence[Ticket]:
    """Tickets that ended long ago, locked; none that may still be reopened, followers only after their master."""
    days = doing.ref.thresholds
    waited = timedelta(days=max(days.archive_days, days.reopen_days))
    master = aliased(Ticket)
    is_open = (
        exists().where(Clock.ticket_id == Ticket.id, Clock.stopped_at.is_(None)),
        exists().where(CallbackTask.ticket_id == Ticket.id, CallbackTask.done_at.is_(None)),
        exists().where(Application.ticket_id == Ticket.id, Application.state == str(ApplicationState.FILED)),
        exists().where(Withdrawal.ticket_id == Ticket.id, Withdrawal.sampled_at.is_(None),
                       Ticket.state == str(TicketState.WITHDRAWN)),
        undecided(last_month(doing.today)[0]),
        exists().where(master.id == Ticket.master_id, master.state != str(TicketState.ARCHIVED)),
    )
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.closed_at <= doing.at - waited, Ticket.state != str(TicketState.ARCHIVED),
               Ticket.state.not_in(sorted(map(str, OPEN_STATES))), ~Ticket.awaits_call, ~Ticket.awaits_check,
               ~or_(*is_open), or_(Ticket.reopen_until.is_(None), Ticket.reopen_until <= doing.at))
        .order_by(Ticket.closed_at, Ticket.id).limit(batch)
        .with_for_update(of=Ticket, skip_locked=True).execution_options(populate_existing=True)
    ).all()


def _put_away(doing: Work, ticket: Ticket, tables: dict[str, Any]) -> dict[str, Any]:
    """Archive one; what is written of it."""
    package, before = canonical(tables), ticket.state
    move(doing, ticket, "archive", data={"sha256": hashlib.sha256(package.encode()).hexdigest()})
    return {"ticket_id": ticket.id, "ticket_no": ticket.no, "archived_at": doing.at, "state_before": before,
            "package": package}
