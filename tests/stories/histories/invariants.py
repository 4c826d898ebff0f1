"""The twelve invariants of the life of a ticket (domain §4.4), read from the database after every move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select

from tests.builders import City
from tests.stories.histories.replay import Replay
from workflows.engine.clocks import DUE_CLOCKS
from workflows.model.application import ApplicationStep
from workflows.model.base import db
from workflows.model.clock import Clock, ClockSegment
from workflows.model.feedback import CallbackTask
from workflows.model.reply import Reply
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent
from workflows.read.tickets import ticket_page
from workflows.rules.guards import wants_callback
from workflows.rules.limits import ClockCode
from workflows.rules.states import LIVE_STATES, OPEN_STATES, WITH_A_UNIT, TicketState

#: Moves and steps after which the due of a running clock may be another; each leaves a line in its account.
STANDS_STILL = {str(code) for code in (*DUE_CLOCKS, ClockCode.STAGE)}
OVER = frozenset(TicketState) - OPEN_STATES


@dataclass(frozen=True)
class World:
    """Everything there is of a history's tickets at one moment."""

    tickets: dict[int, Row[Any]]
    tasks: dict[int, Row[Any]]
    clocks: dict[int, Row[Any]]
    segments: dict[int, list[Row[Any]]]
    applications: list[Row[Any]]
    calls: list[Row[Any]]
    replies: list[Row[Any]]
    orders: list[Row[Any]]
    events: list[Row[Any]]

    def of(self, ticket_id: int) -> list[Row[Any]]:
        """A ticket's tasks."""
        return [task for task in self.tasks.values() if task.ticket_id == ticket_id]


def look(ticket_ids: Sequence[int], after: int) -> World:
    """Read it, with the events after that one."""
    def rows(model: Any, column: Any, *also: Any) -> Sequence[Row[Any]]:
        return db.session.execute(
            select(model.__table__).where(column.in_(ticket_ids), *also).order_by(model.__table__.c.id)
        ).all()

    clocks = rows(Clock, Clock.ticket_id)
    lines = db.session.execute(
        select(ClockSegment.__table__).join(Clock, Clock.id == ClockSegment.clock_id)
        .where(Clock.ticket_id.in_(ticket_ids)).order_by(ClockSegment.id)
    )
    segments: dict[int, list[Row[Any]]] = defaultdict(list)
    for line in lines:
        segments[line.clock_id].append(line)
    return World(
        {row.id: row for row in rows(Ticket, Ticket.id)},
        {row.id: row for row in rows(Assignment, Assignment.ticket_id)},
        {row.id: row for row in clocks}, segments, list(rows(Application, Application.ticket_id)),
        list(rows(CallbackTask, CallbackTask.ticket_id)), list(rows(Reply, Reply.ticket_id)),
        list(rows(SupervisionOrder, SupervisionOrder.ticket_id)),
        list(rows(TicketEvent, TicketEvent.ticket_id, TicketEvent.id > after)),
    )


def one_lead(was: World | None, now: World) -> None:
    """1. Exactly one lead in a living state while a unit holds the ticket, none else; counts are what they count."""
    for ticket in now.tickets.values():
        living = [task for task in now.of(ticket.id) if task.state in LIVE_STATES]
        leads = [task for task in living if task.role == "LEAD"]
        if ticket.state in WITH_A_UNIT:
            lead, = leads
            assert (lead.id, lead.unit_id) == (ticket.lead_assignment_id, ticket.lead_unit_id)
            assert lead.round == ticket.round
        else:
            assert living == [], f"{ticket.state} with {[task.state for task in living]}"
        assert ticket.open_parts == len(living) - len(leads)
        for task in living:
            assert task.open_parts == sum(below.parent_id == task.id for below in living)


def dues_are_accounted_for(was: World | None, now: World) -> None:
    """2. A due is never before the original one, and every change of it is a line of its clock's account."""
    for clock in now.clocks.values():
        lines = now.segments[clock.id]
        if clock.due_at is None:
            assert lines == []
            continue
        dues = [clock.due_original, *(due for line in lines for due in (line.due_before, line.due_after)), clock.due_at]
        assert all(a == b for a, b in pairwise(dues) if (a, b) not in _steps(lines)), f"{clock.code}: {dues}"
    for task in now.tasks.values():
        assert task.due_at is None or task.due_at >= task.due_original


def _steps(lines: Iterable[Row[Any]]) -> set[tuple[datetime, datetime]]:
    return {(line.due_before, line.due_after) for line in lines}


def nothing_is_reset_or_deleted(was: World | None, now: World) -> None:
    """3. The citizen's clock begins with the submission and never again; tasks, clocks and lines stay."""
    for ticket in now.tickets.values():
        totals = [clock for clock in now.clocks.values() if clock.ticket_id == ticket.id and clock.code == "TOTAL"]
        if ticket.submitted_at is None:
            assert totals == []
            continue
        total, = totals
        assert total.started_at == ticket.submitted_at
        assert (total.stopped_at is None) == (ticket.state in OPEN_STATES), f"{ticket.state}: the citizen's clock"
    if was is not None:
        assert was.tasks.keys() <= now.tasks.keys()
        assert was.clocks.keys() <= now.clocks.keys()
        assert {a.id for a in was.applications} <= {a.id for a in now.applications}


def designated_units_return_nothing(was: World | None, now: World) -> None:
    """4. Who was designated for good asks for no return."""
    if was is None:
        return
    known = {one.id for one in was.applications}
    for one in now.applications:
        if one.kind == "RETURN" and one.id not in known:
            assert not was.tasks[one.assignment_id].final_designation


def merged_tickets_follow(was: World | None, now: World) -> None:
    """6. A merged ticket has no task of its own; when its master is over, its caller is to be rung, or was.

    It is put away after its master.
    """
    for ticket in now.tickets.values():
        followers = [one for one in now.tickets.values() if one.master_id == ticket.id]
        assert ticket.supporters == len(followers)
        for one in followers:
            assert one.state == TicketState.MERGED or one.state == ticket.state == TicketState.ARCHIVED
            assert all(task.state not in LIVE_STATES for task in now.of(one.id))
            calls = [call for call in now.calls if call.ticket_id == one.id]
            if ticket.state in OVER and wants_callback(one):
                assert calls, f"{ticket.state}: nobody rings a merged caller"
            waits = any(call.done_at is None for call in calls)
            assert one.awaits_call == waits, (one.awaits_call, waits)


def suspended_is_not_late(was: World | None, now: World) -> None:
    """9. A suspended ticket's handling stands still, its review clock runs."""
    for ticket in now.tickets.values():
        running = {c.code for c in now.clocks.values() if c.ticket_id == ticket.id and c.stopped_at is None}
        if ticket.state == TicketState.SUSPENDED:
            assert not running & STANDS_STILL
            assert "SUSPENSION" in running
            red = [c for c in now.clocks.values() if c.ticket_id == ticket.id and c.paused_since and c.fired_at]
            assert all(c.fired_at <= c.paused_since for c in red)
        else:
            assert "SUSPENSION" not in running


def in_time_is_in_time(was: World | None, now: World) -> None:
    """10. What was answered before its due is on time whenever it is reviewed; nothing fires early or afterwards."""
    for clock in now.clocks.values():
        if clock.fired_at is not None:
            assert clock.fired_at >= clock.due_at
            assert clock.stopped_at is None or clock.stopped_at >= clock.due_at, f"{clock.code} fired after it stopped"
        if clock.stopped_at is not None:
            assert clock.next_at is None
    answered = {task.id: task.replied_at for task in now.tasks.values() if task.state == "REPLIED"}
    for clock in now.clocks.values():
        if clock.code in {str(code) for code in DUE_CLOCKS} and clock.assignment_id in answered:
            assert clock.stopped_at is not None
            assert clock.stopped_at <= answered[clock.assignment_id]


def late_decisions_are_credited(was: World | None, now: World) -> None:
    """11. Where the hotline took too long to refuse a return, the unit's due is later by it."""
    for event in now.events:
        if event.kind != "refuse_return":
            continue
        decision = _last(now, event.assignment_id, "RETURN_DECISION")
        handling = _last(now, event.assignment_id, "HANDLING")
        if decision.stopped_at > decision.due_at:
            credited = [line for line in now.segments[handling.id] if line.kind == "CREDIT"]
            late = int((decision.stopped_at - decision.due_at).total_seconds() // 60)
            assert credited or late == 0 or handling.rule["basis"] in ("WD", "WH"), "a late decision without a credit"
            assert all(line.due_after >= line.due_before for line in credited)


def _last(now: World, task_id: int, code: str) -> Row[Any]:
    return [clock for clock in now.clocks.values() if clock.assignment_id == task_id and clock.code == code][-1]


def closed_means_answered(was: World | None, now: World) -> None:
    """12. Nothing closes without an accepted reply, nor before its caller was rung who wants to be."""
    for ticket in now.tickets.values():
        if ticket.state != TicketState.CLOSED:
            continue
        accepted = [one for one in now.replies if one.ticket_id == ticket.id and one.decision == "ACCEPTED"]
        assert accepted
        assert not wants_callback(ticket) or ticket.callback_outcome is not None
        assert ticket.closed_at is not None
        assert ticket.close_type


def nothing_waits_for_nobody(was: World | None, now: World) -> None:
    """Beside the twelve: no clock outlives its ticket, and what waits for a decision is of a task that lives."""
    orders = Counter(one.ticket_id for one in now.orders if one.answered_at is None and one.lapsed_at is None)
    waiting = [one for one in now.applications if one.state == "FILED"]
    for ticket in now.tickets.values():
        running = {c.code for c in now.clocks.values() if c.ticket_id == ticket.id and c.stopped_at is None}
        if ticket.state in OVER:
            # a petition is watched until its receipt is there, an evaluation contested until it is decided
            watched = {"PETITIONED": {"PETITION"}, "CLOSED": {"APPROVAL"}}.get(ticket.state, set())
            assert running <= watched, f"{ticket.state} with {running}"
        assert ticket.open_orders == orders[ticket.id]
        objections = [one for one in waiting if one.ticket_id == ticket.id and one.kind == "DECLINE"]
        assert ticket.open_objections == len(objections)
    for one in waiting:
        if one.kind not in ("EXCLUSION", "APPEAL"):  # of a task that is done
            assert now.tasks[one.assignment_id].state in LIVE_STATES, f"{one.kind} waits, but its task is over"


CHECKS: tuple[Callable[[World | None, World], None], ...] = (
    one_lead, dues_are_accounted_for, nothing_is_reset_or_deleted, designated_units_return_nothing,
    merged_tickets_follow, suspended_is_not_late, in_time_is_in_time, late_decisions_are_credited,
    closed_means_answered, nothing_waits_for_nobody,
)


def states_are_those_of_the_history(replay: Replay, now: World) -> None:
    """5. Replaying the events gives every state there is: of tickets, of tasks and of what was asked for (A30)."""
    replay.play(now.events)
    assert {key: row.state for key, row in now.tickets.items()} == replay.tickets
    leads = {key: row.state for key, row in now.tasks.items() if row.role == "LEAD"}
    parts = {key: row.state for key, row in now.tasks.items() if row.role != "LEAD"}
    assert leads == replay.leads
    assert parts == replay.parts
    last: dict[tuple[int, str], str] = {}
    for one in now.applications:
        if one.assignment_id is not None:
            last[one.assignment_id, one.kind] = one.state
    assert last == replay.asked


def withheld_is_withheld(city: City, now: World, ticket_id: int, caller: tuple[str, str]) -> None:
    """7. A caller who is not open stands nowhere on what the unit that holds the ticket is shown."""
    ticket = now.tickets[ticket_id]
    if ticket.anonymity == "OPEN" or ticket.lead_unit_id is None:
        return
    shown = repr(ticket_page(ticket.no, city.clerk_of(ticket.lead_unit_id)))
    for word in caller:
        assert word not in shown, f"a unit reads {word!r} of a caller that is {ticket.anonymity}"


def steps_are_of_two_persons(application_ids: Sequence[int]) -> None:
    """Nobody decides two steps of what was asked for."""
    rows = db.session.execute(
        select(ApplicationStep.application_id, ApplicationStep.decided_by_id)
        .where(ApplicationStep.application_id.in_(application_ids), ApplicationStep.decided_by_id.is_not(None))
    ).all()
    assert len(rows) == len(set(rows))

