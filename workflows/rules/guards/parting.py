"""Whether work may be handed to others and taken back."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation
from workflows.rules.states import MOST_LEVELS, AssignmentRole, AssignmentState


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
