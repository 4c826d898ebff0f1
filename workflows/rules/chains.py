"""Who must agree, one after the other, before what a unit asks for is granted (审批链).

A chain is data: its steps are the roles that decide, in order. Where a unit's applications need the sign-off of its
leader, that step comes first; a leader who files has signed by filing. Nobody decides two steps, nor what he filed.
Returns and extensions pass the leader alone: then a desk of the hotline decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.rules.roles import Role
from workflows.rules.states import ApplicationKind

#: The hotline's steps of each kind. Returns and extensions are decided by a desk of its own (`dispatch`, `extend`).
STEPS: Mapping[ApplicationKind, tuple[Role, ...]] = {
    ApplicationKind.SUSPENSION: (Role.SUPERVISOR, Role.HOTLINE_DIR),
    ApplicationKind.TERMINATION: (Role.SUPERVISOR,),
    ApplicationKind.EXCLUSION: (Role.SUPERVISOR, Role.HOTLINE_DIR),
    ApplicationKind.APPEAL: (Role.SUPERVISOR,),
}
#: What the hotline proposes to itself passes the next above whoever proposed it, and no unit's leader.
ABOVE_THE_PROPOSER = frozenset({ApplicationKind.JUDGEMENT})
#: What a unit's leader consents to before it reaches the hotline, whose desk decides it (E13, E18).
CONSENTED = frozenset({ApplicationKind.RETURN, ApplicationKind.EXTENSION})
#: What passes a chain at all.
CHAINED = STEPS.keys() | ABOVE_THE_PROPOSER


class SignOffs:
    """Which kinds a unit's leader signs first, by rows of (kind, unit or None for all, whether).

    A unit's own row goes before the one for all; without either the leader signs.
    """

    def __init__(self, rows: Iterable[tuple[str, int | None, bool]]) -> None:
        self._wanted = {(kind, unit_id): wanted for kind, unit_id, wanted in rows}

    def wanted(self, kind: ApplicationKind, unit_id: int) -> bool:
        """Whether a leader of the unit signs applications of this kind."""
        return self._wanted.get((str(kind), unit_id), self._wanted.get((str(kind), None), True))


def chain(kind: ApplicationKind, *, leader_signs: bool, filed_by: frozenset[Role]) -> tuple[Role, ...]:
    """The steps an application passes."""
    if kind in ABOVE_THE_PROPOSER:
        return (Role.HOTLINE_DIR,) if Role.SUPERVISOR in filed_by else (Role.SUPERVISOR,)
    first = (Role.UNIT_LEAD,) if leader_signs and Role.UNIT_LEAD not in filed_by else ()
    return first + STEPS[kind]


def waiting_for(kind: ApplicationKind, steps: tuple[Role, ...], position: int, by: Iterable[int]) -> dict[str, Any]:
    """What a task keeps of the application that waits, so that buttons need no query.

    `by` are the people who have had their say in it: who filed it and who decided a step.
    """
    return {"kind": str(kind), "role": str(steps[position]), "last": position + 1 == len(steps), "by": sorted(by)}
