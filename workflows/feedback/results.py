"""The result of a round of call-back: what the rates are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from workflows.engine import Work
from workflows.model.base import db
from workflows.model.feedback import CallbackTask, Evaluation
from workflows.model.ticket import Assignment, Ticket
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.satisfaction import NEGATIVE, AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.vocabulary import CallbackChannel


@dataclass(frozen=True)
class Call:
    """One try, and the answers to the questionnaire where the caller took it (§7.3)."""

    result: AttemptResult
    contacted: bool | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    reason: DissatisfactionReason | None = None
    service: Satisfaction | None = None
    words: str = ""
    channel: CallbackChannel = CallbackChannel.PHONE

    @property
    def valid(self) -> bool:
        """Answered, and said whether it is solved or whether they are satisfied."""
        rated = self.satisfaction not in {None, Satisfaction.NOT_RATED}
        return self.result is AttemptResult.ANSWERED and (self.solved is not None or rated)

    @property
    def dissatisfied(self) -> bool:
        """Says it is unsolved or is not satisfied."""
        return self.satisfaction in NEGATIVE or self.solved is Solved.UNSOLVED


def finish(
    doing: Work, ticket: Ticket, master: Ticket, assignment: Assignment | None, task: CallbackTask, call: Call,
    outcome: str,
) -> None:
    """Write the round's result; a second call in the same round replaces the first. No unit, no figure of one."""
    ticket.callback_outcome = outcome
    task.done_at, task.outcome = doing.at, outcome
    if assignment is None:
        return
    row = {
        "ticket_id": ticket.id, "assignment_id": assignment.id, "unit_id": assignment.unit_id, "round": task.round,
        "master_id": master.id if master.supporters else None,
        "kind": ticket.kind, "anonymity": ticket.anonymity, "need_reply": ticket.need_reply,
        "finished_at": doing.at, "valid": call.valid, "contacted": call.contacted if call.valid else None,
        "solved": call.solved if call.valid else None, "satisfaction": call.satisfaction if call.valid else None,
        "reason_code": call.reason if call.valid else None, "attempts": task.attempts,
    }
    changed = {k: v for k, v in row.items() if k not in {"ticket_id", "round"}}
    if master is ticket and call.valid:
        assignment.contest_until = _contest_until(doing, assignment.unit_id)
    db.session.execute(
        insert(Evaluation).values(row).on_conflict_do_update(index_elements=["ticket_id", "round"], set_=changed)
    )
    if master is not ticket:
        db.session.execute(  # the master's own answer, given before anybody joined
            update(Evaluation).where(Evaluation.ticket_id == master.id, Evaluation.round == task.round)
            .values(master_id=master.id)
        )


def _contest_until(doing: Work, unit_id: int) -> datetime:
    _, days = doing.ref.calendar_of(unit_id)
    return calendar.due(days, doing.at, Basis.WD, doing.ref.thresholds.contest_days)
