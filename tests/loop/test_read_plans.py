"""Every hot question has its index: the database can answer it without reading a table through.

Sequential scans and sorts are priced out and most tickets are over, so that small test tables show the plan of large
ones.
"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, func, select, text

from hotline import pulse
from tests import builders as play
from workflows.administer import dues
from workflows.administer.limit_plans import judged_by
from workflows.model.base import db as base
from workflows.model.clock import Clock
from workflows.read.agents import agents
from workflows.read.callers import history
from workflows.read.cockpit import cockpit, mine
from workflows.read.figures import figures
from workflows.read.overdue import ageing, due_soon, overdue
from workflows.read.profile import profile
from workflows.read.queues import (
    CallbackTab,
    Tab,
    TicketFilter,
    all_tickets,
    callback_queue,
    department_counts,
    department_queue,
    desk_counts,
    desk_recent,
    dispatch_queue,
    return_queue,
    review_queue,
)
from workflows.read.repeats import repeat_callers
from workflows.read.search import search
from workflows.read.tickets import ticket_page


@pytest.fixture
def city(db):
    return play.make_city()


def plans_of(db, ask):
    """The plans of every statement a question sends, as one text."""
    seen = []

    def note(connection, cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    db.session.execute(text("SET LOCAL enable_sort = off"))
    lines = []
    for statement, parameters in seen:
        if "FROM" in statement and "reference_version" not in statement:
            lines += db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars()
    db.session.rollback()
    return "\n".join(lines)


def ask_for(what, *conditions):
    """What a changed limit asks of running clocks."""
    return base.session.scalars(select(what).select_from(Clock).where(*conditions))


def questions(city):
    """What is asked all day, and the indexes that answer it."""
    housing, supervisor, agent = city.actor("housing"), city.actor("supervisor"), city.actor("agent")
    month = date(2026, 11, 1), date(2026, 11, 30)
    return {
        "queue": (lambda: department_queue(housing, Tab.WORKING), ["ix_assignment_live_due"]),
        "due soon": (lambda: department_queue(housing, Tab.DUE_SOON), ["ix_assignment_live_due"]),
        "tabs": (lambda: department_counts(housing), ["ix_assignment_live_due"]),
        "dispatch": (lambda: dispatch_queue(supervisor), ["ix_clock_running_due"]),
        "returns": (lambda: return_queue(supervisor), ["ix_clock_running_due", "uq_application_one_filed"]),
        "review": (lambda: review_queue(supervisor), ["ix_clock_running_due", "ix_reply_assignment_id"]),
        "call-back": (lambda: callback_queue(supervisor), ["ix_callback_task_open"]),
        "dissatisfied": (lambda: callback_queue(supervisor, CallbackTab.DISSATISFIED), ["ix_ticket_dissatisfied"]),
        "desks": (lambda: desk_counts(supervisor), ["ix_clock_running_due", "ix_callback_task_open"]),
        "recent": (lambda: desk_recent(agent), ["ix_ticket_created_by"]),
        "all": (lambda: all_tickets(supervisor), ["ix_ticket_created_at"]),
        "matter": (lambda: all_tickets(supervisor, TicketFilter(category_id=3)), ["ix_ticket_category"]),
        "place": (lambda: all_tickets(supervisor, TicketFilter(area_id=4)), ["ix_ticket_area"]),
        "unit": (lambda: all_tickets(supervisor, TicketFilter(unit_id=3)), ["ix_ticket_lead_unit"]),
        "board": (lambda: overdue(supervisor), ["ix_clock_running_due"]),
        "soon": (lambda: due_soon(supervisor), ["ix_clock_running_due"]),
        "ageing": (lambda: ageing(supervisor), ["ix_clock_running_due"]),
        "a limit's clocks": (lambda: ask_for(func.count(), *judged_by([7], "HANDLING")), ["ix_clock_judged_by"]),
        "judged anew": (lambda: ask_for(Clock.id, *dues._touched({"rule_id": 7})), ["ix_clock_judged_by"]),
        "timers": (pulse.take, ["ix_clock_next_at"]),
        "caller": (lambda: history(agent, "13812345678"), ["ix_ticket_identity_caller"]),
        "words": (lambda: search(agent, "电梯停运"), ["ix_ticket_text_bigrams"]),
        "figures": (lambda: figures(supervisor, *month),
                    ["ix_clock_figures", "ix_evaluation_finished", "ix_assignment_dispatched_at",
                     "ix_assignment_replied_at", "ix_ticket_closed"]),
        "agents": (lambda: agents(supervisor, *month),
                   ["ix_ticket_created_at", "ix_risk_alert_raised_at", "ix_assignment_dispatched_at",
                    "ix_callback_attempt_at"]),
        "repeats": (lambda: repeat_callers(supervisor, *month), ["ix_ticket_created_at", "pk_ticket_identity"]),
        "profile": (lambda: profile(supervisor, city.areas["D-E-1"], *month),
                    ["ix_ticket_area", "ix_clock_running_due"]),
        "cockpit": (lambda: (cockpit(supervisor), mine(supervisor)),
                    ["ix_ticket_created_at", "ix_ticket_raised", "ix_suspension_open", "uq_risk_alert_one_open"]),
        "in danger": (lambda: all_tickets(supervisor, TicketFilter(in_danger=True, counted=True)),
                      ["uq_risk_alert_one_open"]),
    }


#: A closed ticket and its unit's task again and again: on other days, of other agents, matters, places and units.
MANY = """
    INSERT INTO {table} OVERRIDING SYSTEM VALUE
    SELECT again.* FROM {table} AS row, generate_series(1000, 3000) AS n,
           jsonb_populate_record(row, jsonb_build_object('id', n, {changes})) AS again
"""
DAY = "date '2026-11-16' - n"
TASKS = f"'ticket_id', n, 'unit_id', n % 9, 'dispatched_at', {DAY}, 'replied_at', {DAY}"
TICKETS = (
    f"'no', n, 'lead_assignment_id', n, 'lead_unit_id', n % 9, 'created_by_id', n, 'category_id', n, 'area_id', n,"
    f" 'created_at', {DAY}, 'closed_at', {DAY}"
)

TEXTS = "INSERT INTO ticket_text (ticket_id, created_at, body) SELECT id, created_at, md5(no) FROM ticket"


#: What the database happens to know of tables comes from the tests before: it is to know nothing.
FORGET = """
    DELETE FROM pg_statistic USING pg_class c WHERE starelid = c.oid AND c.relnamespace = 'public'::regnamespace;
    UPDATE pg_class SET reltuples = -1, relpages = 0
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""


def closed_long_ago(admin):
    """Make the tables look as after a while: few tickets of many are open."""
    admin.execute(FORGET)
    admin.execute("DELETE FROM ticket_text")  # so that the table is put back: what follows fires no trigger
    admin.execute("SET session_replication_role = replica")
    for table, changes in (("assignment", TASKS), ("ticket", TICKETS)):
        admin.execute(MANY.format(table=table, changes=changes))
        admin.execute(f"ANALYZE {table}")
    admin.execute(TEXTS)
    admin.execute("ANALYZE ticket_text")


def test_what_is_asked_all_day_is_answered_by_an_index(db, city, admin):
    with play.at("2026-11-16 10:00"):
        no = play.to_closed(city)
        closed_long_ago(admin)
        for name, (ask, indexes) in questions(city).items():
            plan = plans_of(db, ask)
            for index in indexes:
                assert index in plan, f"{name}\n{plan}"
            assert "Seq Scan" not in plan, f"{name}\n{plan}"
        page = plans_of(db, lambda: ticket_page(no, city.actor("supervisor")))
        assert "Seq Scan" not in page, page
