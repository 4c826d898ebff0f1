"""The accounts of real clocks: what the loop writes adds up to the due, and a due that moved fires anew."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests import builders as play
from workflows import dispatch, supervise
from workflows.model.base import transaction
from workflows.model.clock import Clock, ClockSegment, segment_of
from workflows.model.reference import reference
from workflows.model.settings import LimitRule
from workflows.model.ticket import Ticket, TicketEvent
from workflows.rules.accounting import account
from workflows.rules.calendar import Basis

MONDAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def clock(db, no, code="HANDLING"):
    return db.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == code)
        .order_by(Clock.round.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def segments(db, clock):
    return db.session.scalars(
        select(ClockSegment).where(ClockSegment.clock_id == clock.id).order_by(ClockSegment.id)
    ).all()


def told(db, clock):
    """The clock's account by the calendar as it is."""
    days = reference().calendars[clock.calendar_id]
    lines = [segment_of(row) for row in segments(db, clock)]
    return account(days, clock.started_at, Basis(clock.rule["basis"]), clock.rule["amount"], lines, clock.due_at)


def events(db, no):
    return db.session.scalars(
        select(TicketEvent.kind).join(Ticket, Ticket.id == TicketEvent.ticket_id).where(Ticket.no == no)
        .order_by(TicketEvent.id)
    ).all()


def refuse(city, no):
    dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")


def asked_to_return(city, **changes):
    no = play.to_handling(city, **changes)
    play.ask_return(city, no)
    return no


def test_a_credit_is_a_line_with_its_reason_and_who_decided(db, city):
    with play.at(MONDAY):
        no = asked_to_return(city)
    with play.at("2026-11-17 17:30"):
        refuse(city, no)
    handling = clock(db, no)
    [line] = segments(db, handling)
    assert (line.kind, line.reason, line.by_name) == ("CREDIT", "RETURN_DECIDED_LATE", "派单员")
    assert line.since == clock(db, no, "RETURN_DECISION").due_at
    assert (line.due_before, line.due_after) == (handling.due_original, handling.due_at)
    assert told(db, handling).adds_up
    assert told(db, handling).sound


def test_a_limit_round_the_clock_is_credited_the_night_the_hotline_slept(db, city):
    # urgent: 24 hours round the clock; the return is to be decided within half an hour, round the clock too
    with play.at("2026-11-16 17:00"):
        no = asked_to_return(city, **play.URGENT)
        before = clock(db, no).due_at
    with play.at("2026-11-17 08:30"):
        refuse(city, no)
    handling = clock(db, no)
    [line] = segments(db, handling)
    assert line.minutes in {899, 900}
    assert (handling.due_at - before).total_seconds() == line.minutes * 60
    assert told(db, handling).sound


def test_a_red_that_a_credit_proves_wrong_is_taken_back_and_fires_again_at_the_new_due(db, city):
    with play.at("2026-11-16 17:00"):
        no = asked_to_return(city, **play.URGENT)
    with play.at("2026-11-17 17:10"):
        supervise.sweep()
        assert clock(db, no).fired_at is not None
        refuse(city, no)
    handling = clock(db, no)
    assert (handling.fired_at, handling.late_seconds) == (None, None)
    assert handling.next_at is not None
    assert events(db, no)[-3:] == ["refuse_return", "red_withdrawn", "credited"]
    with play.at("2026-11-18 17:00"):
        supervise.sweep()
    assert clock(db, no).fired_at >= handling.due_at


def test_a_credit_to_a_due_already_past_again_fires_at_that_due(db, city):
    with transaction():
        for code, hours in (("HANDLING", 1), ("RETURN_DECISION", 3)):
            db.session.execute(
                update(LimitRule).where(LimitRule.code == code, LimitRule.urgency == "URGENT")
                .values(amount=hours, basis="h")
            )
    with play.at("2026-11-16 10:00"):
        no = asked_to_return(city, **play.URGENT)
    with play.at("2026-11-16 11:30"):
        supervise.sweep()
        assert clock(db, no).fired_at is not None
    with play.at("2026-11-16 14:05"):  # an hour late; the new due is two hours ago, and later than the red
        refuse(city, no)
        assert clock(db, no).fired_at is None
        assert supervise.sweep() > 0
    handling = clock(db, no)
    assert handling.fired_at >= handling.due_at > handling.due_original
    assert events(db, no).count("expired") == 3  # handling twice, the contact once
    assert told(db, handling).sound


def test_a_reply_sent_back_in_time_is_a_line_that_moves_nothing(db, city):
    with play.at(MONDAY):
        no = play.to_replied(city)
        play.send_back(city, no)
    handling = clock(db, no)
    [line] = segments(db, handling)
    assert (line.kind, line.reason) == ("RESUMED", "SENT_BACK_IN_TIME")
    assert line.due_before == line.due_after == handling.due_original
    assert told(db, handling).adds_up
