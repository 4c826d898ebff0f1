"""One line of a table of moves, and who stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import ApplicationState, AssignmentState, TicketState

S, A, P, R, C = TicketState, AssignmentState, ApplicationState, Role, ClockCode
UNIT = frozenset({R.UNIT_CLERK, R.UNIT_LEAD, R.L2_COORD})
DESK = frozenset({R.AGENT, R.SHIFT_LEAD})
#: Who rings callers back, and takes down what they ask for anew on the line.
CALLING = frozenset({R.CALLBACK, R.SUPERVISOR})
#: Who decides steps of approval chains (`rules.chains`).
DECIDING = frozenset({R.UNIT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR})
#: Who decides whether a request is taken on.
ADMITTING = frozenset({R.SHIFT_LEAD, R.SUPERVISOR})
#: Who looks over a request before it goes to a unit, where its channel wants that.
PRE_REVIEWING = ADMITTING | {R.REVIEWER}
MERGING = DESK | {R.DISPATCHER, R.SUPERVISOR}
#: Who reports a danger: whoever reads the ticket and works at it; who is on duty takes it in hand.
REPORTING = DESK | UNIT | {R.DISPATCHER, R.REVIEWER, R.CALLBACK, R.SUPERVISOR, R.HOTLINE_DIR, R.SYSTEM}
ON_DUTY = frozenset({R.SHIFT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR})
#: Who passes a request to another line.
SENDING_ON = DESK | {R.DISPATCHER, R.SUPERVISOR}
#: Who calls units together.
CONVENERS = frozenset({R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR})
SENDERS = frozenset({R.DISPATCHER, R.SHIFT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR, R.SYSTEM})


@dataclass(frozen=True)
class Move:
    """One line of a table.

    `sources` holds None for a move that begins something. No `targets` means the state stays; of several
    targets the first is the usual one and the use case names another. `guards` are names in
    `rules/guards/`; `reasons` is the vocabulary a reason code must come from. A clock it `pauses` stops until the
    ticket leaves the state. Of the clocks a move `resumes` the last one runs on where it still may, or another of them
    begins: the use case says which. `by_invited`: a unit makes it as one that was invited, not as the one that holds
    the ticket.
    """

    name: str
    number: str
    sources: frozenset
    targets: tuple
    roles: frozenset[Role]
    guards: tuple[str, ...] = ()
    reasons: type[StrEnum] | None = None
    stops: tuple[ClockCode, ...] = ()
    starts: tuple[ClockCode, ...] = ()
    pauses: tuple[ClockCode, ...] = ()
    resumes: tuple[ClockCode, ...] = ()
    by_invited: bool = False


def table(*moves: Move) -> dict[str, Move]:
    """A table, by the names of its moves."""
    return {move.name: move for move in moves}


def line(name: str, number: str, sources: object, targets: object, roles: object, **rest: object) -> Move:
    """A line, with single states and tuples both welcome."""
    as_set = sources if isinstance(sources, (set, frozenset)) else {sources}
    as_tuple = targets if isinstance(targets, tuple) else (targets,)
    return Move(name, number, frozenset(as_set), as_tuple, frozenset(roles), **rest)


STAYS: tuple = ()
#: Everything that may run for a ticket somebody still works at.
EVERY_CLOCK = (C.TOTAL, C.DISPATCH, C.CONFERENCE, C.SIGN, C.CONTACT, C.HANDLING, C.REWORK, C.STAGE, C.RETURN_DECISION,
               C.EXTENSION, C.SUSPENSION, C.SIGNOFF, C.REVIEW, C.CALLBACK, C.SUPERVISION, C.ADMISSION)
