"""风险上报: a sign of danger goes to whoever is on duty in the very transaction that writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from workflows.engine.moves import move
from workflows.engine.work import Work
from workflows.errors import Invalid, Problem
from workflows.model.base import db
from workflows.model.risk import RiskAlert
from workflows.model.rows import new
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.risk import Sign, kinds_of, signs
from workflows.rules.roles import Role
from workflows.rules.vocabulary import RiskKind

#: Who is told at once, and who looks after it.
ON_DUTY = (Role.SHIFT_LEAD, Role.SUPERVISOR)


def signs_in(work: Work, *texts: str) -> tuple[Sign, ...]:
    """Words of the lexicon in what a caller says."""
    return signs(work.ref.risk_rules, texts)


def shows_danger(work: Work, risk: RiskKind | None, *texts: str) -> bool:
    """Whether whoever took a request saw a danger, or its words are a sign of one."""
    return risk is not None or bool(signs_in(work, *texts))


def look_for_danger(
    work: Work, ticket: Ticket, risk: RiskKind | None, *, said: Ticket | None = None,
    assignment: Assignment | None = None,
) -> None:
    """Report what whoever took a request saw, and what the lexicon finds in its words.

    `said` is where the words stand if not on the ticket itself: that of one more caller.
    """
    words = said or ticket
    found = signs_in(work, words.title, words.content)
    if risk is not None:
        raise_alert(work, ticket, [risk], found=found, brand_new=True)
    elif found:
        raise_alert(work.by_system(), ticket, [], found=found, assignment=assignment, brand_new=said is None)


def no_danger_in(work: Work, request: Any) -> None:
    """Raise Invalid where a request that shows danger would end here and now."""
    found = signs_in(work, request.title, request.content)
    if request.risk is not None:
        raise Invalid(fields={"risk": ["risk_is_submitted"]})
    if found and not request.risk_checked:
        raise Invalid("risk_in_text", fields={"content": [Problem("shows_danger", found=[s.word for s in found])]})


def raise_alert(
    work: Work, ticket: Ticket, kinds: Sequence[RiskKind], *, found: Sequence[Sign] = (), note: str = "",
    assignment: Assignment | None = None, brand_new: bool = False,
) -> None:
    """Report a ticket as dangerous, of these kinds and those of the words found; whoever is on duty is told."""
    every = list(dict.fromkeys([*kinds, *kinds_of(found)]))
    words = list(dict.fromkeys(sign.word for sign in found))
    move(work, ticket, "flag_risk", assignment=assignment, note=note, brand_new=brand_new,
         data={"kinds": [str(kind) for kind in every], "words": words}, reason=every[0])
    ticket.open_risk = True
    ticket.risk_line = any(work.ref.risk_rules[kind].needs_line for kind in every if kind in work.ref.risk_rules)
    ticket.risk_kinds = sorted({*(ticket.risk_kinds or ()), *map(str, every)})
    work.sink.add(new(
        RiskAlert, ticket_id=ticket.id, kinds=[str(kind) for kind in every], words=words, note=note,
        raised_at=work.at, raised_by_id=work.actor.user_id, raised_by=work.actor.name,
    ))
    for role in ON_DUTY:
        work.tell("risk_flagged", ticket, unit_id=None, role=role, kinds=[str(kind) for kind in every])


def end_alert(
    work: Work, ticket: Ticket, *, outcome: str, receiver: str = "", partner_no: str = ""
) -> None:
    """Close the open report of a ticket, by the person who acts."""
    alert = open_alert(ticket)
    alert.receiver, alert.partner_no, alert.outcome = receiver, partner_no, outcome
    alert.ended_at, alert.ended_by_id, alert.ended_by = work.at, work.actor.user_id, work.actor.name
    ticket.open_risk = ticket.risk_line = False


def open_alert(ticket: Ticket) -> RiskAlert | None:
    """The report of a ticket that waits for its hand-over."""
    return db.session.scalars(
        select(RiskAlert).where(RiskAlert.ticket_id == ticket.id, RiskAlert.ended_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
