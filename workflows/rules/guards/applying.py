"""Whether something may be asked for, and who decides it."""

from __future__ import annotations

from collections.abc import Callable

from workflows.errors import NotNow
from workflows.rules.chains import CONSENTED
from workflows.rules.guards.situation import Situation
from workflows.rules.roles import Role
from workflows.rules.states import ApplicationKind


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


def nothing_undecided(on: Situation) -> None:
    """What was asked for before is decided first."""
    if on.assignment.asked is not None:
        raise NotNow("application_undecided")


def asked_for(kind: str) -> Callable[[Situation], None]:
    """The guard that an application of this kind waits for a decision."""
    def guard(on: Situation) -> None:
        """Such an application waits for a decision."""
        if on.assignment is None or on.assignment.asked is None or on.assignment.asked["kind"] != kind:
            raise NotNow("nothing_asked")

    guard.__name__ = f"{kind.lower()}_asked"
    return guard


def consent_asked(on: Situation) -> None:
    """A return or an extension waits for the unit's leader."""
    if on.assignment is None or on.assignment.asked is None or on.assignment.asked["kind"] not in CONSENTED:
        raise NotNow("nothing_asked")


def leader_has_consented(on: Situation) -> None:
    """The hotline decides on what the unit's leader has seen."""
    if on.assignment.asked is not None and on.assignment.asked["kind"] == ApplicationKind.EXTENSION:
        raise NotNow("leader_consents_first")


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
