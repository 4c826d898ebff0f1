"""Which clocks must run in which state, worked out from the table of moves.

A clock must run in a state when every way into that state leaves it running. Nobody writes this down a second time:
a line added to the table changes what is demanded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.rules.lifecycle import Move
from workflows.rules.limits import ClockCode
from workflows.rules.states import TicketState

Codes = frozenset[ClockCode]


def demanded(
    table: Mapping[str, Move], *, alike: Codes = frozenset(), optional: Codes = frozenset()
) -> dict[TicketState, frozenset[Codes]]:
    """State → the clocks that must run in it; of several that are `alike` any one will do. `optional` ones need not."""
    running: dict[TicketState | None, frozenset[Codes]] = {None: frozenset()}
    before: object = None
    while before != running:
        before = dict(running)
        for move in table.values():
            for source in move.sources & running.keys():
                _follow(running, move, source, alike)
    return {
        state: frozenset(codes for codes in found if not codes <= optional)
        for state, found in running.items() if state is not None
    }


def _follow(running: dict, move: Move, source: TicketState | None, alike: Codes) -> None:
    """What runs after a move from a state also runs in its targets, as far as other ways leave it running too."""
    left = running[source] - _kinds((*move.stops, *move.pauses), alike) | _kinds((*move.starts, *move.resumes), alike)
    for target in move.targets or (source,):
        running[target] = running.get(target, left) & left


def _kinds(codes: Iterable[ClockCode], alike: Codes) -> frozenset[Codes]:
    return frozenset(alike if code in alike else frozenset({code}) for code in codes)
