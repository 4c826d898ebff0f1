"""Whether the caller has had their due."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation, wants_callback
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Anonymity, Kind

#: Rounds after which only a supervisor takes a closed ticket up again.
MAX_ROUNDS = 2
#: Kinds that may be answered and closed while the caller is on the line.
ANSWERABLE_KINDS = frozenset({Kind.CONSULT, Kind.HELP, Kind.SUGGEST, Kind.PRAISE, Kind.OTHER})


def answerable_at_once(on: Situation) -> None:
    """Complaints and reports are never closed on the phone."""
    if on.ticket.kind not in ANSWERABLE_KINDS:
        raise NotNow("not_answerable_at_once")


def caller_contacted(on: Situation) -> None:
    """No reply before the caller was contacted, unless there is nobody to contact."""
    if wants_callback(on.ticket) and on.assignment.contacted_at is None:
        raise NotNow("contact_first")


def caller_wants_callback(on: Situation) -> None:
    """Nobody is rung who is anonymous or asked not to be."""
    if not wants_callback(on.ticket):
        raise NotNow("no_callback_wanted")


def not_named_yet(on: Situation) -> None:
    """Who is to be rung by name is named once."""
    if on.ticket.call_named:
        raise NotNow("call_named_already")


def callback_allows_close(on: Situation) -> None:
    """The caller's answer closes; a dissatisfied one only by a supervisor's judgement."""
    if not wants_callback(on.ticket):
        return
    outcome = on.ticket.callback_outcome
    if outcome is None:
        raise NotNow("callback_first")
    if outcome == "DISSATISFIED" and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("dissatisfied_needs_rework")


def answer_told(on: Situation) -> None:
    """Nothing closes before its caller knows of the answer, or nobody is to be told (Jinan ordinance, Art. 24)."""
    if wants_callback(on.ticket) and on.ticket.answer_way is None:
        raise NotNow("answer_not_told")


def recheck_shown(on: Situation) -> None:
    """A hazard is over when a picture taken at its re-check shows it, not when somebody says so."""
    if on.ticket.recheck_pending:
        raise NotNow("recheck_picture_missing")


def caller_dissatisfied(on: Situation) -> None:
    """Only a dissatisfied answer sends a ticket back to be handled again: once closed, one of a merged caller."""
    closed = on.ticket.state == "CLOSED"
    if not on.ticket.supporters_unhappy if closed else on.ticket.callback_outcome != "DISSATISFIED":
        raise NotNow("not_dissatisfied")


def rung_after_its_master(on: Situation) -> None:
    """A merged caller is rung when the master has ended, once."""
    if on.ticket.state == "MERGED" and not on.ticket.awaits_call:
        raise NotNow("master_goes_first")


def rated_once(on: Situation) -> None:
    """What a caller has said of a round they do not say anew by themselves; who rings them may correct it."""
    if on.actor.has({Role.CITIZEN}) and on.ticket.callback_outcome is not None:
        raise NotNow("rated_already")


def recheck_wanted(on: Situation) -> None:
    """Only withdrawals chosen for it are looked into."""
    if not on.ticket.awaits_call:
        raise NotNow("no_recheck_wanted")


def ending_check_wanted(on: Situation) -> None:
    """Only terminations and refusals chosen for it are looked into."""
    if not on.ticket.awaits_check:
        raise NotNow("no_check_wanted")


def caller_is_open(on: Situation) -> None:
    """Only who was open can be withheld."""
    if on.ticket.anonymity != Anonymity.OPEN:
        raise NotNow("caller_not_open")


def caller_is_withheld(on: Situation) -> None:
    """Who is open is rung by the unit itself, and an anonymous caller by nobody."""
    if on.ticket.anonymity != Anonymity.WITHHELD:
        raise NotNow("caller_not_withheld")


def no_relay_waits(on: Situation) -> None:
    """One word at a time: what was asked before is passed on first."""
    if on.ticket.open_relays:
        raise NotNow("relay_undone")


def relay_waits(on: Situation) -> None:
    """Only what a unit asked for is passed on."""
    if not on.ticket.open_relays:
        raise NotNow("no_relay_open")


def closed_lately(on: Situation) -> None:
    """What comes up again long after it was closed is a new ticket."""
    if on.at > on.ticket.reopen_until:
        raise NotNow("closed_too_long", days=(on.ticket.reopen_until - on.ticket.closed_at).days)


def rounds_left(on: Situation) -> None:
    """After MAX_ROUNDS re-handlings a supervisor decides what happens."""
    if on.ticket.round > MAX_ROUNDS and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("rounds_used_up", rounds=MAX_ROUNDS)
