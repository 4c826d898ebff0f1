"""The one way anything changes state.

A use case opens `work(actor)`, locks the ticket, makes its moves and leaves; state, event, clocks and
outbox rows are committed together or not at all.
"""

from workflows.engine.answering import reached, send_answer
from workflows.engine.assigning import (
    accused,
    assign,
    check_part_units,
    choose_route,
    latest_inside,
    open_part,
    route_of,
    send_on,
    tell_of_accusation,
)
from workflows.engine.blocking import not_blocked
from workflows.engine.chains import agree, ask_leader, asked_of, consent, disagree, leader_consents, open_chain
from workflows.engine.clocks import resume_total, start_clocks
from workflows.engine.closing import account_of, end_ticket, is_hazard, said_last
from workflows.engine.conferring import open_conference, weigh_passage
from workflows.engine.dues import (
    credit_late_decision,
    held_clock,
    hold_due,
    move_due,
    release_due,
    resume_or_rework,
    running_due_clock,
    shorten_due,
)
from workflows.engine.evidence import bring_with_reply, check_picture
from workflows.engine.following import follow, lock_followed, lock_master
from workflows.engine.leaving import leave_for_good
from workflows.engine.linking import Passing, note_arrival, open_link, pass_on
from workflows.engine.moves import barred, check_open, filed, lead_of, lock, move, note_event, offered, release_parts
from workflows.engine.ordering import issue_order, open_levels
from workflows.engine.parts import above_of, owing_below, own_task, part_of, task_of
from workflows.engine.pausing import end_pauses
from workflows.engine.placing import wrong_matter
from workflows.engine.proposing import propose_change
from workflows.engine.relating import note_both, tie
from workflows.engine.ringing import basis_of, lot_of, rung_from
from workflows.engine.risking import end_alert, look_for_danger, no_danger_in, open_alert, raise_alert, shows_danger
from workflows.engine.rounds import begin_round, take_up
from workflows.engine.suspending import clear_ledger, run_on, running_suspension, stand_still
from workflows.engine.work import Sink, Work, outcome_of, work

__all__ = [
    "Passing",
    "Sink",
    "Work",
    "above_of",
    "account_of",
    "accused",
    "agree",
    "ask_leader",
    "asked_of",
    "assign",
    "barred",
    "basis_of",
    "begin_round",
    "bring_with_reply",
    "check_open",
    "check_part_units",
    "check_picture",
    "choose_route",
    "clear_ledger",
    "consent",
    "credit_late_decision",
    "disagree",
    "end_alert",
    "end_pauses",
    "end_ticket",
    "filed",
    "follow",
    "held_clock",
    "hold_due",
    "is_hazard",
    "issue_order",
    "latest_inside",
    "lead_of",
    "leader_consents",
    "leave_for_good",
    "lock",
    "lock_followed",
    "lock_master",
    "look_for_danger",
    "lot_of",
    "move",
    "move_due",
    "no_danger_in",
    "not_blocked",
    "note_arrival",
    "note_both",
    "note_event",
    "offered",
    "open_alert",
    "open_chain",
    "open_conference",
    "open_levels",
    "open_link",
    "open_part",
    "outcome_of",
    "owing_below",
    "own_task",
    "part_of",
    "pass_on",
    "propose_change",
    "raise_alert",
    "reached",
    "release_due",
    "release_parts",
    "resume_or_rework",
    "resume_total",
    "route_of",
    "run_on",
    "rung_from",
    "running_due_clock",
    "running_suspension",
    "said_last",
    "send_answer",
    "send_on",
    "shorten_due",
    "shows_danger",
    "stand_still",
    "start_clocks",
    "take_up",
    "task_of",
    "tell_of_accusation",
    "tie",
    "weigh_passage",
    "work",
    "wrong_matter",
]
