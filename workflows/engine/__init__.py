"""The one way anything changes state.

A use case opens `work(actor)`, locks the ticket, makes its moves and leaves; state, event, clocks and
outbox rows are committed together or not at all.
"""

from workflows.engine.assigning import assign, choose_route, route_of
from workflows.engine.clocks import resume_total, start_clocks
from workflows.engine.conferring import open_conference, weigh_passage
from workflows.engine.dues import (
    credit_late_decision,
    hold_due,
    move_due,
    release_due,
    resume_or_rework,
    running_due_clock,
)
from workflows.engine.following import follow, lock_followed, lock_master
from workflows.engine.moves import barred, filed, lead_of, lock, move, note_event, offered
from workflows.engine.work import Sink, Work, outcome_of, work

__all__ = [
    "Sink",
    "Work",
    "assign",
    "barred",
    "choose_route",
    "credit_late_decision",
    "filed",
    "follow",
    "hold_due",
    "lead_of",
    "lock",
    "lock_followed",
    "lock_master",
    "move",
    "move_due",
    "note_event",
    "offered",
    "open_conference",
    "outcome_of",
    "release_due",
    "resume_or_rework",
    "resume_total",
    "route_of",
    "running_due_clock",
    "start_clocks",
    "weigh_passage",
    "work",
]
