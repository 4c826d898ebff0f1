"""The page of one ticket: everything on it, the moves that are open, and nobody's identity to the wrong eyes."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests import builders as play
from workflows import collect, conceal, resolve, supervise
from workflows.errors import Unknown
from workflows.read.ticket_parts import Hidden
from workflows.read.tickets import ticket_page
from workflows.read.views import Light
from workflows.rules.vocabulary import ContactResult

MONDAY = "2026-11-16 10:00"
BUDGET = 20


@pytest.fixture
def city(db):
    return play.make_city()


@contextmanager
def counted(db):
    """The statements sent inside the block."""
    seen = []

    def note(connection, cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_page_shows_what_was_done(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        collect.urge(no, city.actor("agent"), note="催一下")
        page = ticket_page(no, city.actor("supervisor"))
    assert (page.ticket.state, page.ticket.unit_name) == ("REWORK", "区住房和建设局")
    assert page.ticket.category_name == "住房与房产 › 物业服务"
    assert page.events[0].kind == "urge"
    assert page.events[-1].kind == "create"
    assert [r.decision for r in page.replies] == ["ACCEPTED"]
    assert [c.result for c in page.contacts] == ["REACHED"]
    assert [u.note for u in page.urges] == ["催一下"]
    assert [(a.round, a.satisfaction) for a in page.attempts] == [(1, "DISSATISFIED")]
    assert {c.unit_name for c in page.candidates} == {"区住房和建设局"}
    assert page.lead.round == 2
    assert page.clock("REWORK").running


def test_a_return_is_on_the_page_with_its_reason(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        page = ticket_page(no, city.actor("dispatcher"))
    [asked] = page.applications
    assert (asked.state, asked.reason_code, asked.suggested_unit_name) == ("FILED", "NOT_OUR_DUTY", "区城市管理局")
    assert page.offers("grant_return")
    assert page.offers("refuse_return")


def test_the_moves_are_those_open_to_the_reader_now(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
        names = {who: [m.name for m in ticket_page(no, city.actor(who)).moves]
                 for who in ("housing", "dispatcher", "reviewer", "leader", "discipline")}
        resolve.sign(no, city.actor("housing"))
        signed = [m.name for m in ticket_page(no, city.actor("housing")).moves]
        resolve.contact(no, city.actor("housing"), result=ContactResult.REACHED, note="已联系")
        contacted = ticket_page(no, city.actor("housing"))
    assert names == {"housing": ["sign", "apply_return", "ask_consent", "flag_risk"], "reviewer": ["flag_risk"],
                     "dispatcher": ["support", "link", "recall", "flag_risk", "add", "recuse", "add_part", "copy"],
                     "leader": ["supervise", "instruct"], "discipline": []}
    assert signed == ["contact", "interim", "apply_return", "ask_consent", "apply_termination", "flag_risk"]
    assert contacted.offers("reply")


def test_a_unit_that_gave_a_ticket_back_sees_it_and_can_no_longer_move_it(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        play.dispatch.grant_return(no, city.actor("dispatcher"))
        play.send_to(city, no, "URBAN", override_reason="退单建议")
        page = ticket_page(no, city.actor("housing"))
    assert page.moves == ()
    assert [(a.unit_name, a.state) for a in page.assignments] == [
        ("区住房和建设局", "RETURNED"), ("区城市管理局", "WAIT_SIGN")]


def test_there_is_no_ticket_for_strange_eyes_nor_of_a_number_that_is_none(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
        for who in ("schools", "admin", "auditor"):
            with pytest.raises(Unknown):
                ticket_page(no, city.actor(who))
    for who in ("housing", "coordinator", "agent", "leader"):
        with pytest.raises(Unknown):
            ticket_page("20261116010000019", city.actor(who))


SHOWN = {
    "open": {"agent": None, "housing": None, "leader": Hidden.ROLE, "discipline": Hidden.ROLE},
    "withheld": {"agent": None, "housing": Hidden.WITHHELD, "coordinator": Hidden.WITHHELD, "leader": Hidden.WITHHELD},
    "anonymous": {"agent": Hidden.ANONYMOUS, "housing": Hidden.ANONYMOUS},
}


def test_the_caller_is_masked_or_hidden_with_the_reason(db, city):
    with play.at(MONDAY):
        nos = {"open": play.log(city).no, "withheld": play.log(city, **play.WITHHELD).no,
               "anonymous": play.log(city, **play.ANONYMOUS).no}
        for said, eyes in SHOWN.items():
            for who, hidden in eyes.items():
                page = ticket_page(nos[said], city.actor(who))
                assert page.hidden == hidden, (said, who)
                assert (page.caller is None) == (hidden is not None)
                assert page.caller is None or page.caller.masked_name == "林**"
                assert page.caller is None or page.caller.masked_phone.startswith("138****")


def test_nothing_on_a_page_says_the_name_or_the_number(db, city):
    with play.at(MONDAY):
        no = play.to_closed(city, phone="13987654321", name="欧阳春晓", **play.WITHHELD)
        conceal.reveal(no, city.actor("agent"), reason="核对")
        for who in ("housing", "agent", "leader"):
            shown = repr(ticket_page(no, city.actor(who)))
            assert "春晓" not in shown
            assert "13987654321" not in shown
            assert "87654321" not in shown


def test_clocks_say_how_they_stand(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
    with play.at("2026-11-23 16:30"):
        warned = ticket_page(no, city.actor("housing")).clock("HANDLING")
    assert warned.light is Light.YELLOW
    assert warned.minutes_left == pytest.approx(60, abs=0.1)
    assert not warned.late
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        red = ticket_page(no, city.actor("housing")).clock("HANDLING")
        play.contact(city, no)
        play.reply(city, no)
    assert red.light is Light.RED
    assert red.late
    assert red.minutes_left == pytest.approx(-60, abs=0.1)
    with play.at("2026-12-01 10:00"):
        stopped = ticket_page(no, city.actor("housing")).clock("HANDLING")
    assert stopped.late
    assert stopped.minutes_left is None


def test_a_credit_is_shown_in_the_sum_of_its_clock(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
    with play.at("2026-11-17 17:30"):
        play.dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
        clock = ticket_page(no, city.actor("housing")).clock("HANDLING")
    [segment] = clock.segments
    assert (segment.kind, segment.due_before, segment.due_after) == ("CREDIT", clock.due_original, clock.due_at)


def test_the_callers_other_tickets_are_counted_for_the_hotline_only(db, city):
    phone = "13700001111"
    with play.at(MONDAY):
        first = play.log(city, phone=phone).no
        play.log(city, phone=phone)
        play.log(city, phone=phone, anonymity="ANONYMOUS", name="")
        assert ticket_page(first, city.actor("agent")).history_count == 1
        assert ticket_page(first, city.actor("housing")).history_count == 0


def test_the_page_takes_a_fixed_number_of_queries(db, city):
    with play.at(MONDAY):
        plain = play.log(city).no
        rich = play.to_callback(city)
        play.ring(city, rich, rework=True, **play.UNHAPPY)
        agent = city.actor("agent")
        for no in (plain, rich):
            with counted(db) as seen:
                ticket_page(no, agent)
            assert len(seen) <= BUDGET, "\n".join(seen)
