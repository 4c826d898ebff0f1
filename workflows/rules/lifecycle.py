"""The whole life of a ticket, as tables of moves: ticket, assignment, part, application.

Every button, check, clock, document and test reads these tables. A move that touches several machines
(a reply moves the ticket and the assignment) stands in each table under the same name and with the same
roles; the engine steps all of them in one transaction.
Numbers E.. are those of the field's own description (see docs/lifecycle.md, generated from here).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflows.errors import NotAllowed, NotNow
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.satisfaction import DissatisfactionReason
from workflows.rules.states import (
    IN_HAND,
    IN_WORK,
    OPEN_STATES,
    WITH_A_UNIT,
    ApplicationState,
    AssignmentRole,
    AssignmentState,
    TicketState,
)
from workflows.rules.vocabulary import (
    CloseType,
    ConferenceReason,
    Defect,
    ExtensionReason,
    RecallReason,
    RefuseReason,
    ReopenReason,
    ReturnReason,
    SuspensionCause,
    TerminationGround,
)

S, A, P, R, C = TicketState, AssignmentState, ApplicationState, Role, ClockCode

UNIT = frozenset({R.UNIT_CLERK, R.UNIT_LEAD, R.L2_COORD})
DESK = frozenset({R.AGENT, R.SHIFT_LEAD})
#: Who decides steps of approval chains (`rules.chains`).
DECIDING = frozenset({R.UNIT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR})
MERGING = DESK | {R.DISPATCHER, R.SUPERVISOR}
#: Who calls units together.
CONVENERS = frozenset({R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR})
SENDERS = frozenset({R.DISPATCHER, R.SHIFT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR, R.SYSTEM})


@dataclass(frozen=True)
class Move:
    """One line of a table.

    `sources` holds None for a move that begins something. No `targets` means the state stays; of several
    targets the first is the usual one and the use case names another. `guards` are names in
    `rules/guards.py`; `reasons` is the vocabulary a reason code must come from. A clock it `pauses` stops until the
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


def _table(*moves: Move) -> dict[str, Move]:
    return {move.name: move for move in moves}


def _move(name: str, number: str, sources: object, targets: object, roles: object, **rest: object) -> Move:
    """A line, with single states and tuples both welcome."""
    as_set = sources if isinstance(sources, (set, frozenset)) else {sources}
    as_tuple = targets if isinstance(targets, tuple) else (targets,)
    return Move(name, number, frozenset(as_set), as_tuple, frozenset(roles), **rest)


STAYS: tuple = ()

TICKET_MOVES = _table(
    _move("create", "E01", None, S.DRAFT, DESK | {R.CITIZEN, R.SYSTEM}),
    _move("answer", "E02", S.DRAFT, S.ANSWERED_DIRECT, DESK, guards=("answerable_at_once",)),
    _move("refuse", "E03", {S.DRAFT, S.REVIEW}, S.REJECTED, DESK, reasons=RefuseReason),
    _move("submit", "E05", S.DRAFT, S.TO_DISPATCH, DESK | {R.CITIZEN, R.SYSTEM}, starts=(C.TOTAL, C.DISPATCH)),
    _move("merge", "E07", {S.REVIEW, S.TO_DISPATCH, S.DISPATCHED, S.HANDLING, S.RETURN_REVIEW}, S.MERGED, MERGING,
          guards=("supervisor_merges_dispatched", "nobody_follows"),
          stops=(C.TOTAL, C.DISPATCH, C.SIGN, C.CONTACT, C.HANDLING, C.STAGE, C.RETURN_DECISION, C.SUPERVISION,
                 C.EXTENSION)),
    _move("support", "E07a", OPEN_STATES - {S.DRAFT} | {S.CLOSED}, STAYS, MERGING),
    _move("unmerge", "E07b", S.MERGED, S.TO_DISPATCH, {R.SUPERVISOR}, guards=("not_rung_yet",), starts=(C.DISPATCH,),
          resumes=(C.TOTAL,)),
    _move("confer", "E08", S.TO_DISPATCH, S.CONFERENCE, CONVENERS, reasons=ConferenceReason,
          pauses=(C.DISPATCH,), starts=(C.CONFERENCE,)),
    _move("opine", "E08a", S.CONFERENCE, STAYS, UNIT, by_invited=True),
    _move("escalate", "E08b", S.CONFERENCE, STAYS, {R.SUPERVISOR, R.HOTLINE_DIR}, guards=("levels_left",),
          stops=(C.CONFERENCE,), starts=(C.CONFERENCE,)),
    _move("cancel_conference", "E08c", S.CONFERENCE, S.TO_DISPATCH, CONVENERS,
          guards=("senior_decides_raised_conference",), stops=(C.CONFERENCE,), resumes=(C.DISPATCH,)),
    _move("decide_conference", "E08d", S.CONFERENCE, S.DISPATCHED, CONVENERS,
          guards=("senior_decides_raised_conference",), stops=(C.CONFERENCE,),
          starts=(C.SIGN, C.CONTACT, C.HANDLING, C.STAGE)),
    _move("dispatch", "E09", S.TO_DISPATCH, S.DISPATCHED, {R.DISPATCHER, R.SHIFT_LEAD, R.SUPERVISOR, R.SYSTEM},
          guards=("conferred_first",), stops=(C.DISPATCH,), starts=(C.SIGN, C.CONTACT, C.HANDLING, C.STAGE)),
    _move("sign", "E10", S.DISPATCHED, S.HANDLING, UNIT | {R.SYSTEM}, stops=(C.SIGN,)),
    _move("contact", "E12", {S.HANDLING, S.REWORK, S.RETURN_REVIEW}, STAYS, UNIT, stops=(C.CONTACT,)),
    _move("ask_relay", "E12a", {S.HANDLING, S.REWORK}, STAYS, UNIT, guards=("caller_is_withheld", "no_relay_waits"),
          stops=(C.CONTACT,)),
    _move("relay", "E12b", {S.HANDLING, S.RETURN_REVIEW, S.REPLIED, S.CALLBACK, S.REWORK}, STAYS,
          DESK | {R.CALLBACK, R.SUPERVISOR}, guards=("relay_waits",)),
    _move("interim", "E20", {S.HANDLING, S.REWORK}, STAYS, UNIT, stops=(C.STAGE,), starts=(C.STAGE,)),
    _move("apply_return", "E13", {S.DISPATCHED, S.HANDLING}, S.RETURN_REVIEW, UNIT, reasons=ReturnReason,
          guards=("not_designated", "first_return", "inside_return_window", "no_extension_undecided",
                  "nothing_undecided"),
          stops=(C.SIGN,), starts=(C.RETURN_DECISION,)),
    _move("grant_return", "E14", S.RETURN_REVIEW, S.TO_DISPATCH, {R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR},
          guards=("senior_decides_repeated_return",),
          stops=(C.RETURN_DECISION, C.CONTACT, C.HANDLING, C.STAGE, C.SUPERVISION), starts=(C.DISPATCH,)),
    _move("refuse_return", "E15", S.RETURN_REVIEW, S.HANDLING, {R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR},
          guards=("senior_decides_repeated_return",), stops=(C.RETURN_DECISION,)),
    _move("recall", "E17", {S.DISPATCHED, S.HANDLING}, S.TO_DISPATCH, {R.DISPATCHER, R.SUPERVISOR},
          reasons=RecallReason, stops=(C.SIGN, C.CONTACT, C.HANDLING, C.STAGE, C.SUPERVISION, C.EXTENSION),
          starts=(C.DISPATCH,)),
    _move("apply_extension", "E18", {S.HANDLING, S.REWORK}, STAYS, UNIT, reasons=ExtensionReason,
          guards=("caller_contacted", "before_due", "no_extension_undecided", "nothing_undecided", "extensions_left"),
          starts=(C.EXTENSION,)),
    _move("grant_extension", "E19", {S.HANDLING, S.REWORK, S.REPLIED, S.CALLBACK}, STAYS,
          {R.SUPERVISOR, R.HOTLINE_DIR}, guards=("extension_undecided", "director_decides_second_extension"),
          stops=(C.EXTENSION,)),
    _move("refuse_extension", "E19b", {S.HANDLING, S.REWORK, S.REPLIED, S.CALLBACK}, STAYS,
          {R.SUPERVISOR, R.HOTLINE_DIR}, guards=("extension_undecided", "director_decides_second_extension"),
          stops=(C.EXTENSION,)),
    _move("apply_suspension", "E21", IN_HAND, STAYS, UNIT, reasons=SuspensionCause,
          guards=("caller_contacted", "before_due", "no_extension_undecided", "nothing_undecided")),
    _move("endorse", "E21a", IN_HAND, STAYS, {R.UNIT_LEAD, R.SUPERVISOR},
          guards=("your_step", "another_step_follows")),
    _move("grant_suspension", "E21b", IN_HAND, S.SUSPENDED, {R.HOTLINE_DIR},
          guards=("suspension_asked", "your_step", "last_step"), pauses=(C.HANDLING, C.REWORK, C.STAGE),
          starts=(C.SUSPENSION,)),
    _move("refuse_suspension", "E21c", IN_HAND, STAYS, DECIDING, guards=("suspension_asked", "your_step")),
    _move("resume", "E22", S.SUSPENDED, (S.HANDLING, S.REWORK), UNIT | {R.SUPERVISOR, R.HOTLINE_DIR},
          stops=(C.SUSPENSION,), resumes=(C.HANDLING, C.REWORK)),
    _move("review_suspension", "E22a", S.SUSPENDED, STAYS, UNIT | {R.SUPERVISOR},
          stops=(C.SUSPENSION,), starts=(C.SUSPENSION,)),
    _move("apply_termination", "E23", IN_HAND, STAYS, UNIT, reasons=TerminationGround,
          guards=("no_extension_undecided", "nothing_undecided")),
    _move("grant_termination", "E23a", IN_HAND, S.TERMINATED, {R.SUPERVISOR},
          guards=("termination_asked", "your_step", "last_step"),
          stops=(C.HANDLING, C.REWORK, C.STAGE, C.CONTACT, C.SUPERVISION, C.TOTAL)),
    _move("refuse_termination", "E23b", IN_HAND, STAYS, DECIDING, guards=("termination_asked", "your_step")),
    _move("reply", "E26", {S.HANDLING, S.REWORK}, S.REPLIED, UNIT, guards=("caller_contacted",),
          stops=(C.HANDLING, C.REWORK, C.STAGE), starts=(C.REVIEW,)),
    _move("accept_reply", "E27", S.REPLIED, S.CALLBACK, {R.REVIEWER, R.SUPERVISOR},
          stops=(C.REVIEW,), starts=(C.CALLBACK,)),
    _move("send_back", "E28", S.REPLIED, (S.HANDLING, S.REWORK), {R.REVIEWER, R.SUPERVISOR}, reasons=Defect,
          stops=(C.REVIEW,), resumes=(C.HANDLING, C.REWORK)),
    _move("record_callback", "E29", {S.CALLBACK, S.MERGED}, STAYS, {R.CALLBACK, R.SUPERVISOR},
          guards=("caller_wants_callback", "rung_after_its_master")),
    _move("close", "E30", S.CALLBACK, S.CLOSED, {R.CALLBACK, R.SUPERVISOR, R.SYSTEM}, guards=("callback_allows_close",),
          reasons=CloseType, stops=(C.CALLBACK, C.TOTAL, C.SUPERVISION, C.EXTENSION)),
    _move("rework", "E31", {S.CALLBACK, S.CLOSED}, S.REWORK, {R.CALLBACK, R.SUPERVISOR},
          guards=("caller_dissatisfied", "rounds_left"), reasons=DissatisfactionReason,
          stops=(C.CALLBACK,), starts=(C.REWORK,), resumes=(C.TOTAL,)),
    _move("reopen", "E43", S.CLOSED, S.REWORK, DESK | {R.SUPERVISOR, R.CITIZEN},
          guards=("closed_lately", "rounds_left"), reasons=ReopenReason, starts=(C.REWORK,), resumes=(C.TOTAL,)),
    _move("urge", "E35", OPEN_STATES - {S.DRAFT}, STAYS, DESK | {R.CALLBACK, R.CITIZEN}),
    _move("chase", "E37", OPEN_STATES - {S.DRAFT}, STAYS, {R.SUPERVISOR, R.HOTLINE_DIR, R.SYSTEM}),
    _move("supervise", "E38", WITH_A_UNIT, STAYS, {R.SUPERVISOR, R.HOTLINE_DIR, R.LEADER, R.SYSTEM},
          starts=(C.SUPERVISION,)),
    _move("answer_order", "E38a", WITH_A_UNIT, STAYS, UNIT, guards=("order_waits",), stops=(C.SUPERVISION,)),
    _move("instruct", "E39", OPEN_STATES - {S.DRAFT}, STAYS, {R.LEADER, R.SUPERVISOR, R.HOTLINE_DIR}),
    _move("add", "E36", OPEN_STATES - {S.DRAFT}, STAYS, DESK | {R.CALLBACK, R.SUPERVISOR, R.DISPATCHER, R.CITIZEN}),
    _move("conceal", "E36a", frozenset(S) - {S.DRAFT, S.ARCHIVED}, STAYS, DESK | {R.CALLBACK, R.SUPERVISOR, R.CITIZEN},
          guards=("caller_is_open",)),
    _move("disclose", "E36b", OPEN_STATES - {S.DRAFT}, STAYS, DESK | {R.CITIZEN}, guards=("caller_is_withheld",)),
    _move("add_part", "E09a", {S.DISPATCHED, S.HANDLING, S.REWORK}, STAYS, SENDERS),
    _move("copy", "E09b", WITH_A_UNIT, STAYS, SENDERS),
    _move("whistle", "E09c", {S.HANDLING, S.REWORK}, STAYS, UNIT, guards=("street_leads",)),
    _move("delegate", "E11", IN_WORK, STAYS, UNIT, guards=("task_in_hand", "units_below", "lower_level_left")),
    _move("release_part", "E14a", WITH_A_UNIT, STAYS, {R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR},
          guards=("objection_waits",)),
    _move("keep_part", "E15a", WITH_A_UNIT, STAYS, {R.DISPATCHER, R.SUPERVISOR, R.HOTLINE_DIR},
          guards=("objection_waits",)),
    _move("recall_part", "E17a", WITH_A_UNIT, STAYS, {R.DISPATCHER, R.SUPERVISOR}, guards=("parts_open",),
          reasons=RecallReason),
    _move("withdraw_part", "E17b", WITH_A_UNIT, STAYS, UNIT, guards=("has_handed_down",), reasons=RecallReason),
    _move("accept_part", "E24a", WITH_A_UNIT, STAYS, UNIT, guards=("has_handed_down",)),
    _move("return_part", "E24b", IN_WORK, STAYS, UNIT, guards=("has_handed_down",)),
)

ASSIGNMENT_MOVES = _table(
    _move("dispatch", "E09", None, A.WAIT_SIGN, TICKET_MOVES["dispatch"].roles),
    _move("decide_conference", "E08d", None, A.WAIT_SIGN, TICKET_MOVES["decide_conference"].roles),
    _move("sign", "E10", A.WAIT_SIGN, A.WORKING, TICKET_MOVES["sign"].roles),
    _move("contact", "E12", {A.WORKING, A.REWORK, A.RETURN_ASKED}, STAYS, TICKET_MOVES["contact"].roles),
    _move("interim", "E20", {A.WORKING, A.REWORK}, STAYS, TICKET_MOVES["interim"].roles),
    _move("apply_return", "E13", {A.WAIT_SIGN, A.WORKING}, A.RETURN_ASKED, TICKET_MOVES["apply_return"].roles),
    _move("grant_return", "E14", A.RETURN_ASKED, A.RETURNED, TICKET_MOVES["grant_return"].roles),
    _move("refuse_return", "E15", A.RETURN_ASKED, A.WORKING, TICKET_MOVES["refuse_return"].roles),
    _move("merge", "E07", {A.WAIT_SIGN, A.WORKING, A.RETURN_ASKED}, A.RECALLED, TICKET_MOVES["merge"].roles),
    _move("recall", "E17", {A.WAIT_SIGN, A.WORKING}, A.RECALLED, TICKET_MOVES["recall"].roles),
    _move("grant_suspension", "E21b", {A.WORKING, A.REWORK}, A.SUSPENDED, TICKET_MOVES["grant_suspension"].roles),
    _move("resume", "E22", A.SUSPENDED, (A.WORKING, A.REWORK), TICKET_MOVES["resume"].roles),
    _move("grant_termination", "E23a", {A.WORKING, A.REWORK}, A.TERMINATED, TICKET_MOVES["grant_termination"].roles),
    _move("reply", "E26", {A.WORKING, A.REWORK}, A.REPLIED, TICKET_MOVES["reply"].roles),
    _move("accept_reply", "E27", A.REPLIED, A.ACCEPTED, TICKET_MOVES["accept_reply"].roles),
    _move("send_back", "E28", A.REPLIED, (A.WORKING, A.REWORK), TICKET_MOVES["send_back"].roles),
    _move("close", "E30", A.ACCEPTED, A.DONE, TICKET_MOVES["close"].roles),
    _move("rework", "E31", {A.ACCEPTED, A.DONE}, A.REWORK, TICKET_MOVES["rework"].roles),
    _move("reopen", "E43", A.DONE, A.REWORK, TICKET_MOVES["reopen"].roles),
)

#: What happens to a task that is not the lead's. Its own unit signs, answers and objects, which moves no ticket; the
#: rest stands in the ticket's table too, since others do it: the hotline, or the unit that handed the task down.
PART_MOVES = _table(
    _move("add_part", "E09a", None, A.WAIT_SIGN, TICKET_MOVES["add_part"].roles, starts=(C.PART_SIGN, C.CO)),
    _move("copy", "E09b", None, A.TO_READ, TICKET_MOVES["copy"].roles),
    _move("whistle", "E09c", None, A.WAIT_SIGN, TICKET_MOVES["whistle"].roles, starts=(C.PART_SIGN, C.CO)),
    _move("delegate", "E11", None, A.WAIT_SIGN, TICKET_MOVES["delegate"].roles, starts=(C.PART_SIGN, C.SUB)),
    _move("sign", "E10", A.WAIT_SIGN, A.WORKING, TICKET_MOVES["sign"].roles, stops=(C.PART_SIGN,)),
    _move("acknowledge", "E10a", A.TO_READ, A.DONE, UNIT),
    _move("contact", "E12", {A.WORKING, A.REWORK, A.RETURN_ASKED}, STAYS, TICKET_MOVES["contact"].roles),
    _move("object", "E13a", {A.WAIT_SIGN, A.WORKING}, A.RETURN_ASKED, UNIT, guards=("answers_to_the_hotline",),
          reasons=ReturnReason, stops=(C.PART_SIGN,), starts=(C.RETURN_DECISION,)),
    _move("release_part", "E14a", A.RETURN_ASKED, A.RETURNED, TICKET_MOVES["release_part"].roles,
          stops=(C.RETURN_DECISION, C.CO)),
    _move("keep_part", "E15a", A.RETURN_ASKED, A.WORKING, TICKET_MOVES["keep_part"].roles,
          stops=(C.RETURN_DECISION,)),
    _move("recall_part", "E17a", {A.TO_READ, A.WAIT_SIGN, A.WORKING, A.RETURN_ASKED}, A.RECALLED,
          TICKET_MOVES["recall_part"].roles, stops=(C.PART_SIGN, C.CO, C.RETURN_DECISION)),
    _move("withdraw_part", "E17b", {A.WAIT_SIGN, A.WORKING, A.REWORK}, A.RECALLED,
          TICKET_MOVES["withdraw_part"].roles, stops=(C.PART_SIGN, C.SUB)),
    _move("contribute", "E24", {A.WORKING, A.REWORK}, A.REPLIED, UNIT, stops=(C.CO, C.SUB)),
    _move("accept_part", "E24a", A.REPLIED, A.ACCEPTED, TICKET_MOVES["accept_part"].roles),
    _move("return_part", "E24b", A.REPLIED, A.REWORK, TICKET_MOVES["return_part"].roles, starts=(C.SUB,)),
)
#: What a unit does with its own part, whatever the ticket's state allows its lead.
OF_ONES_OWN = frozenset({"sign", "acknowledge", "contact", "object", "contribute"})
#: Moves of the ticket's table that whoever holds any task of it may make for what they handed down.
OF_ANY_TASK = frozenset({"delegate", "withdraw_part", "accept_part", "return_part"})

APPLICATION_MOVES = _table(
    *(
        _move(name, TICKET_MOVES[name].number, source, target, TICKET_MOVES[name].roles)
        for kind in ("return", "extension", "suspension", "termination")
        for name, source, target in ((f"apply_{kind}", None, P.FILED), (f"grant_{kind}", P.FILED, P.GRANTED),
                                     (f"refuse_{kind}", P.FILED, P.REFUSED))
    ),
    _move("merge", "E07", P.FILED, P.LAPSED, TICKET_MOVES["merge"].roles),
    _move("recall", "E17", P.FILED, P.LAPSED, TICKET_MOVES["recall"].roles),
    _move("endorse", "E21a", P.FILED, STAYS, TICKET_MOVES["endorse"].roles),
    _move("reply", "E26", P.FILED, P.LAPSED, TICKET_MOVES["reply"].roles),
    _move("close", "E30", P.FILED, P.LAPSED, TICKET_MOVES["close"].roles),
    _move("object", "E13a", None, P.FILED, PART_MOVES["object"].roles),
    _move("release_part", "E14a", P.FILED, P.GRANTED, TICKET_MOVES["release_part"].roles),
    _move("keep_part", "E15a", P.FILED, P.REFUSED, TICKET_MOVES["keep_part"].roles),
    _move("recall_part", "E17a", P.FILED, P.LAPSED, TICKET_MOVES["recall_part"].roles),
)

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
