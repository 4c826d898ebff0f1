"""The whole life of a ticket, as tables of moves: ticket, assignment, part, application.

Every button, check, clock, document and test reads these tables. A move that touches several machines
(a reply moves the ticket and the assignment) stands in each table under the same name and with the same
roles; the engine steps all of them in one transaction.
Numbers E.. are those of the field's own description (see docs/lifecycle.md, generated from here).
"""

from __future__ import annotations

from enum import StrEnum

from workflows.errors import NotAllowed, NotNow
from workflows.rules.lifecycle.applications import APPLICATION_MOVES
from workflows.rules.lifecycle.move import Move
from workflows.rules.lifecycle.tasks import ASSIGNMENT_MOVES, OF_ANY_TASK, OF_ONES_OWN, PART_MOVES
from workflows.rules.lifecycle.ticket import TICKET_MOVES
from workflows.rules.roles import Role
from workflows.rules.states import WITH_A_UNIT, AssignmentRole

TABLES: dict[str, dict[str, Move]] = {
    "ticket": TICKET_MOVES, "assignment": ASSIGNMENT_MOVES, "part": PART_MOVES, "application": APPLICATION_MOVES,
}


def step(table: dict[str, Move], state: StrEnum | None, name: str, to: StrEnum | None = None) -> StrEnum | None:
    """The state after a move.

    Raises NotNow where the table has no such line from this state, or `to` is none of its targets.
    """
    move = table[name]
    if state not in move.sources:
        raise NotNow("wrong_state", move=name, state=str(state))
    if not move.targets:
        return state
    if to is None:
        return move.targets[0]
    if to not in move.targets:
        raise NotNow("wrong_state", move=name, state=str(to))
    return to


def line_of(name: str, role: str | None, *, part: bool = False) -> Move:
    """The line that rules a move on a task of this role (None: there is no task).

    A unit's moves on its own part are ruled by the table of parts, all others by the ticket's; `part` says that the
    move is about another task than the one it is made from. Raises NotNow for a move of parts where there is none.
    """
    if role not in (None, AssignmentRole.LEAD) and not part and name in OF_ONES_OWN:
        return PART_MOVES[name]
    if name not in TICKET_MOVES:
        raise NotNow("no_part_of_yours", move=name)
    return TICKET_MOVES[name]


def check_role(line: Move, roles: frozenset[Role]) -> None:
    """Raise NotAllowed unless one of the roles may make the move."""
    if line.roles.isdisjoint(roles):
        raise NotAllowed("role_may_not", move=line.name)


def moves_from(state: StrEnum, roles: frozenset[Role]) -> list[Move]:
    """The ticket's moves these roles may make from this state, in the order of the table."""
    return [m for m in TICKET_MOVES.values() if state in m.sources and not m.roles.isdisjoint(roles)]


def moves_of_part(state: StrEnum, task_state: StrEnum, roles: frozenset[Role]) -> list[Move]:
    """The moves these roles may make from a unit's own part of a ticket that a unit holds."""
    if state not in WITH_A_UNIT:
        return []
    own = [m for m in PART_MOVES.values() if m.name in OF_ONES_OWN and task_state in m.sources]
    found = [*own, *(m for m in moves_from(state, roles) if m.name in OF_ANY_TASK)]
    return [m for m in found if not m.roles.isdisjoint(roles)]
