"""Whether a reply may be put before the unit's leader, signed or given back."""

from __future__ import annotations

from workflows.errors import NotNow
from workflows.rules.guards.situation import Situation
from workflows.rules.roles import Role
from workflows.rules.states import AssignmentState


def _waits(on: Situation) -> bool:
    return on.assignment is not None and on.assignment.state == AssignmentState.INTERNAL_SIGN


def not_being_signed(on: Situation) -> None:
    """What waits for a signature is neither put there again nor asked away."""
    if _waits(on):
        raise NotNow("being_signed")


def waits_for_signature(on: Situation) -> None:
    """There is a reply to sign."""
    if not _waits(on):
        raise NotNow("nothing_to_sign")


def signed_by_another(on: Situation) -> None:
    """A reply that waits is signed by a leader who did not write it."""
    if not _waits(on):
        return
    if not on.actor.has({Role.UNIT_LEAD}):
        raise NotNow("leader_signs")
    if on.assignment.drafted_by_id == on.actor.user_id:
        raise NotNow("writer_signs_not")
