"""The tables of moves: whole, consistent, and refusing what they do not say."""

from itertools import pairwise, product

import pytest

from workflows.errors import NotAllowed, NotNow
from workflows.rules.guards import GUARDS
from workflows.rules.lifecycle import (
    APPLICATION_MOVES,
    ASSIGNMENT_MOVES,
    OF_ANY_TASK,
    OF_ONES_OWN,
    PART_MOVES,
    TABLES,
    TICKET_MOVES,
    check_role,
    line_of,
    moves_from,
    moves_of_part,
    step,
)
from workflows.rules.limits import ClockCode
from workflows.rules.roles import ADMIN_ROLES, READING_ROLES, Role
from workflows.rules.states import OPEN_STATES, ApplicationState, AssignmentState, TicketState

STATES = {"ticket": TicketState, "assignment": AssignmentState, "part": AssignmentState,
          "application": ApplicationState}
EVERY_LINE = [(table, move) for table, moves in TABLES.items() for move in moves.values()]


def make(state, name, role):
    check_role(TICKET_MOVES[name], frozenset({role}))
    return step(TICKET_MOVES, state, name)


@pytest.mark.parametrize("name", TICKET_MOVES)
def test_every_move_is_either_offered_and_works_or_is_refused(name):
    line = TICKET_MOVES[name]
    for state, role in product([None, *TicketState], Role):
        offered = state is not None and line in moves_from(state, frozenset({role}))
        begins = state is None and None in line.sources and role in line.roles
        if offered or begins:
            assert make(state, name, role) in TicketState
        else:
            with pytest.raises((NotAllowed, NotNow)):
                make(state, name, role)


@pytest.mark.parametrize(("table", "move"), EVERY_LINE, ids=lambda x: getattr(x, "name", x))
def test_every_line_of_every_table_works_in_its_states_for_its_roles_and_nowhere_else(table, move):
    def made(state, role):
        check_role(move, frozenset({role}))
        return step(TABLES[table], state, move.name)

    for state, role in product([None, *STATES[table]], Role):
        if state in move.sources and role in move.roles:
            assert made(state, role) in (move.targets or (state,))
        else:
            with pytest.raises((NotAllowed, NotNow)):
                made(state, role)


@pytest.mark.parametrize(("table", "move"), EVERY_LINE, ids=lambda x: getattr(x, "name", x))
def test_a_line_speaks_of_known_states_guards_and_clocks(table, move):
    states = {None, *STATES[table]}
    assert move.sources <= states
    assert set(move.targets) <= states - {None}
    assert set(move.guards) <= set(GUARDS)
    assert {*move.stops, *move.starts} <= set(ClockCode)
    assert move.roles


@pytest.mark.parametrize("table", [ASSIGNMENT_MOVES, APPLICATION_MOVES, PART_MOVES],
                         ids=["assignment", "application", "part"])
def test_a_move_in_two_tables_has_one_set_of_roles_and_one_number(table):
    for name, move in table.items():
        other = TICKET_MOVES.get(name) or PART_MOVES[name]
        assert (move.roles, move.number) == (other.roles, other.number)


def test_who_reads_or_administers_moves_nothing_but_a_leader_instructs_and_orders():
    for name, move in TICKET_MOVES.items():
        found = move.roles & (READING_ROLES | ADMIN_ROLES)
        assert found == ({Role.LEADER} if name in {"instruct", "supervise"} else set()), name


#: What may still be done with a ticket that is over.
AFTER_THE_END = {"link", "unlink", "support", "unmerge", "record_callback", "rework", "reopen", "conceal", "endorse",
                 "recheck_withdrawal", "reinstate", "check_ending", "overturn", "archive",
                 "record_receipt", "note_petition", "tell_again",
                 *(f"{deed}_{kind}" for deed in ("apply", "grant", "refuse") for kind in ("exclusion", "appeal"))}


def test_nothing_else_leaves_a_terminal_state():
    for name, move in TICKET_MOVES.items():
        assert move.sources <= OPEN_STATES | {None} or name in AFTER_THE_END


def test_every_state_a_move_leads_to_has_a_way_on_or_is_terminal():
    reached = {t for m in TICKET_MOVES.values() for t in m.targets}
    left = {s for m in TICKET_MOVES.values() if m.targets for s in m.sources}
    assert reached - left <= set(TicketState) - OPEN_STATES


def test_a_clock_that_is_stopped_somewhere_is_started_somewhere():
    started = {c for m in TICKET_MOVES.values() for c in m.starts}
    stopped = {c for m in TICKET_MOVES.values() for c in m.stops}
    assert stopped <= started


def test_a_target_that_is_not_in_the_line_is_refused():
    with pytest.raises(NotNow):
        step(TICKET_MOVES, TicketState.REPLIED, "send_back", TicketState.CLOSED)


def test_the_usual_way_leads_from_the_call_to_the_close():
    way = ["create", "submit", "dispatch", "sign", "contact", "reply", "accept_reply", "record_callback", "close"]
    state = None
    for name in way:
        state = step(TICKET_MOVES, state, name)
    assert state is TicketState.CLOSED


def test_moves_are_numbered_in_the_order_of_the_field():
    numbers = [m.number for m in TICKET_MOVES.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(a < b for a, b in pairwise(sorted(numbers)))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("task_state", AssignmentState)
def test_every_move_of_a_part_is_offered_where_its_table_says(task_state, role):
    offered = {m.name for m in moves_of_part(TicketState.HANDLING, task_state, frozenset({role}))}
    assert offered & OF_ONES_OWN == {
        name for name in OF_ONES_OWN if task_state in PART_MOVES[name].sources and role in PART_MOVES[name].roles
    }
    assert offered - OF_ONES_OWN <= OF_ANY_TASK
    assert not moves_of_part(TicketState.CLOSED, task_state, frozenset({role}))


def test_a_move_of_parts_is_either_its_own_units_or_in_the_tickets_table():
    assert set(PART_MOVES) - OF_ONES_OWN <= set(TICKET_MOVES)
    for name in OF_ONES_OWN:
        assert line_of(name, "CO") is PART_MOVES[name]
        if name not in TICKET_MOVES:
            with pytest.raises(NotNow):
                line_of(name, "LEAD")
