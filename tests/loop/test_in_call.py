"""回访中的新诉求: a ticket of its own, of the same caller, linked to the one rung about; that is rung back as ever."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import events
from workflows import collect, feedback
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.base import db as database
from workflows.model.secrets import opened
from workflows.model.ticket import Ticket, TicketEvent, TicketIdentity
from workflows.read.tickets import ticket_page
from workflows.rules.text import IdentityHit
from workflows.rules.vocabulary import Anonymity, CallerType, DissatisfactionClass, Kind, Urgency

MONDAY = "2026-11-16 10:00"
CALLER = {"name": "王建国", "phone": "13912345678", "alt_phone": "13912345679", "address": "柳河社区3号楼"}


@pytest.fixture
def city(db):
    with play.at(MONDAY):
        yield play.make_city()


def ticket(no):
    return database.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def said(city, **more):
    plain = {"kind": Kind.HELP, "category_id": city.categories["0201"], "title": "孩子入学",
             "content": "孩子入学划片咨询。", "urgency": Urgency.NORMAL, "need_reply": True, "anonymity": None,
             "area_id": None, "items": ()}
    return plain | more


def test_the_caller_is_carried_over_sealed_and_both_histories_tell_of_it(db, city):
    old = play.to_callback(city, **CALLER, caller_type=CallerType.ENTERPRISE, enterprise_name="某厂")
    receipt = collect.submit_in_call(old, city.actor("callback"), said(city))
    new = ticket(receipt.no)
    assert (new.state, new.raised_in_id, new.created_by_id, new.lead_unit_id) == (
        "DISPATCHED", ticket(old).id, city.users["callback"], city.units["SCHOOLS"])
    assert (new.caller_type, new.enterprise_name, new.anonymity) == ("ENTERPRISE", "某厂", "OPEN")
    sealed = database.session.get(TicketIdentity, new.id)
    before = database.session.get(TicketIdentity, ticket(old).id)
    assert opened(sealed, receipt.no) == opened(before, old)
    for shown in ("caller_key", "masked_name", "masked_phone", "masked_address"):
        assert getattr(sealed, shown) == getattr(before, shown)
    for mine, other in ((old, receipt.no), (receipt.no, old)):
        assert [one.no for one in ticket_page(mine, city.actor("callback")).related] == [other]
    assert (events(db, old)[-1], events(db, receipt.no)[-1]) == ("linked", "link")
    linked = database.session.scalars(select(TicketEvent).where(TicketEvent.kind == "linked")).one()
    assert linked.data == {"relation": "RELATED", "origin": "callback"}
    assert "新诉求" in linked.note
    created = database.session.scalars(
        select(TicketEvent).where(TicketEvent.kind == "create", TicketEvent.ticket_id == new.id)).one()
    assert created.data["raised_in"] == old
    assert not database.session.scalars(select(TicketEvent.id).where(TicketEvent.kind == "revealed")).all()
    for no in (old, receipt.no):  # the text of no event has who called
        assert CALLER["phone"] not in repr([(e.note, e.data) for e in ticket_page(no, city.actor("callback")).events])


def test_the_call_back_of_the_old_one_goes_its_own_way(city):
    old = play.to_callback(city)
    collect.submit_in_call(old, city.actor("callback"), said(city))
    assert (ticket(old).state, ticket(old).callback_outcome) == ("CALLBACK", None)
    play.ring(city, old)
    assert (ticket(old).state, ticket(old).close_type) == ("CLOSED", "SOLVED")


def test_who_was_withheld_stays_so_and_is_not_named_in_the_words(city):
    old = play.to_callback(city, **CALLER, **play.WITHHELD)
    callback = city.actor("callback")
    assert collect.named_in(old, callback, "我是王建国，电话13912345679") == [IdentityHit.NAME, IdentityHit.PHONE]
    assert collect.named_in(old, callback, "小区电梯停运") == []
    assert ticket(collect.submit_in_call(old, callback, said(city)).no).anonymity == Anonymity.WITHHELD
    open_now = collect.submit_in_call(old, callback, said(city, anonymity=Anonymity.OPEN))
    assert ticket(open_now.no).anonymity == Anonymity.OPEN


def test_only_whoever_may_ring_and_only_while_the_caller_is_to_be_rung(city):
    old, closed = play.to_callback(city), play.to_closed(city)
    for who in ("agent", "housing", "reviewer"):
        with pytest.raises((NotAllowed, Unknown)):
            collect.submit_in_call(old, city.actor(who), said(city))
    with pytest.raises(NotNow):
        collect.submit_in_call(closed, city.actor("callback"), said(city))
    with pytest.raises(Invalid) as refused:
        collect.submit_in_call(old, city.actor("callback"), said(city, category_id=999_999))
    assert "category_id" in refused.value.fields
    assert database.session.scalars(select(Ticket.id).where(Ticket.raised_in_id.is_not(None))).all() == []


def test_dissatisfied_over_something_new_is_judged_so_only_once_that_is_a_ticket(city):
    old = play.to_callback(city)
    play.ring(city, old, **play.UNHAPPY)
    judged = {"reason": DissatisfactionClass.NEW_REQUEST, "evidence": "反映的是另一部电梯"}
    with pytest.raises(Invalid) as refused:
        feedback.apply_judgement(old, city.actor("callback"), **judged)
    assert refused.value.fields == {"reason": ["new_request_has_no_ticket"]}
    raised = collect.submit_in_call(old, city.actor("callback"), said(city)).no
    feedback.apply_judgement(old, city.actor("callback"), **judged)
    feedback.grant_judgement(old, city.actor("supervisor"))
    assert (ticket(old).state, ticket(old).close_type, ticket(old).round) == ("CLOSED", "JUDGED", 1)
    assert ticket(raised).state == "DISPATCHED"


def test_what_was_new_in_an_earlier_round_is_not_new_in_the_next(city):
    old = play.to_callback(city)
    collect.submit_in_call(old, city.actor("callback"), said(city))
    play.ring(city, old, rework=True, **play.UNHAPPY)
    with play.at("2026-11-17 10:00"):
        play.reply(city, old)
        play.accept(city, old)
        play.ring(city, old, **play.UNHAPPY)
        with pytest.raises(Invalid):
            feedback.apply_judgement(old, city.actor("callback"), reason=DissatisfactionClass.NEW_REQUEST,
                                     evidence="又是另一件事")


def test_only_the_units_fault_is_handled_again_and_its_history_says_so(city):
    old = play.to_callback(city)
    play.ring(city, old, rework=True, **play.UNHAPPY)
    [event] = [e for e in ticket_page(old, city.actor("supervisor")).events if e.kind == "rework"]
    assert (event.data, event.actor_role) == ({"class": "UNIT_FAULT"}, "SUPERVISOR")
