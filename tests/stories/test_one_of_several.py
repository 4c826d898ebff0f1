"""Several become one: callers of one matter (A14), and units of one city (A28)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import administer, collect
from workflows.model.base import db as database
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackAttempt
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.read.departments import department_queue
from workflows.read.figures import figures
from workflows.read.recount import recount
from workflows.rules.indicators import Figure

DAY = "2026-11-16 10:00"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def city(db):
    with play.at(DAY):
        yield play.make_city()


def test_a14_five_callers_of_one_matter_are_five_call_backs_and_one_process(city):
    master = play.to_handling(city)
    others = [
        collect.join({"name": "陈小北", "phone": f"1370000000{n}", "content": "也停了。"}, city.actor("agent2"),
                     master=master).no
        for n in range(4)
    ]
    play.contact(city, master)
    play.reply(city, master)
    play.accept(city, master)
    for no in (master, *others):
        play.ring(city, no)
    assert database.session.scalar(select(func.count()).select_from(CallbackAttempt)) == 5
    total = figures(city.actor("supervisor"), FIRST, LAST)[0]
    assert total.received == total.ratios[Figure.RETURN].denominator == 1
    assert total.ratios[Figure.SATISFIED].denominator == 1
    assert database.session.scalar(select(func.count()).select_from(Clock).where(Clock.code == "HANDLING")) == 1
    assert recount(FIRST, LAST) == []


def test_a28_of_two_units_made_one_the_open_work_moves_by_event_and_what_was_done_stays(city):
    boss, schools = city.actor("admin"), city.units["SCHOOLS"]
    of_housing, of_water = play.to_handling(city), play.to_handling(city, "06", by="water")
    done = play.to_closed(city)
    due = dict(database.session.execute(select(Ticket.no, Assignment.due_at).join(
        Assignment, Assignment.id == Ticket.lead_assignment_id)).all())
    for code in ("HOUSING", "WATER"):
        administer.close_unit(city.units[code], boss, version=1, successor_id=schools, note="机构改革")
    assert {row.no for row in department_queue(city.actor("schools"), "WORKING").items} == {of_housing, of_water}
    told = database.session.execute(
        select(Ticket.no, TicketEvent.data).join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(TicketEvent.kind == "handed_over").order_by(TicketEvent.id)).all()
    assert [(no, data["from_unit_id"], data["unit_id"]) for no, data in told] == [
        (of_housing, city.units["HOUSING"], schools), (of_water, city.units["WATER"], schools)]
    for no in (of_housing, of_water):
        task = database.session.scalars(
            select(Assignment).join(Ticket, Ticket.lead_assignment_id == Assignment.id).where(Ticket.no == no)
            .execution_options(populate_existing=True)).one()
        assert (task.unit_id, task.due_at) == (schools, due[no])
        play.contact(city, no, by="schools")
        play.reply(city, no, by="schools")
    assert database.session.scalar(select(Ticket.lead_unit_id).where(Ticket.no == done)) == city.units["HOUSING"]
    assert play.log(city).unit_id == schools
    assert recount(FIRST, LAST) == []
