"""Who waits for whom: every ticket stands in the queue of the one who must act, and in nobody else's."""

from __future__ import annotations

from functools import partial

import pytest

from tests import builders as play
from workflows import dispatch, supervise, upkeep
from workflows.errors import Invalid, NotAllowed
from workflows.model.ticket import Assignment
from workflows.read.paging import write_cursor
from workflows.read.queues import (
    DEPARTMENT_TABS,
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
from workflows.read.views import Light
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import Kind

MONDAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def numbers(page):
    return [row.no for row in page.items]


def walked(ask, size):
    """The numbers of every page of a list, in order."""
    found, cursor = [], None
    while True:
        page = ask(after=cursor, size=size)
        assert len(page.items) <= size
        found += numbers(page)
        cursor = page.next
        if cursor is None:
            return found


def test_a_task_stands_in_the_tab_of_its_state(db, city):
    with play.at(MONDAY):
        where = {
            Tab.TO_SIGN: play.log(city).no,
            Tab.WORKING: play.to_handling(city),
            Tab.REPLIED: play.to_replied(city),
        }
        where[Tab.RETURNING] = play.to_handling(city)
        play.ask_return(city, where[Tab.RETURNING])
        where[Tab.REWORK] = play.to_callback(city)
        play.ring(city, where[Tab.REWORK], rework=True, **play.UNHAPPY)
        called = play.to_callback(city)
        play.to_closed(city)
        who = city.actor("housing")
        for tab, no in where.items():
            expected = [no, called] if tab is Tab.REPLIED else [no]
            assert numbers(department_queue(who, tab)) == expected
        assert department_counts(who) == {
            Tab.TO_SIGN: 1, Tab.WORKING: 1, Tab.DUE_SOON: 0, Tab.OVERDUE: 0, Tab.RETURNING: 1, Tab.REWORK: 1,
            Tab.TO_SIGN_OFF: 0, Tab.CO: 0, Tab.SUB: 0, Tab.TO_READ: 0, Tab.SUSPENDED: 0,
            Tab.REPLIED: 2,
        }


def test_time_moves_a_task_through_due_soon_to_overdue(db, city):
    who = city.actor("housing")
    with play.at(MONDAY):
        no = play.to_handling(city)
    # due on Monday 23rd at 17:30; yellow from Friday 20th at 17:30
    for when, soon, late, light in (
        ("2026-11-20 17:29", [], [], Light.GREEN),
        ("2026-11-20 17:31", [no], [], Light.YELLOW),
        ("2026-11-23 17:29", [no], [], Light.YELLOW),
        ("2026-11-23 17:31", [], [no], Light.RED),
    ):
        with play.at(when):
            assert numbers(department_queue(who, Tab.DUE_SOON)) == soon
            assert numbers(department_queue(who, Tab.OVERDUE)) == late
            counts = department_counts(who)
            assert (counts[Tab.DUE_SOON], counts[Tab.OVERDUE]) == (len(soon), len(late))
            [row] = department_queue(who, Tab.WORKING).items
            assert row.light is light
    with play.at("2026-11-23 16:30"):
        [row] = department_queue(who, Tab.WORKING).items
    assert row.minutes_left == pytest.approx(60, abs=0.1)


def test_what_is_due_over_a_long_holiday_is_yellow_in_time(db, city):
    who = city.actor("housing")
    # the last working day before the holidays is 30 September 2026; a calendar limit may end inside them
    with play.at("2026-09-18 10:00"):
        no = play.to_handling(city)
        task = db.session.get(Assignment, 1)
        task.due_at = play.moment("2026-10-08 00:00")
        task.due_original, task.warn_at = task.due_at, play.moment("2026-09-29 17:30")
        db.session.commit()
    with play.at("2026-09-29 17:31"):
        assert numbers(department_queue(who, Tab.DUE_SOON)) == [no]


def test_the_queue_is_sorted_by_due_and_walked_in_pages(db, city):
    who = city.actor("housing")
    with play.at(MONDAY):
        slow = [play.log(city, kind=Kind.SUGGEST).no for _ in range(3)]
        same = [play.log(city).no for _ in range(4)]
        urgent = play.log(city, **play.URGENT).no
        expected = [urgent, *same, *slow]
        for size in (1, 2, 3, 8, 50):
            assert walked(partial(department_queue, who, Tab.TO_SIGN), size) == expected
        second = department_queue(who, Tab.TO_SIGN, after=department_queue(who, Tab.TO_SIGN, size=3).next, size=3)
        back = department_queue(who, Tab.TO_SIGN, after=second.prev, size=3)
        assert numbers(back) == expected[:3]
        beyond = write_cursor((play.moment("2027-11-16 10:00"), 10**9))
        assert department_queue(who, Tab.TO_SIGN, after=beyond).items == ()


def test_a_coordinator_sees_the_queues_below_together_and_others_none(db, city):
    with play.at(MONDAY):
        a = play.log(city).no
        b = play.log(city, "0201").no
        c = play.log(city, "0501", "D-E").no
        coordinator = city.actor("coordinator")
        assert sorted(walked(partial(department_queue, coordinator, "TO_SIGN"), 2)) == sorted([a, b, c])
        assert department_counts(coordinator)[Tab.TO_SIGN] == 3
        assert numbers(department_queue(city.actor("schools"), "TO_SIGN")) == [b]
        for who in ("agent", "supervisor", "leader", "admin"):
            assert department_queue(city.actor(who), "TO_SIGN").items == ()
            assert set(department_counts(city.actor(who)).values()) == {0}


def test_counts_are_the_lengths_of_the_tabs(db, city):
    with play.at(MONDAY):
        for _ in range(2):
            play.log(city)
            play.to_handling(city, **play.URGENT)
            play.to_replied(city)
    with play.at("2026-11-17 09:00"):
        supervise.sweep()
    with play.at("2026-11-17 11:00"):
        who = city.actor("coordinator")
        counts = department_counts(who)
        assert counts[Tab.OVERDUE] > 0
        for tab in DEPARTMENT_TABS:
            assert counts[tab] == len(department_queue(who, tab).items)


@pytest.mark.parametrize("tab", ["", "to_sign", "SIGNED"])
def test_an_unknown_tab_is_refused(db, city, tab):
    with pytest.raises(Invalid):
        department_queue(city.actor("housing"), tab)
    with pytest.raises(Invalid):
        callback_queue(city.actor("callback"), tab)


def test_the_dispatch_desk_sees_what_has_no_unit_with_its_candidates(db, city):
    with play.at(MONDAY):
        unclear = play.log(city, "0502").no
        nobody = play.log(city, "99").no
        play.log(city)
        back = play.to_handling(city)
        play.ask_return(city, back)
        dispatch.grant_return(back, city.actor("dispatcher"))
        urgent = play.log(city, "99", **play.URGENT).no
        rows = dispatch_queue(city.actor("dispatcher")).items
    assert [row.no for row in rows] == [urgent, unclear, nobody, back]
    assert {c.unit_name for c in rows[1].candidates} == {"区城市管理局", "区住房和建设局"}
    assert rows[1].decision == "AMBIGUOUS"
    assert [c.reason for c in rows[2].candidates] == ["FALLBACK"]
    assert (rows[3].hops, rows[3].return_count) == (1, 1)
    assert rows[0].light is Light.GREEN


def test_the_return_desk_sees_filed_returns_and_who_may_decide(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        play.to_handling(city)
        [row] = return_queue(city.actor("dispatcher")).items
        assert (row.no, row.unit_name, row.suggested_unit_name) == (no, "区住房和建设局", "区城市管理局")
        assert not row.needs_senior
        dispatch.grant_return(no, city.actor("dispatcher"))
        assert return_queue(city.actor("dispatcher")).items == ()
        play.send_to(city, no, "URBAN", override_reason="建议")
        play.ask_return(city, no, by="urban", to="HOUSING")
        assert return_queue(city.actor("supervisor")).items[0].needs_senior


def test_the_reviewer_sees_replies_that_wait(db, city):
    with play.at(MONDAY):
        no = play.to_replied(city)
        play.to_handling(city)
        again = play.to_replied(city)
        play.send_back(city, again)
        play.reply(city, again)
        rows = review_queue(city.actor("reviewer")).items
        assert [(row.no, row.send_back_count) for row in rows] == [(no, 0), (again, 1)]
        assert rows[0].submitted_by == "住建经办人"
        play.accept(city, no)
        assert numbers(review_queue(city.actor("reviewer"))) == [again]


def test_callers_to_ring_now_stand_before_those_to_ring_later(db, city):
    who = city.actor("callback")
    with play.at(MONDAY):
        tried = play.to_callback(city)
        fresh = play.to_callback(city)
        play.ring(city, tried, result=AttemptResult.NO_ANSWER, contacted=None, solved=None, satisfaction=None)
        page = callback_queue(who)
        assert [(row.no, row.ready, row.attempts) for row in page.items] == [(fresh, True, 0), (tried, False, 1)]
        assert page.items[0].masked_phone.startswith("138****")
        assert walked(partial(callback_queue, who), 1) == [fresh, tried]
        assert not page.items[0].own
        assert callback_queue(city.actor("agent")).items[0].own
    with play.at("2026-11-16 14:30"):
        assert all(row.ready for row in callback_queue(who).items)


def test_the_dissatisfied_wait_in_their_own_tab_until_decided(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.to_callback(city)
        play.ring(city, no, **play.UNHAPPY)
        [row] = callback_queue(city.actor("callback"), CallbackTab.DISSATISFIED).items
        assert (row.no, row.satisfaction, row.reason_code) == (no, "DISSATISFIED", "RESULT_SHORT")
        assert desk_counts(city.actor("callback"))["dissatisfied"] == 1
        with pytest.raises(NotAllowed):  # the desk takes the words down; a supervisor says what they are about
            play.feedback.rework(no, city.actor("callback"), reason=play.UNHAPPY["reason"])
        play.feedback.rework(no, city.actor("supervisor"), reason=play.UNHAPPY["reason"])
        assert callback_queue(city.actor("callback"), CallbackTab.DISSATISFIED).items == ()


def test_the_hotlines_queues_are_empty_for_everybody_else(db, city):
    with play.at(MONDAY):
        play.log(city, "0502")
        play.to_replied(city)
        play.to_callback(city)
        play.ask_return(city, play.to_handling(city))
        for ask in (dispatch_queue, return_queue, review_queue, callback_queue):
            assert ask(city.actor("agent")).items != ()
            for who in ("housing", "coordinator", "leader", "admin"):
                assert ask(city.actor(who)).items == ()


def test_desk_counts_are_the_lengths_of_the_queues(db, city):
    with play.at(MONDAY):
        play.log(city, "0502")
        play.log(city, "99")
        play.ask_return(city, play.to_handling(city))
        play.to_replied(city)
        play.to_callback(city)
        assert desk_counts(city.actor("shift")) == {
            "dispatch": 2, "returns": 1, "extensions": 0, "review": 1, "conferences": 0, "callback": 1,
            "dissatisfied": 0, "relays": 0, "withdrawn": 0, "admission": 0, "details": 0}
        assert set(desk_counts(city.actor("housing")).values()) == {0}


def test_an_agent_finds_the_last_own_tickets(db, city):
    with play.at(MONDAY):
        mine = [play.log(city).no for _ in range(22)]
        play.collect.submit(play.request(city), city.actor("agent2"))
        assert [row.no for row in desk_recent(city.actor("agent"))] == mine[:1:-1]


@pytest.fixture
def stock(db, city):
    """A few tickets that differ in everything one can ask for."""
    with play.at("2026-11-02 10:00"):
        old = play.to_closed(city)
    with play.at(MONDAY):
        stock = {
            "old": old,
            "street": play.log(city, "0501", "D-E-1", title="垃圾堆了一周").no,
            "west": play.log(city, "0501", "D-W").no,
            "school": play.to_handling(city, "0201", "schools", kind=Kind.CONSULT),
            "unclear": play.log(city, "0502").no,
            "urgent": play.log(city, **play.URGENT).no,
        }
        upkeep.index_texts()
    with play.at("2026-11-18 18:00"):
        supervise.sweep()
        yield stock


ASKED = [
    ({}, ["urgent", "unclear", "school", "west", "street", "old"]),
    ({"states": frozenset({"CLOSED"})}, ["old"]),
    ({"states": frozenset({"TO_DISPATCH", "CLOSED"})}, ["unclear", "old"]),
    ({"kind": "CONSULT"}, ["school"]),
    ({"urgency": "URGENT"}, ["urgent"]),
    ({"unit": "EAST"}, ["street"]),
    ({"unit": "DISTRICT"}, ["urgent", "school", "west", "street", "old"]),
    ({"category": "05"}, ["unclear", "west", "street"]),
    ({"category": "0501"}, ["west", "street"]),
    ({"area": "D-E"}, ["street"]),
    ({"area": "D"}, ["west", "street"]),
    ({"created_to": play.moment("2026-11-03 00:00")}, ["old"]),
    ({"created_from": play.moment("2026-11-03 00:00"), "kind": "COMPLAINT"},
     ["urgent", "unclear", "west", "street"]),
    ({"overdue": True}, ["urgent", "school"]),
    ({"overdue": False}, ["unclear", "west", "street", "old"]),
    ({"unit_id": 999, "category_id": None}, []),
    ({"category_id": 999}, []),
    ({"area_id": 999}, []),
]


# all questions in one test: making the tickets anew for each would take longer than asking
def test_tickets_are_found_by_what_one_asks_for(db, city, stock):
    ids = {"unit": city.units, "category": city.categories, "area": city.areas}
    names = {no: name for name, no in stock.items()}
    who = city.actor("supervisor")
    for asked, found in ASKED:
        filters = TicketFilter(**{
            (f"{key}_id" if key in ids else key): (ids[key][value] if key in ids else value)
            for key, value in asked.items()
        })
        assert [names[no] for no in numbers(all_tickets(who, filters))] == found, asked
        assert walked(partial(all_tickets, who, filters), 2) == [stock[name] for name in found], asked


def test_a_list_of_all_shows_each_only_what_is_theirs(db, city, stock):
    assert numbers(all_tickets(city.actor("east"))) == [stock["street"]]
    assert numbers(all_tickets(city.actor("coordinator"))) == [
        stock[name] for name in ("urgent", "school", "west", "street", "old")]
    assert len(all_tickets(city.actor("leader")).items) == 6
    assert all_tickets(city.actor("admin")).items == ()


def test_lists_show_no_caller(db, city):
    with play.at(MONDAY):
        play.log(city, name="欧阳春晓", phone="13987654321")
        for page in (department_queue(city.actor("housing"), "TO_SIGN"), all_tickets(city.actor("housing"))):
            assert "masked" not in repr(page)
            assert "春晓" not in repr(page)
