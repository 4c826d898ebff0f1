"""移交信访: a matter goes to the petition procedure, its caller is told, and it is watched until a receipt is there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from workflows.engine import leave_for_good, lock, move, work
from workflows.engine.clocks import stop_clocks
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.petition import Petition
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import PetitionCriterion


def petition(
    no: str, actor: Actor, *, reason: PetitionCriterion, note: str, told: str, told_at: datetime | None = None,
    receipt_no: str = "", not_parallel: bool = False, version: int | None = None,
) -> Ticket:
    """Hand a matter to the petition procedure: everything stops, and a clock watches for the receipt.

    `told` is what the caller was told, `told_at` when (now where left out). Raises Invalid where the caller was not, or
    nobody has looked whether the petition office has it already.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        task = leave_for_good(doing, ticket, "petition", reason=reason, note=note)
        at = told_at or doing.at
        wrong = {name: ["required"] for name, given in (("note", note), ("told", told)) if not given}
        if not not_parallel:
            wrong["not_parallel"] = ["parallel_unchecked"]
        if at > doing.at:
            wrong["told_at"] = ["moment_ahead"]
        if wrong:
            raise Invalid(fields=wrong)
        doing.sink.add(new(
            Petition, ticket_id=ticket.id, unit_id=task.unit_id if task else None, criterion=str(reason), grounds=note,
            told=told, told_at=at, handed_at=doing.at, handed_by_id=actor.user_id, handed_by=actor.name,
            receipt_no=receipt_no, receipt_at=doing.at if receipt_no else None,
        ))
        if receipt_no:
            stop_clocks(doing, ticket, [ClockCode.PETITION], brand_new=False)
        return ticket


def record_receipt(no: str, actor: Actor, *, receipt_no: str, note: str = "", version: int | None = None) -> Ticket:
    """Put down the receipt of the petition office; its clock stops. A later number replaces the first."""
    if not receipt_no:
        raise Invalid(fields={"receipt_no": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "record_receipt", note=note, data={"receipt_no": receipt_no})
        found = db.session.scalars(
            select(Petition).where(Petition.ticket_id == ticket.id).order_by(Petition.id.desc()).limit(1)
            .execution_options(populate_existing=True)
        ).one()
        found.receipt_no, found.receipt_at = receipt_no, doing.at
        return ticket


def note_petition(no: str, actor: Actor, *, text: str, version: int | None = None) -> Ticket:
    """Put down how far the petition procedure has got (60 days, 30 more), for whoever asks."""
    if not text:
        raise Invalid(fields={"text": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "note_petition", note=text)
        return ticket
