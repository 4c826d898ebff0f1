"""A closed ticket is taken up again: in time, with something new, by its own unit, on the citizen's old clock."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import collect, feedback, outbox
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.clock import Clock
from workflows.model.feedback import Evaluation
from workflows.model.outbox import Notice
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.read.tickets import ticket_page
from workflows.rules.states import AssignmentState, TicketState
from workflows.rules.vocabulary import ReopenReason

CLOSED_ON, WITHIN, TOO_LATE = "2026-11-16 10:00", "2026-12-16 09:00", "2026-12-17 10:00"
WORDS = "修好两天又停了"
PHONE = "13912345678"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def closed(city):
    with play.at(CLOSED_ON):
        return play.to_closed(city)


def ticket(db, no):
    return db.session.scalars(select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def reopen(city, no, by="agent", **changes):
    return feedback.reopen(no, city.actor(by), **({"reason": ReopenReason.RECURRED, "note": WORDS} | changes))


def test_what_is_back_goes_to_its_unit_again_on_the_clock_it_had(db, city, closed):
    def total():
        return db.session.execute(
            select(Clock.started_at, Clock.stopped_at).join(Ticket, Ticket.id == Clock.ticket_id)
            .where(Ticket.no == closed, Clock.code == "TOTAL")
        ).one()

    began = total().started_at
    with play.at(WITHIN):
        assert ticket_page(closed, city.actor("agent")).offers("reopen")
        reopen(city, closed)
        outbox.relay_notices()
        again = ticket(db, closed)
        assert (again.state, again.round, again.closed_at, again.close_type) == (TicketState.REWORK, 2, None, None)
        task = db.session.get(Assignment, again.lead_assignment_id, populate_existing=True)
        assert (task.state, task.round, task.ended_at) == (AssignmentState.REWORK, 2, None)
        assert total() == (began, None)
        said = select(TicketEvent.reason_code, TicketEvent.note).where(TicketEvent.kind == "reopen")
        assert db.session.execute(said).one() == ("RECURRED", WORDS)
        told = db.session.scalars(select(Notice.role).where(Notice.kind == "reopen").order_by(Notice.role)).all()
        assert told == ["UNIT_CLERK", "UNIT_LEAD"]
        play.reply(city, closed)
        play.accept(city, closed)
        play.ring(city, closed)
        running = select(Clock.code).where(Clock.ticket_id == again.id, Clock.stopped_at.is_(None))
        assert db.session.scalars(running).all() == []
    assert ticket(db, closed).state == TicketState.CLOSED
    assert db.session.scalars(select(Evaluation.round).order_by(Evaluation.round)).all() == [1, 2]


def test_after_thirty_days_it_is_a_new_ticket(db, city, closed):
    with play.at(TOO_LATE):
        with pytest.raises(NotNow) as refused:
            reopen(city, closed)
        assert refused.value.code == "closed_too_long"
        assert not ticket_page(closed, city.actor("agent")).offers("reopen")
    assert ticket(db, closed).state == TicketState.CLOSED


def test_a_unit_reopens_nothing_and_what_is_open_is_not_reopened(city, closed):
    with play.at(WITHIN):
        with pytest.raises(NotAllowed):
            reopen(city, closed, by="housing")
        reopen(city, closed)
        with pytest.raises(NotNow) as refused:
            reopen(city, closed)
    assert refused.value.code == "wrong_state"


def test_after_two_rounds_a_supervisor_decides(db, city, closed):
    with play.at(WITHIN):
        for _ in range(2):
            reopen(city, closed)
            play.reply(city, closed)
            play.accept(city, closed)
            play.ring(city, closed)
        with pytest.raises(NotNow) as refused:
            reopen(city, closed)
        assert refused.value.code == "rounds_used_up"
        reopen(city, closed, by="supervisor", reason=ReopenReason.NEW_FACTS)
    assert ticket(db, closed).round == 4


def test_the_days_are_a_setting_that_held_when_it_was_closed(city):
    play.set_threshold("REOPEN_DAYS", 10)
    with play.at(CLOSED_ON):
        no = play.to_closed(city)
    play.set_threshold("REOPEN_DAYS", 60)
    with play.at("2026-11-27 10:00"), pytest.raises(NotNow) as refused:
        reopen(city, no)
    assert refused.value.params["days"] == 10


def test_too_late_it_is_a_new_ticket_of_the_same_caller_that_says_what_it_repeats(db, city):
    with play.at(CLOSED_ON):
        earlier, still_open = play.to_closed(city, phone=PHONE), play.to_handling(city, phone=PHONE)
    with play.at(TOO_LATE):
        again = play.request(city, phone=PHONE)
        for no, kind in ((still_open, NotNow), ("20260302010001230", Unknown)):
            with pytest.raises(kind):
                collect.submit(again, city.actor("agent"), reopens=no)
        with pytest.raises(Invalid):
            collect.submit(play.request(city), city.actor("agent"), reopens=earlier)
        no = collect.submit(again, city.actor("agent"), reopens=earlier).no
        assert ticket_page(no, city.actor("agent")).reopens == earlier
        assert ticket(db, no).reopens_id == ticket(db, earlier).id


def test_who_asks_again_with_nothing_new_is_told_and_no_ticket_is_made(db, city, closed):
    with play.at(WITHIN):
        for _ in range(2):
            collect.tell_again(closed, city.actor("agent"), note="再次来电询问结果，已告知")
        with pytest.raises(NotNow):
            collect.tell_again(play.log(city).no, city.actor("agent"), note="在办")
        with pytest.raises(NotAllowed):
            collect.tell_again(closed, city.actor("housing"), note="来电")
    assert (ticket(db, closed).state, ticket(db, closed).repeat_calls) == (TicketState.CLOSED, 2)
