"""风险: a ticket is reported as dangerous, taken in hand, and handed over to whoever must act."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine import end_alert, lead_of, lock, move, open_alert, raise_alert, work
from workflows.errors import Invalid, NotNow
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import RiskKind


def flag_risk(
    no: str, actor: Actor, *, kinds: Sequence[RiskKind], note: str = "", version: int | None = None
) -> Ticket:
    """Report a ticket at once (Beijing regulation, Art. 29); the clock to its hand-over runs round the clock."""
    if not kinds:
        raise Invalid(fields={"kinds": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        raise_alert(doing, ticket, kinds, note=note, assignment=lead_of(ticket))
        return ticket


def take_risk(no: str, actor: Actor, *, version: int | None = None) -> Ticket:
    """Say that one is at it, so that no two ring the same receiver."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        alert = open_alert(ticket)
        if alert is not None and alert.taken_at is not None:
            raise NotNow("risk_taken_already", by=alert.taken_by)
        move(doing, ticket, "take_risk", assignment=lead_of(ticket))
        alert.taken_at, alert.taken_by = doing.at, actor.name
        return ticket


def confirm_risk(
    no: str, actor: Actor, *, receiver: str, outcome: str, partner_no: str = "", version: int | None = None
) -> Ticket:
    """A receiver has confirmed to have it: who, under which number of theirs, and what was agreed."""
    wrong = {name: ["required"] for name, given in (("receiver", receiver), ("outcome", outcome)) if not given}
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "confirm_risk", assignment=lead_of(ticket), note=outcome,
             data={"receiver": receiver, "partner_no": partner_no})
        if wrong:
            raise Invalid(fields=wrong)
        end_alert(doing, ticket, receiver=receiver, partner_no=partner_no, outcome=outcome)
        return ticket


def dismiss_risk(no: str, actor: Actor, *, outcome: str, version: int | None = None) -> Ticket:
    """It is none (误报), as somebody else than who reported it finds. Raises NotNow for the one who did."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        alert = open_alert(ticket)
        if alert is not None and alert.raised_by_id is not None and alert.raised_by_id == actor.user_id:
            raise NotNow("flagger_may_not_dismiss")
        move(doing, ticket, "dismiss_risk", assignment=lead_of(ticket), note=outcome)
        if not outcome:
            raise Invalid(fields={"outcome": ["required"]})
        end_alert(doing, ticket, outcome=outcome)
        return ticket
