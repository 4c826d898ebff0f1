"""并单: several callers, one matter. Who follows a master keeps a ticket, a number and a caller of their own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from workflows.engine import follow, lock, lock_followed, lock_master, move, note_event, resume_total, work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.feedback import CallbackTask
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor, Role

#: Tickets merged into one master in one go.
MOST_AT_ONCE = 50


def merge(no: str, actor: Actor, *, master: str, note: str = "", version: int | None = None) -> Ticket:
    """Let a ticket follow another of the same matter. One that is with a unit already only a supervisor merges."""
    with work(actor) as doing:
        above = lock_master(master, actor)
        ticket = lock(no, actor, version)
        follow(doing, ticket, above, note=note)
        return ticket


def support(no: str, actor: Actor, *, ticket: str, note: str = "", version: int | None = None) -> Ticket:
    """Let another ticket follow this one."""
    with work(actor) as doing:
        master, other = lock(no, actor, version), lock_master(ticket, actor)
        if other is None:
            raise Invalid(fields={"ticket": ["ticket_unknown"]})
        follow(doing, other, master, note=note)
        doing.moved = master
        return master


def gather(numbers: Sequence[str], actor: Actor, *, master: str, note: str = "") -> Ticket:
    """Let several tickets follow one master, all or none; the master may be among those chosen. Returns the master."""
    chosen = [no for no in dict.fromkeys(numbers) if no != master]
    if not chosen:
        raise Invalid(fields={"no": ["choose_several"]})
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(fields={"no": ["too_many_chosen"]})
    with work(actor) as doing:
        above = lock_master(master, actor)
        if above is None:
            raise Invalid(fields={"master": ["ticket_unknown"]})
        for no in sorted(chosen):
            follow(doing, lock(no, actor), above, note=note)
        return above


def unmerge(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Part a ticket from its master while its caller has not been rung: it waits for a unit again (拆分)."""
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket, master = lock_followed(no, actor, version)
        _take_back_call(ticket)
        move(doing, ticket, "unmerge", note=note, data={"master": master.no})
        resume_total(ticket)
        ticket.master_id = ticket.closed_at = None
        ticket.awaits_call = False
        master.supporters -= 1
        master.version += 1
        note_event(doing, master, "parted", before=master.state, data={"supporters": master.supporters})
        doing.tell("to_dispatch", ticket, unit_id=None, role=Role.DISPATCHER)
        return ticket


def _take_back_call(ticket: Ticket) -> None:
    """The call that was asked for when the master ended is not made; one that was tried already stands."""
    tried = db.session.scalar(
        select(CallbackTask.id).where(CallbackTask.ticket_id == ticket.id, CallbackTask.attempts > 0).limit(1)
    )
    if tried is not None:
        raise NotNow("already_rung")
    db.session.execute(delete(CallbackTask).where(CallbackTask.ticket_id == ticket.id),
                       execution_options={"synchronize_session": False})
