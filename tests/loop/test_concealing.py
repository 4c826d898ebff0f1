"""保密: withheld after units have seen the caller; no unit finds out who it was any more; words go by the hotline."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select, text

from tests import builders as play
from workflows import collect, conceal, dispatch, outbox, resolve, upkeep
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.clock import Clock
from workflows.model.outbox import Notice
from workflows.model.relay import Relay
from workflows.model.reply import ContactLog
from workflows.model.ticket import Assignment, Ticket
from workflows.read import queues
from workflows.read.accounts import clock_accounts
from workflows.read.search import search
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import ContactResult, RecallReason

MONDAY = "2026-11-16 10:00"
NAME, PHONE, ADDRESS = "秦岭云雀", "13911112222", "榕城区东街街道云雀路9号501室"
SECRETS = (NAME, PHONE, "云雀路9号501室", "139-1111-2222", "秦 岭 云 雀")


@pytest.fixture
def city(db):
    return play.make_city()


def open_one(city):
    """A ticket whose words give its caller away, in the hands of a unit that has looked the caller up."""
    no = play.log(city, name=NAME, phone=PHONE, address=ADDRESS, title=f"{NAME}反映电梯停运",
                  content=f"我是{NAME}，住{ADDRESS}，电话139-1111-2222，电梯停运三天。").no
    play.sign(city, no)
    conceal.reveal(no, city.actor("housing"), reason="联系诉求人")
    play.contact(city, no)
    collect.add(no, city.actor("agent"), text="秦 岭 云 雀补充：一三九1111 2222可联系。")
    return no


def withhold(city, no, by="agent"):
    conceal.conceal(no, city.actor(by), note="诉求人要求保密")


def ticket(db, no):
    return db.session.scalars(select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def test_from_then_on_no_page_of_a_unit_says_who_it_was(db, city):
    with play.at(MONDAY):
        no = open_one(city)
        upkeep.index_texts()
        assert NAME in repr(ticket_page(no, city.actor("housing")))
        withhold(city, no)
        page = ticket_page(no, city.actor("housing"))
        assert (page.hidden, page.caller) == ("WITHHELD", None)
        told = clock_accounts(no, city.actor("housing"))
        for secret in SECRETS:
            assert secret not in repr(page)
            assert secret not in repr(told)
        assert "1111 2222" not in repr(page)
        with pytest.raises(NotAllowed):
            conceal.reveal(no, city.actor("housing"), reason="联系诉求人")
        assert search(city.actor("housing"), "电梯停运").items
        assert search(city.actor("housing"), NAME).items == ()
    assert NAME not in ticket(db, no).content
    assert ticket_page(no, city.actor("agent")).caller.masked_phone == "139****2222"


def test_who_saw_is_known_and_told_their_duty(db, city):
    with play.at(MONDAY):
        no = open_one(city)
        withhold(city, no)
        outbox.relay_notices()
    told = db.session.execute(select(Notice.kind, Notice.role, Notice.unit_id)).all()
    housing = city.units["HOUSING"]
    assert ("concealed", "UNIT_CLERK", housing) in told
    assert ("concealed", "UNIT_LEAD", housing) in told
    assert ("identity_was_seen", "SUPERVISOR", city.units["HOTLINE"]) in told


def test_a_unit_that_had_it_before_is_told_too(db, city):
    with play.at(MONDAY):
        no = open_one(city)
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        play.send_to(city, no, "URBAN", override_reason="占道施工所致")
        withhold(city, no)
        outbox.relay_notices()
        units = set(db.session.scalars(select(Notice.unit_id).where(Notice.kind == "concealed")))
        assert units == {city.units["HOUSING"], city.units["URBAN"]}
        assert ticket_page(no, city.actor("housing")).caller is None


def test_nothing_written_anywhere_by_it_names_the_caller(db, city, caplog):
    caplog.set_level(logging.DEBUG)
    with play.at(MONDAY):
        no = open_one(city)
        withhold(city, no)
        conceal.ask_relay(no, city.actor("housing"), question="何时方便上门？")
        conceal.relay(no, city.actor("callback"), result=ContactResult.REACHED, answer=f"{NAME}说周六，电话{PHONE}")
        outbox.relay_notices()
    kept = db.session.execute(text(
        "SELECT 'outbox', payload::text FROM outbox UNION ALL SELECT 'notice', data::text FROM notice"
        " UNION ALL SELECT 'relay', question || answer FROM relay UNION ALL SELECT 'contact', note FROM contact_log"
        " UNION ALL SELECT 'text', body FROM ticket_text UNION ALL SELECT 'ticket', title || content FROM ticket"
    )).all()
    for secret in SECRETS:
        assert [where for where, said in kept if said and secret in said] == []
        assert secret not in caplog.text


def test_only_the_caller_opens_it_again(city):
    with play.at(MONDAY):
        no = open_one(city)
        with pytest.raises(NotNow):
            conceal.disclose(no, city.actor("agent"), note="同意公开", by_caller=True)
        assert "disclose" not in [move.name for move in ticket_page(no, city.actor("agent")).moves]
        withhold(city, no)
        with pytest.raises(NotNow):
            withhold(city, no)
        with pytest.raises(NotAllowed):
            conceal.disclose(no, city.actor("supervisor"), note="办理需要", by_caller=True)
        with pytest.raises(Invalid) as refused:
            conceal.disclose(no, city.actor("agent"), note="同意公开")
        assert refused.value.fields == {"by_caller": ["caller_must_ask"]}
        conceal.disclose(no, city.actor("agent"), note="同意公开", by_caller=True)
        assert ticket_page(no, city.actor("housing")).caller is not None


def test_a_word_through_the_hotline_stands_for_the_first_contact(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, **play.WITHHELD)
        conceal.ask_relay(no, city.actor("housing"), question="请问电梯编号？")
        stopped = select(Clock.stopped_at).where(Clock.code == "CONTACT")
        assert db.session.scalar(stopped) is not None
        with pytest.raises(NotNow) as refused:
            play.reply(city, no)
        assert refused.value.code == "contact_first"
        [row] = queues.callback_queue(city.actor("callback"), "RELAYS").items
        assert (row.no, row.question, queues.desk_counts(city.actor("callback"))["relays"]) == (no, "请问电梯编号？", 1)
        conceal.relay(no, city.actor("callback"), result=ContactResult.REACHED, answer="三号梯")
        assert queues.callback_queue(city.actor("callback"), "RELAYS").items == ()
        play.reply(city, no)
    [word] = ticket_page(no, city.actor("housing")).relays
    assert (word.answer, word.done_by) == ("三号梯", "回访员")
    assert db.session.scalars(select(ContactLog.result)).all() == ["VIA_HOTLINE"]


def test_three_tries_in_vain_are_told_to_the_unit(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, **play.WITHHELD)
        conceal.ask_relay(no, city.actor("housing"), question="请问电梯编号？")
        for _ in range(3):
            assert db.session.scalar(select(Assignment.contacted_at)) is None
            conceal.relay(no, city.actor("callback"), result=ContactResult.NO_ANSWER, answer="无人接听")
        with pytest.raises(NotNow):
            conceal.relay(no, city.actor("callback"), result=ContactResult.NO_ANSWER, answer="无人接听")
    assert db.session.scalar(select(Assignment.contacted_at)) is not None


def test_an_open_caller_is_rung_by_the_unit_itself_and_one_word_waits_at_a_time(city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        with pytest.raises(NotNow):
            conceal.ask_relay(no, city.actor("housing"), question="请问电梯编号？")
        withhold(city, no)
        conceal.ask_relay(no, city.actor("housing"), question="请问电梯编号？")
        with pytest.raises(NotNow):
            conceal.ask_relay(no, city.actor("housing"), question="还有一问")


def test_what_a_unit_asked_lapses_when_it_no_longer_holds_the_ticket(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, **play.WITHHELD)
        conceal.ask_relay(no, city.actor("housing"), question="请问电梯编号？")
        resolve.interim(no, city.actor("housing"), text="已安排核查")
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
    assert db.session.scalar(select(Relay.lapsed_at)) is not None
    assert ticket(db, no).open_relays == 0
