"""The guards named in the table of moves: each looks at a ticket as it stands and raises NotNow, or passes.

They see only what is known before a form is filled in, so the same checks decide whether a button is
offered and whether the move is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflows.errors import NotNow
from workflows.rules.passing import HIGHEST, OFFICE
from workflows.rules.roles import Actor, Role
from workflows.rules.states import MOST_LEVELS, AssignmentRole, AssignmentState
from workflows.rules.vocabulary import Anonymity, Kind

#: Rounds of re-handling the call-back desk may start by itself; beyond that a supervisor decides.
MAX_ROUNDS = 2
#: Unanswered call-back attempts after which a caller counts as unreachable.
UNREACHABLE_AFTER = 3
#: A closed ticket may be taken up again so long; later it is a new matter.
REOPEN_WITHIN = timedelta(days=30)
#: Kinds that may be answered and closed while the caller is on the line.
ANSWERABLE_KINDS = frozenset({Kind.CONSULT, Kind.HELP, Kind.SUGGEST, Kind.PRAISE, Kind.OTHER})


@dataclass(frozen=True)
class Situation:
    """A ticket, the task it is acted from (the lead unit's, or a part), who wants to act, and when."""

    ticket: Any
    assignment: Any
    actor: Actor
    at: datetime


def wants_callback(ticket: Any) -> bool:
    """Whether the caller is to be rung: not if anonymous, not if no reply was asked for."""
    return ticket.need_reply and ticket.anonymity != Anonymity.ANONYMOUS


def answerable_at_once(on: Situation) -> None:
    """Complaints and reports are never closed on the phone."""
    if on.ticket.kind not in ANSWERABLE_KINDS:
        raise NotNow("not_answerable_at_once")


def not_designated(on: Situation) -> None:
    """A unit the hotline designated for good cannot return the ticket (Weifang ordinance, Art. 22)."""
    if on.assignment.final_designation:
        raise NotNow("designated")


def first_return(on: Situation) -> None:
    """One return per unit and ticket."""
    if on.assignment.return_count:
        raise NotNow("already_returned")


def inside_return_window(on: Situation) -> None:
    """Returns are asked for inside a hard window from dispatch (Anyang regulation, Art. 50: 24 h)."""
    if on.assignment.return_until is not None and on.at > on.assignment.return_until:
        raise NotNow("return_window_closed", until=on.assignment.return_until)


def senior_decides_repeated_return(on: Situation) -> None:
    """From the second return of a ticket on, a supervisor decides, not a dispatcher."""
    if on.ticket.return_count >= 1 and not on.actor.has({Role.SUPERVISOR, Role.HOTLINE_DIR}):
        raise NotNow("second_return_needs_supervisor")


def conferred_first(on: Situation) -> None:
    """A ticket returned too often goes to a conference, unless a supervisor sends it on and says why."""
    if on.ticket.must_confer and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("confer_first", returns=on.ticket.return_count)


def levels_left(on: Situation) -> None:
    """Above the government's executive meeting there is nobody (Jinan regulation, Art. 29-30)."""
    if on.ticket.escalation_level >= HIGHEST:
        raise NotNow("highest_level")


def senior_decides_raised_conference(on: Situation) -> None:
    """What the hotline's own conference could not settle is not a dispatcher's to settle."""
    if on.ticket.escalation_level >= OFFICE and not on.actor.has({Role.SUPERVISOR, Role.HOTLINE_DIR}):
        raise NotNow("raised_needs_supervisor")


def before_due(on: Situation) -> None:
    """More time is asked for before the time is over (Beijing regulation, Art. 15)."""
    if on.assignment.due_at is None or on.at >= on.assignment.due_at:
        raise NotNow("already_due")


def extensions_left(on: Situation) -> None:
    """As often as the rules at dispatch allow, and no oftener."""
    if not on.assignment.extension_limits:
        raise NotNow("no_extension_allowed")
    if on.assignment.extension_count >= len(on.assignment.extension_limits):
        raise NotNow("extensions_used_up", count=on.assignment.extension_count)


def no_extension_undecided(on: Situation) -> None:
    """One thing at a time: what was asked for is decided first."""
    if on.assignment.extension_filed_at is not None:
        raise NotNow("extension_undecided")


def extension_undecided(on: Situation) -> None:
    """There is something to decide."""
    if on.assignment is None or on.assignment.extension_filed_at is None:
        raise NotNow("nothing_filed")


def director_decides_second_extension(on: Situation) -> None:
    """The first extension is a supervisor's to grant, a second one the director's of the hotline."""
    if on.assignment.extension_count and not on.actor.has({Role.HOTLINE_DIR}):
        raise NotNow("second_extension_needs_director")


def caller_contacted(on: Situation) -> None:
    """No reply before the caller was contacted, unless there is nobody to contact."""
    if wants_callback(on.ticket) and on.assignment.contacted_at is None:
        raise NotNow("contact_first")


def caller_wants_callback(on: Situation) -> None:
    """Nobody is rung who is anonymous or asked not to be."""
    if not wants_callback(on.ticket):
        raise NotNow("no_callback_wanted")


def callback_allows_close(on: Situation) -> None:
    """The caller's answer closes; a dissatisfied one only by a supervisor's judgement."""
    if not wants_callback(on.ticket):
        return
    outcome = on.ticket.callback_outcome
    if outcome is None:
        raise NotNow("callback_first")
    if outcome == "DISSATISFIED" and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("dissatisfied_needs_rework")


def caller_dissatisfied(on: Situation) -> None:
    """Only a dissatisfied answer sends a ticket back to be handled again: once closed, one of a merged caller."""
    closed = on.ticket.state == "CLOSED"
    if not on.ticket.supporters_unhappy if closed else on.ticket.callback_outcome != "DISSATISFIED":
        raise NotNow("not_dissatisfied")


def rung_after_its_master(on: Situation) -> None:
    """A merged caller is rung when the master has ended, once."""
    if on.ticket.state == "MERGED" and not on.ticket.awaits_call:
        raise NotNow("master_goes_first")


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


def supervisor_merges_dispatched(on: Situation) -> None:
    """What a unit already works at is merged by a supervisor."""
    if on.ticket.lead_assignment_id is not None and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("merge_needs_supervisor")


def nobody_follows(on: Situation) -> None:
    """A master follows nobody."""
    if on.ticket.supporters:
        raise NotNow("has_supporters", count=on.ticket.supporters)


def not_rung_yet(on: Situation) -> None:
    """A merged caller who has told what they think of the answer stays with it."""
    if on.ticket.callback_outcome is not None:
        raise NotNow("already_rung")


def closed_lately(on: Situation) -> None:
    """What comes up again long after it was closed is a new ticket."""
    if on.at > on.ticket.closed_at + REOPEN_WITHIN:
        raise NotNow("closed_too_long", days=REOPEN_WITHIN.days)


def rounds_left(on: Situation) -> None:
    """After MAX_ROUNDS re-handlings a supervisor decides what happens."""
    if on.ticket.round > MAX_ROUNDS and not on.actor.has({Role.SUPERVISOR}):
        raise NotNow("rounds_used_up", rounds=MAX_ROUNDS)


def order_waits(on: Situation) -> None:
    """Only an order that is still open can be answered."""
    if not on.ticket.open_orders:
        raise NotNow("no_order_open")


def street_leads(on: Situation) -> None:
    """Only a street that leads may summon departments (Beijing regulation, Art. 33: 街乡吹哨)."""
    if on.assignment is None or not on.assignment.of_street:
        raise NotNow("streets_whistle")


def task_in_hand(on: Situation) -> None:
    """Handed down is what was signed for and not yet answered."""
    if on.assignment is None or on.assignment.state not in (AssignmentState.WORKING, AssignmentState.REWORK):
        raise NotNow("sign_first")


def units_below(on: Situation) -> None:
    """There is somebody to hand it down to."""
    if not on.actor.unit_ids - {on.assignment.unit_id}:
        raise NotNow("no_unit_below")


def lower_level_left(on: Situation) -> None:
    """The lowest level carries it out."""
    if on.assignment.level >= MOST_LEVELS:
        raise NotNow("levels_used_up", levels=MOST_LEVELS)


def parts_open(on: Situation) -> None:
    """Some other unit has a part in it."""
    if not on.ticket.open_parts:
        raise NotNow("no_part_open")


def has_handed_down(on: Situation) -> None:
    """The unit handed part of its task down."""
    if on.assignment is None or not on.assignment.open_parts:
        raise NotNow("nothing_handed_down")


def objection_waits(on: Situation) -> None:
    """A unit objects to its part."""
    if not on.ticket.open_objections:
        raise NotNow("nothing_filed")


def answers_to_the_hotline(on: Situation) -> None:
    """Who was handed a task by its own superior settles it with them."""
    if on.assignment.role == AssignmentRole.SUB:
        raise NotNow("settle_with_superior")


def nothing_undecided(on: Situation) -> None:
    """What was asked for before is decided first."""
    if on.assignment.asked is not None:
        raise NotNow("application_undecided")


def _asked_for(kind: str) -> Callable[[Situation], None]:
    def guard(on: Situation) -> None:
        """Such an application waits for a decision."""
        if on.assignment is None or on.assignment.asked is None or on.assignment.asked["kind"] != kind:
            raise NotNow("nothing_asked")

    guard.__name__ = f"{kind.lower()}_asked"
    return guard


def your_step(on: Situation) -> None:
    """It is this person's step; nobody decides two of them, nor what he filed."""
    asked = on.assignment.asked if on.assignment is not None else None
    if asked is None:
        raise NotNow("nothing_asked")
    of_unit = asked["role"] != Role.UNIT_LEAD or on.assignment.unit_id in on.actor.unit_ids
    if Role(asked["role"]) not in on.actor.roles or not of_unit:
        raise NotNow("not_your_step")
    if on.actor.user_id in asked["by"]:
        raise NotNow("two_persons")


def another_step_follows(on: Situation) -> None:
    """Somebody else decides after this step."""
    if on.assignment.asked["last"]:
        raise NotNow("last_step_decides")


def last_step(on: Situation) -> None:
    """Everybody before has agreed."""
    if not on.assignment.asked["last"]:
        raise NotNow("not_your_step")


#: Refusals that go without saying: nobody expects the move there.
UNSAID = frozenset(
    {"streets_whistle", "no_part_open", "nothing_handed_down", "nothing_filed", "settle_with_superior",
     "levels_used_up", "no_unit_below", "nothing_asked", "not_your_step", "last_step_decides"}
)

GUARDS: dict[str, Callable[[Situation], None]] = {
    guard.__name__: guard
    for guard in (
        answerable_at_once,
        not_designated,
        first_return,
        inside_return_window,
        senior_decides_repeated_return,
        conferred_first,
        levels_left,
        senior_decides_raised_conference,
        before_due,
        extensions_left,
        no_extension_undecided,
        extension_undecided,
        director_decides_second_extension,
        caller_contacted,
        caller_wants_callback,
        callback_allows_close,
        caller_dissatisfied,
        closed_lately,
        rounds_left,
        order_waits,
        nothing_undecided,
        _asked_for("SUSPENSION"),
        _asked_for("TERMINATION"),
        your_step,
        another_step_follows,
        last_step,
        rung_after_its_master,
        caller_is_open,
        caller_is_withheld,
        no_relay_waits,
        relay_waits,
        supervisor_merges_dispatched,
        nobody_follows,
        not_rung_yet,
        street_leads,
        task_in_hand,
        units_below,
        lower_level_left,
        parts_open,
        has_handed_down,
        objection_waits,
        answers_to_the_hotline,
    )
}
