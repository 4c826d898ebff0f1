"""审签: a reply that waits for its leader waits no longer, whatever ended that."""

from __future__ import annotations

from sqlalchemy import update

from workflows.engine.clocks import stop_clocks
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.reply import ReplyDraft
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.states import AssignmentState

_DECISIONS = {"reply": "SIGNED", "give_back": "GIVEN_BACK"}


def leave_signing(work: Work, ticket: Ticket, assignment: Assignment | None, before: str | None, name: str,
                  note: str) -> None:
    """After a move that took a task out of its leader's hands: what was written is signed, given back or lapsed."""
    if before != AssignmentState.INTERNAL_SIGN or assignment.state == AssignmentState.INTERNAL_SIGN:
        return
    assignment.drafted_by_id = None
    stop_clocks(work, ticket, (ClockCode.SIGNOFF,), brand_new=False, of=assignment)
    db.session.execute(
        update(ReplyDraft)
        .where(ReplyDraft.assignment_id == assignment.id, ReplyDraft.decision.is_(None))
        .values(decision=_DECISIONS.get(name, "LAPSED"), decided_at=work.at, decided_by=work.actor.name,
                opinion=note if name == "give_back" else ""),
        execution_options={"synchronize_session": False},
    )
