"""Supervision orders: numbered, one a level, answered in writing by a clock of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from workflows import administer, dispatch, supervise
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.base import db as database
from workflows.model.clock import Clock
from workflows.model.outbox import Outbox
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read.accounts import clock_accounts
from workflows.read.orders import open_orders
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import RecallReason

DAY = "2026-11-16 10:00"
ANSWER = "已约谈物业，三日内修复。"


@pytest.fixture
def city(db) -> City:
    return play.make_city()


def ordered(city: City, level: int = 1, by: str = "supervisor") -> tuple[str, SupervisionOrder]:
    """A ticket its unit has signed for, and an order about it."""
    with play.at(DAY):
        no = play.to_handling(city)
        supervise.supervise(no, city.actor(by), level=level, reason="群众反映强烈")
    return no, order_of(no)


def order_of(no: str, level: int | None = None) -> SupervisionOrder:
    found = select(SupervisionOrder).join(Ticket, Ticket.id == SupervisionOrder.ticket_id).where(Ticket.no == no)
    if level is not None:
        found = found.where(SupervisionOrder.level == level)
    return database.session.scalars(
        found.order_by(SupervisionOrder.id.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def clock_of(order: SupervisionOrder) -> Clock:
    return database.session.get(Clock, order.clock_id, populate_existing=True)


def ticket_of(no: str) -> Ticket:
    return database.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)
    ).one()


def answer(city: City, no: str, order: SupervisionOrder, by: str = "housing", said: str = ANSWER) -> None:
    supervise.answer_order(no, city.actor(by), order=order.no, answer=said)


def told(kind: str) -> set[tuple[int, str]]:
    rows = database.session.scalars(select(Outbox.payload))
    return {(row["unit_id"], row["role"]) for row in rows if row["kind"] == kind}


def test_an_order_has_a_number_and_a_clock_and_is_answered_in_writing(city: City) -> None:
    no, order = ordered(city)
    assert order.no == "DB202611160001"
    assert (order.unit_id, order.issued_by, order.level) == (city.units["HOUSING"], "督办员", 1)
    clock = clock_of(order)
    assert (clock.code, clock.due_at) == ("SUPERVISION", play.moment("2026-11-19 17:30"))
    assert told("supervised") == {(city.units["HOUSING"], "UNIT_LEAD"), (city.units["HOUSING"], "UNIT_CLERK")}
    with play.at("2026-11-17 09:00"):
        answer(city, no, order)
    done = order_of(no)
    assert (done.answer, done.answered_by) == (ANSWER, "住建经办人")
    assert clock_of(done).stopped_at is not None
    assert clock_of(done).next_at is clock_of(done).next_level is None
    assert ticket_of(no).open_orders == 0
    assert told("order_answered") == {(city.units["HOTLINE"], "SUPERVISOR")}
    kinds = database.session.scalars(
        select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket_of(no).id).order_by(TicketEvent.id)
    ).all()
    assert kinds[-2:] == ["supervise", "answer_order"]


def test_the_director_orders_and_units_desks_and_watchers_do_not(city: City) -> None:
    no, _ = ordered(city, by="director")
    for account in ("dispatcher", "reviewer", "housing", "discipline"):
        with pytest.raises(NotAllowed):
            supervise.supervise(no, city.actor(account), level=2, reason="催促")


def test_one_open_order_a_level(city: City) -> None:
    no, first = ordered(city)
    with play.at("2026-11-16 11:00"):
        with pytest.raises(NotNow) as refusal:
            supervise.supervise(no, city.actor("supervisor"), level=1, reason="再次督办")
        assert refusal.value.code == "order_open"
        supervise.supervise(no, city.actor("supervisor"), level=2, reason="提级督办")
        second = order_of(no, 2)
        answer(city, no, second)
        assert clock_of(second).stopped_at is not None
        assert clock_of(first).stopped_at is None, "the other level waits for its own answer"
        answer(city, no, first)
        supervise.supervise(no, city.actor("supervisor"), level=1, reason="答复敷衍")
    assert order_of(no).no == "DB202611160003"


def test_an_answer_needs_words_an_open_order_and_the_unit(city: City) -> None:
    no, order = ordered(city)
    with play.at("2026-11-16 11:00"):
        with pytest.raises(Invalid):
            answer(city, no, order, said="")
        with pytest.raises(Unknown):
            answer(city, no, order, by="urban")
        with pytest.raises(Unknown):
            supervise.answer_order(no, city.actor("housing"), order="DB202611169999", answer=ANSWER)
        answer(city, no, order)
        with pytest.raises(NotNow) as refusal:
            answer(city, no, order)
    assert refusal.value.code == "no_order_open"


def test_an_order_needs_a_unit_to_answer_and_a_reason(city: City) -> None:
    with play.at(DAY):
        undecided = play.log(city, "99").no
        with pytest.raises(NotNow):
            supervise.supervise(undecided, city.actor("supervisor"), level=1, reason="督办")
        with pytest.raises(Invalid):
            supervise.supervise(play.to_handling(city), city.actor("supervisor"), level=1, reason="")


@pytest.mark.parametrize("how", ["closed", "recalled"])
def test_an_order_lapses_when_the_ticket_is_closed_or_leaves_the_unit(city: City, how: str) -> None:
    no, _ = ordered(city)
    with play.at("2026-11-17 10:00"):
        if how == "recalled":
            dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        else:
            play.contact(city, no)
            play.reply(city, no)
            play.accept(city, no)
            play.ring(city, no)
    lapsed = order_of(no)
    assert (lapsed.answered_at, lapsed.lapsed_at is None) == (None, False)
    assert clock_of(lapsed).stopped_at is not None
    assert ticket_of(no).open_orders == 0
    with play.at("2026-12-30 10:00"):
        supervise.sweep()
    assert len(database.session.scalars(select(SupervisionOrder)).all()) == 1


def test_an_order_left_unanswered_leads_to_the_next_level(city: City) -> None:
    no, _ = ordered(city)
    with play.at("2026-11-16 11:00"):
        play.contact(city, no)
        play.reply(city, no)
    with play.at("2026-11-20 17:31"):
        supervise.sweep()
    second = order_of(no, 2)
    assert (second.issued_by, second.issued_by_id) == ("系统", None)
    assert {(city.units["DISTRICT"], "LEADER"), (city.units["HOTLINE"], "HOTLINE_DIR")} <= told("supervised")
    with play.at("2026-11-24 17:31"):
        supervise.sweep()
    levels = database.session.scalars(select(SupervisionOrder.level).order_by(SupervisionOrder.id)).all()
    assert levels == [1, 2, 3]
    with play.at("2026-12-30 10:00"):
        supervise.sweep()
    assert database.session.scalars(select(SupervisionOrder.level).order_by(SupervisionOrder.id)).all() == levels


def test_the_board_lists_open_orders_by_when_they_are_due(city: City) -> None:
    no, order = ordered(city)
    with play.at(DAY):
        urgent = play.to_handling(city, **play.URGENT)
        supervise.supervise(urgent, city.actor("supervisor"), level=2, reason="紧急")
    rows = open_orders(city.actor("supervisor")).items
    assert [(row.no, row.level) for row in rows] == [(urgent, 2), (no, 1)]
    assert [row.no for row in open_orders(city.actor("supervisor"), size=1).items] == [urgent]
    assert open_orders(city.actor("urban")).items == ()
    assert open_orders(city.actor("supervisor"), unit_id=city.units["URBAN"]).items == ()
    with play.at("2026-11-16 12:00"):
        answer(city, no, order)
    assert [row.no for row in open_orders(city.actor("housing")).items] == [urgent]


def test_the_page_of_the_ticket_has_the_orders_and_offers_the_answer_to_the_unit(city: City) -> None:
    no, order = ordered(city)
    page = ticket_page(no, city.actor("housing"))
    assert [(o.no, o.open, o.unit_name) for o in page.orders] == [(order.no, True, "区住房和建设局")]
    assert "answer_order" in {line.name for line in page.moves}
    assert "answer_order" not in {line.name for line in ticket_page(no, city.actor("supervisor")).moves}


def test_a_closed_units_orders_go_to_its_successor(city: City) -> None:
    no, order = ordered(city)
    with play.at("2026-11-16 15:00"):
        unit = city.units["HOUSING"]
        administer.close_unit(unit, city.actor("admin"), version=1, successor_id=city.units["URBAN"], note="机构改革")
    assert order_of(no).unit_id == clock_of(order).unit_id == city.units["URBAN"]
    with play.at("2026-11-16 16:00"):
        answer(city, no, order, by="urban")


def instruct(city: City, no: str, by: str = "leader", **given: object) -> None:
    """The leader wants it done."""
    supervise.instruct(no, city.actor(by), **({"words": "请三日内办结并报结果"} | given))


def test_an_instruction_is_on_record_marks_the_ticket_and_demands_an_account(db, city) -> None:
    with play.at(DAY):
        no = play.to_handling(city)
        instruct(city, no)
    page = ticket_page(no, city.actor("housing"))
    assert page.ticket.instructed_at is not None
    assert [(said.leader, said.words, said.due_at) for said in page.instructions] == [
        ("区领导", "请三日内办结并报结果", None)]
    assert [(order.level, order.reason, order.open) for order in page.orders] == [
        (2, "区领导：请三日内办结并报结果", True)]
    assert page.events[0].kind == "supervise"
    assert page.events[1].kind == "instruct"


def test_an_instruction_brings_the_due_forward_and_the_account_says_so(db, city) -> None:
    with play.at(DAY):
        no = play.to_handling(city)
    sooner = play.moment("2026-11-18 17:30")
    with play.at("2026-11-17 09:00"):
        instruct(city, no, due_at=sooner)
        handling = next(told for told in clock_accounts(no, city.actor("housing")) if told.clock.code == "HANDLING")
        lead = ticket_page(no, city.actor("housing")).lead
    assert handling.clock.due_at == lead.due_at == lead.due_original == sooner
    assert [line.kind for line in handling.lines] == ["RUN", "SHORTENED"]
    assert handling.right
    with play.at("2026-11-18 17:31"):
        supervise.sweep()
        assert "expired" in [event.kind for event in ticket_page(no, city.actor("housing")).events]


@pytest.mark.parametrize("due", ["2026-11-17 08:59", "2026-11-30 17:30"])
def test_an_instruction_never_gives_more_time_nor_time_gone_by(db, city, due) -> None:
    with play.at(DAY):
        no = play.to_handling(city)
    with play.at("2026-11-17 09:00"):
        with pytest.raises(Invalid) as refused:
            instruct(city, no, due_at=play.moment(due))
        assert refused.value.fields == {"due_at": ["due_not_sooner"]}
        assert ticket_page(no, city.actor("leader")).instructions == ()


def test_what_the_hotline_puts_down_names_its_leader(db, city) -> None:
    with play.at(DAY):
        no = play.to_handling(city)
        with pytest.raises(Invalid):
            instruct(city, no, by="supervisor")
        instruct(city, no, by="supervisor", leader="王区长")
        instruct(city, no, by="director", leader="李书记", words="抓紧")
        page = ticket_page(no, city.actor("supervisor"))
    assert [(said.leader, said.by_name) for said in page.instructions] == [("李书记", "热线主任"), ("王区长", "督办员")]
    assert len(page.orders) == 1


def test_an_instruction_on_what_no_unit_holds_tells_the_dispatch_desk(db, city) -> None:
    with play.at(DAY):
        no = play.log(city, "99").no
        with pytest.raises(Invalid) as refused:
            instruct(city, no, due_at=play.moment("2026-11-17 10:00"))
        assert refused.value.fields == {"due_at": ["no_due_to_shorten"]}
        instruct(city, no)
    told = database.session.scalars(select(Outbox.payload["kind"].astext).order_by(Outbox.id)).all()
    assert told[-1] == "instructed"
    with pytest.raises(NotAllowed):
        instruct(city, no, by="agent")
