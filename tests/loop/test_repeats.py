"""重复来电人: counted by hand; who they are is shown to few, masked, and every look is on record."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hotline.tickets.eyes import history
from tests import builders as play
from workflows import conceal
from workflows.errors import Invalid, NotAllowed
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read.repeats import LOOKED, Matter, repeat_callers, repeats
from workflows.read.tickets import ticket_page

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 17)
BEFORE, MONDAY, TUESDAY = "2026-11-13 10:00", "2026-11-16 10:00", "2026-11-17 10:00"
OFTEN, HIDDEN, TWICE, NOBODY = "13911110001", "13911110002", "13911110003", "13911110004"
NAME = "端木金丝雀"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def rung(db, city):
    """One who asked four times, thrice in the period; a withheld one thrice; one twice; an anonymous one thrice."""
    with play.at(BEFORE):
        play.log(city, name=NAME, phone=OFTEN)
    with play.at(MONDAY):
        closed = play.to_closed(city, name=NAME, phone=OFTEN)
        numbers = [closed, play.log(city, "0102", name=NAME, phone=OFTEN).no]
        for _ in range(3):
            play.log(city, "0201", phone=HIDDEN, **play.WITHHELD)
            play.log(city, **play.ANONYMOUS | {"phone": NOBODY})
        for _ in range(2):
            play.log(city, phone=TWICE)
    with play.at(TUESDAY):
        numbers.append(play.log(city, name=NAME, phone=f"{OFTEN[:3]} {OFTEN[3:7]} {OFTEN[7:]}").no)
        yield city, numbers


def test_who_asked_how_often_is_counted_by_hand(rung):
    city, _ = rung
    found = repeats(city.actor("shift"), FIRST, LAST)
    wet, lift, school = "住房与房产 › 房屋漏水", "住房与房产 › 物业服务", "教育 › 入学划片"
    assert [(one.count, one.open, one.matters) for one in found] == [
        (3, 2, (Matter(lift, 2), Matter(wet, 1))), (3, 3, (Matter(school, 3),))]
    assert [one.count for one in repeats(city.actor("shift"), FIRST, LAST, 2)] == [3, 3, 2]
    assert [one.count for one in repeats(city.actor("shift"), FIRST, LAST, 1)] == [3, 3, 2]  # once is not again
    assert repeats(city.actor("shift"), FIRST, LAST, 4) == []
    assert [one.count for one in repeats(city.actor("shift"), date(2026, 11, 13), LAST)] == [4, 3]
    assert "139" not in repr(found)


def test_they_are_shown_masked_with_their_tickets_and_every_look_is_on_record(db, rung):
    city, numbers = rung
    found = conceal.look_up_repeats(city.actor("supervisor"), FIRST, LAST, 3, reason="研判重复来电")
    assert (found[0].masked_name, found[0].masked_phone) == ("端木**", "139****0001")
    assert [row.no for row in found[0].tickets] == numbers[::-1]
    assert NAME not in repr(found)
    assert OFTEN not in repr(found)
    looked = db.session.execute(
        select(Ticket.no, TicketEvent.actor_name, TicketEvent.note)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id).where(TicketEvent.kind == LOOKED).order_by(Ticket.id)
    ).all()
    assert [row.no for row in looked] == sorted([numbers[2], found[1].tickets[0].no])
    assert {(row.actor_name, row.note) for row in looked} == {("督办员", "研判重复来电")}
    conceal.look_up_repeats(city.actor("supervisor"), FIRST, LAST, 3, reason="再看一次")
    assert len(db.session.scalars(select(TicketEvent).where(TicketEvent.kind == LOOKED)).all()) == 4


def test_a_look_needs_a_reason_and_leaves_nothing_without(db, rung):
    city, _ = rung
    with pytest.raises(Invalid) as refused:
        conceal.look_up_repeats(city.actor("supervisor"), FIRST, LAST, 3, reason="")
    assert refused.value.fields == {"reason": ["required"]}
    with pytest.raises(Invalid):
        conceal.look_up_repeats(city.actor("supervisor"), date(2026, 6, 1), LAST, 3, reason="时段太长")
    assert db.session.scalars(select(TicketEvent).where(TicketEvent.kind == LOOKED)).all() == []


@pytest.mark.parametrize("who", ["agent", "dispatcher", "reviewer", "callback", "housing", "housing_lead",
                                 "coordinator", "leader", "discipline", "admin", "auditor"])
def test_nobody_else_looks(rung, who):
    city, _ = rung
    for look in (repeats, repeat_callers):
        with pytest.raises(NotAllowed):
            look(city.actor(who), FIRST, LAST)
    with pytest.raises(NotAllowed):
        conceal.look_up_repeats(city.actor(who), FIRST, LAST, 3, reason="好奇")


def test_a_unit_does_not_learn_from_the_history_that_a_caller_asks_again(rung):
    city, numbers = rung
    conceal.look_up_repeats(city.actor("director"), FIRST, LAST, 3, reason="研判重复来电")
    seen = {who: {event.kind for event in history(ticket_page(numbers[2], city.actor(who)), city.actor(who))}
            for who in ("housing", "leader", "supervisor")}
    assert [LOOKED in seen[who] for who in ("housing", "leader", "supervisor")] == [False, False, True]


def test_somebody_a_ticket_accuses_does_not_find_it_here(rung):
    city, numbers = rung
    found = repeats(city.actor("supervisor"), FIRST, LAST)
    key = ticket_page(numbers[2], city.actor("supervisor")).ticket.id
    without = repeats(city.recused("supervisor", key), FIRST, LAST, 2)
    assert (found[0].count, [one.count for one in without]) == (3, [3, 2, 2])
