"""What tickets, tasks and applications must be by their histories alone (A30): events in, states out.

Knows the tables of moves and nothing of how a use case works. An event the tables do not allow where the history
stands is an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.moves import ENDING_CHAINS, LAPSING
from workflows.rules.chains import CHAINED
from workflows.rules.lifecycle import APPLICATION_MOVES, ASSIGNMENT_MOVES, PART_MOVES, TICKET_MOVES, step
from workflows.rules.states import ApplicationKind, ApplicationState, AssignmentState, TicketState

#: Begins a lead's task.
SENDING = frozenset(name for name, line in ASSIGNMENT_MOVES.items() if None in line.sources)
#: Of several targets of a lead's task, the one that goes with where the ticket went.
GOES_WITH = {TicketState.HANDLING: AssignmentState.WORKING, TicketState.REWORK: AssignmentState.REWORK}
_KINDS = {f"{verb}_{kind.lower()}": kind for kind in ApplicationKind
          for verb in ("apply", "consent", "grant", "refuse")}
_OF_PARTS = {"object", "release_part", "keep_part", "recall_part", "part_ended"}


@dataclass
class Replay:
    """Where everything stands after the events so far."""

    tickets: dict[int, str] = field(default_factory=dict)
    leads: dict[int, str] = field(default_factory=dict)
    parts: dict[int, str] = field(default_factory=dict)
    #: (task, kind) → the state of the last such application; of a ticket's own, the ticket's number negated.
    asked: dict[tuple[int, str], str] = field(default_factory=dict)

    def play(self, events: Iterable[Any]) -> None:
        """Take events in, in the order they were written."""
        for event in events:
            self._ticket(event)
            if event.assignment_id is not None:
                self._task(event)
                self._application(event)

    def _ticket(self, event: Any) -> None:
        before = self.tickets.get(event.ticket_id)
        assert event.from_state == before, f"{event.kind}: from {event.from_state}, but it was {before}"
        line = TICKET_MOVES.get(event.kind)
        of_part = event.kind in PART_MOVES and "part" in (event.data or {})
        if line is not None and not of_part and event.actor_role != "SYSTEM":
            assert before in line.sources, f"{event.kind} from {before}"
            assert event.to_state in (line.targets or (before,)), f"{event.kind} to {event.to_state}"
        elif line is None:
            assert event.to_state == before, f"{event.kind} moved it to {event.to_state}"
        self.tickets[event.ticket_id] = event.to_state

    def _task(self, event: Any) -> None:
        task, told = event.assignment_id, event.data or {}
        if "part" in told:
            self.parts[task] = told["task_state"]
        elif task in self.parts and event.kind in PART_MOVES:
            self.parts[task] = str(step(PART_MOVES, self.parts[task], event.kind))
        elif event.kind in SENDING:
            self.leads[task] = str(step(ASSIGNMENT_MOVES, None, event.kind))
        elif task in self.leads and event.kind in ASSIGNMENT_MOVES:
            line = ASSIGNMENT_MOVES[event.kind]
            to = GOES_WITH[TicketState(event.to_state)] if len(line.targets) > 1 else None
            self.leads[task] = str(step(ASSIGNMENT_MOVES, self.leads[task], event.kind, to))

    def _application(self, event: Any) -> None:
        task, kind = event.assignment_id, _KINDS.get(event.kind)
        if event.kind in ("ask_consent", "deny_consent"):
            kind = ApplicationKind(event.data["kind"])
        if kind is not None or event.kind in _OF_PARTS - {"part_ended", "recall_part"}:
            key = task, str(kind or ApplicationKind.DECLINE)
            before = self.asked.get(key) if not event.kind.startswith(("apply_", "ask_consent", "object")) else None
            self.asked[key] = str(step(APPLICATION_MOVES, before, event.kind))
        for key in [key for key, state in self.asked.items() if key[0] == task and state == ApplicationState.FILED]:
            if _lapses(event.kind, ApplicationKind(key[1])):
                self.asked[key] = str(ApplicationState.LAPSED)


def _lapses(move: str, kind: ApplicationKind) -> bool:
    """Whether a move leaves what was asked for undecided for good."""
    if kind in CHAINED:
        return move in ENDING_CHAINS
    if kind is ApplicationKind.EXTENSION:
        return move in LAPSING
    if kind is ApplicationKind.RETURN:
        return move in ENDING_CHAINS
    return move in ("recall_part", "part_ended")
