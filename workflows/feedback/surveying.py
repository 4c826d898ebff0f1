"""无法联系: who was rung in vain is written to, and has some days to answer before the ticket closes (E33)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from workflows.engine import Work, account_of, end_ticket, lead_of, lock_followed, note_event, reached, work
from workflows.errors import Refusal
from workflows.feedback.results import Call, finish
from workflows.model.base import db, now
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Ticket
from workflows.rules.closing import exhausted, usual
from workflows.rules.roles import SYSTEM, Role
from workflows.rules.satisfaction import UNREACHED, AttemptResult
from workflows.rules.vocabulary import AnswerWay

#: Tickets closed by one run of the job looks at a time.
BATCH = 500
OUTCOME = "UNREACHABLE"


def survey_where_exhausted(doing: Work, ticket: Ticket, task: CallbackTask) -> None:
    """Write to a caller who was rung often enough in vain; they are not rung meanwhile, though what they say counts."""
    tried = select(CallbackAttempt.at).where(
        CallbackAttempt.task_id == task.id, CallbackAttempt.result.in_([str(r) for r in UNREACHED])
    )
    tries = [at.astimezone(ZONE) for at in (*db.session.scalars(tried), doing.at)]
    if task.surveyed_at is not None or task.done_at is not None or not exhausted(tries):
        return
    days = doing.ref.thresholds.survey_days
    task.surveyed_at, task.not_before = doing.at, doing.at + timedelta(days=days)
    note_event(doing, ticket, "surveyed", before=ticket.state, data={"tries": len(tries), "days": days})
    doing.tell("survey", ticket, unit_id=None, role=Role.CITIZEN, days=days, round=ticket.round)


def close_unreachable(batch: int = BATCH) -> int:
    """Close what nobody answered in time. Returns how many; run twice it finds nothing left to do."""
    ended, last = 0, 0
    while rows := _silent(last, batch):
        last = rows[-1].id
        ended += sum(_give_up(row.no, row.id) for row in rows)
    return ended


def _silent(after: int, batch: int) -> list:
    waited = now() - timedelta(days=reference().thresholds.survey_days)
    rows = db.session.execute(
        select(CallbackTask.id, Ticket.no).join(Ticket, Ticket.id == CallbackTask.ticket_id)
        .where(CallbackTask.done_at.is_(None), CallbackTask.surveyed_at <= waited, CallbackTask.id > after)
        .order_by(CallbackTask.id).limit(batch)
    ).all()
    db.session.rollback()
    return list(rows)


def _give_up(no: str, task_id: int) -> bool:
    """Close one, unless somebody was quicker or a rule forbids it."""
    try:
        with work(SYSTEM) as doing:
            ticket, master = lock_followed(no, SYSTEM)
            task = db.session.get(CallbackTask, task_id, populate_existing=True)
            if task.done_at is not None:
                return False
            assignment = lead_of(master)
            reached(ticket, AnswerWay.TRIED, doing.at)
            finish(doing, ticket, master, assignment, task, Call(AttemptResult.NO_ANSWER), OUTCOME)
            if master is ticket:
                end_ticket(doing, ticket, assignment, usual(account_of(ticket, assignment, outcome=OUTCOME)))
            else:
                ticket.awaits_call = False
                note_event(doing, ticket, "unreachable", before=ticket.state)
    except Refusal:
        return False
    return True
