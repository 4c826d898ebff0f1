"""抽样回访: who is rung under a sample, what becomes of whom nobody rings, and that every table of figures says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.channels.test_relay import Recorder
from tests.loop.test_accounts import events
from workflows import administer, delivery, feedback, inquire, outbox, supervise
from workflows.engine import lot_of
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import db as database
from workflows.model.base import transaction
from workflows.model.feedback import CallbackTask
from workflows.model.reference import reference
from workflows.model.scoring import RatePolicy
from workflows.model.ticket import Ticket
from workflows.read.figures import figures
from workflows.read.queues import callback_queue, desk_counts
from workflows.read.recount import recount
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure
from workflows.rules.quiet import ALWAYS
from workflows.rules.ringing import drawn
from workflows.rules.satisfaction import Satisfaction, Solved
from workflows.rules.vocabulary import CallbackChannel, CallerType, Carrier, Kind

MONDAY, LATER = "2026-11-16 10:00", "2026-11-19 10:01"
HELP = {"kind": Kind.HELP}


@pytest.fixture
def city(db):
    return play.make_city()


def sample(percent):
    """From the beginning so many in a hundred are rung."""
    with transaction():
        [row] = database.session.scalars(select(RatePolicy)).all()
        row.callback_percent = percent


def task(no):
    database.session.rollback()
    return database.session.scalars(
        select(CallbackTask).join(Ticket, Ticket.id == CallbackTask.ticket_id).where(Ticket.no == no)
        .order_by(CallbackTask.id.desc()).execution_options(populate_existing=True)).first()


def passed_over(city, **changes):
    """A ticket nobody draws at one in a hundred."""
    while True:
        no = play.to_callback(city, **HELP | changes)
        if task(no).basis == "NOT_DRAWN":
            return no


def texts(city):
    """Whatever waits is sent by text message."""
    sms = Recorder()
    delivery.install({Carrier.SMS: (sms, ALWAYS)})
    outbox.relay_notices(carriers=delivery.carriers())
    delivery.deliver(Carrier.SMS)
    return sms.told


def test_while_everybody_is_rung_nobody_is_drawn(city):
    with play.at(MONDAY):
        assert {task(play.to_callback(city, **HELP)).basis for _ in range(3)} == {"FULL"}


def test_under_a_sample_some_are_always_rung_and_of_the_rest_those_drawn(city):
    sample(50)
    with play.at(MONDAY):
        told = {
            "COMPLAINT": play.to_callback(city),
            "ENTERPRISE": play.to_callback(city, **HELP, caller_type=CallerType.ENTERPRISE, enterprise_name="某厂"),
        }
        ordered = play.to_handling(city, **HELP)
        supervise.supervise(ordered, city.actor("supervisor"), level=1, reason="请说明")
        named = play.to_handling(city, **HELP)
        feedback.name_call(named, city.actor("supervisor"), note="群众来信要求回访")
        for no in (ordered, named):
            play.contact(city, no)
            play.reply(city, no)
            play.accept(city, no)
        told |= {"SUPERVISED": ordered, "NAMED": named}
        assert {basis: task(no).basis for basis, no in told.items()} == {basis: basis for basis in told}
        many = [play.to_callback(city, **HELP) for _ in range(12)]
        for no in many:
            assert task(no).basis == ("DRAWN" if drawn(lot_of(no), 50) else "NOT_DRAWN")
        listed = {row.no for row in callback_queue(city.actor("callback")).items}
        silent = {no for no in many if task(no).basis == "NOT_DRAWN"}
        assert listed == {*many, *told.values()} - silent
        assert desk_counts(city.actor("callback"))["callback"] == len(listed)
        accepted = ticket_page(many[0], city.actor("supervisor")).events[0]
        assert accepted.data == {"callback": task(many[0]).basis, "percent": 50}


def test_handled_again_it_is_rung_whatever_was_drawn_before(city):
    sample(1)
    with play.at(MONDAY):
        no = passed_over(city)
        actor = inquire.caller_of(no)
        feedback.record_callback(no, actor, call=feedback.Call(
            play.AttemptResult.ANSWERED, channel=CallbackChannel.SMS, solved=Solved.UNSOLVED,
            satisfaction=Satisfaction.DISSATISFIED, reason=play.UNHAPPY["reason"]))
        feedback.rework(no, city.actor("supervisor"), reason=play.UNHAPPY["reason"])
        play.reply(city, no)
        play.accept(city, no)
        assert task(no).basis == "REPEAT"


def test_who_is_not_drawn_has_the_answer_and_a_link_and_the_ticket_closes_by_itself(db, city):
    sample(1)
    with play.at(MONDAY):
        no = passed_over(city, phone="13912345678")
        assert ("+8613912345678", "answered") in texts(city)
        assert feedback.close_unsampled() == 0
    with play.at("2026-11-19 09:59"):
        assert feedback.close_unsampled() == 0
    with play.at(LATER):
        assert [feedback.close_unsampled(), feedback.close_unsampled()] == [1, 0]
        found = ticket_page(no, city.actor("supervisor")).ticket
        assert (found.state, found.close_type, found.callback_outcome) == ("CLOSED", "SOLVED", "NOT_SAMPLED")
        assert found.answer_way == "SMS"
        assert (task(no).outcome, task(no).attempts) == ("NOT_SAMPLED", 0)
        assert events(db, no)[-1] == "close"
        day = play.moment(LATER).date()
        total = figures(city.actor("supervisor"), day - timedelta(days=5), day)[0]
        assert total.closed == 1
        assert total.ratios[Figure.SATISFIED].denominator == 0
        assert total.ratios[Figure.CALLED_BACK].denominator == 0
        assert recount(day - timedelta(days=5), day) == []


def test_what_a_caller_who_was_not_drawn_says_by_the_link_closes_or_is_for_a_supervisor(city):
    sample(1)
    with play.at(MONDAY):
        happy, unhappy = passed_over(city), passed_over(city)
        said = {"channel": CallbackChannel.SMS, "solved": Solved.SOLVED, "satisfaction": Satisfaction.SATISFIED}
        feedback.record_callback(happy, inquire.caller_of(happy),
                                 call=feedback.Call(play.AttemptResult.ANSWERED, **said))
        said |= {"solved": Solved.UNSOLVED, "satisfaction": Satisfaction.DISSATISFIED,
                 "reason": play.UNHAPPY["reason"]}
        feedback.record_callback(unhappy, inquire.caller_of(unhappy),
                                 call=feedback.Call(play.AttemptResult.ANSWERED, **said))
    with play.at(LATER):
        assert feedback.close_unsampled() == 0
        states = [ticket_page(no, city.actor("supervisor")).ticket.state for no in (happy, unhappy)]
    assert states == ["CLOSED", "CALLBACK"]


def test_whom_no_message_told_is_rung_after_all(db, city):
    sample(1)
    with play.at(MONDAY):
        no = passed_over(city)
    with play.at("2026-11-19 21:30"):
        assert [feedback.close_unsampled(), feedback.close_unsampled()] == [1, 0]
        assert (task(no).basis, task(no).not_before) == ("UNTOLD", play.moment("2026-11-20 09:00"))
        assert events(db, no)[-1] == "untold"
    with play.at("2026-11-20 09:00"):
        assert no in {row.no for row in callback_queue(city.actor("callback")).items}
        play.ring(city, no)
        assert ticket_page(no, city.actor("supervisor")).ticket.answer_way == "CALL"


def test_one_passed_over_is_rung_once_somebody_names_it(city):
    sample(1)
    with play.at(MONDAY):
        no = passed_over(city)
        with pytest.raises(NotAllowed):
            feedback.name_call(no, city.actor("reviewer"), note="看看")
        with pytest.raises(Invalid):
            feedback.name_call(no, city.actor("supervisor"), note="")
        feedback.name_call(no, city.actor("director"), note="抽查")
        assert task(no).basis == "NAMED"
        with pytest.raises(NotNow):
            feedback.name_call(no, city.actor("supervisor"), note="再看看")
        assert callback_queue(city.actor("callback")).items[0].no == no
    with play.at(LATER):
        assert feedback.close_unsampled() == 0


def test_merged_callers_are_all_rung_since_nothing_else_tells_them(city):
    sample(1)
    with play.at(MONDAY):
        master = play.to_handling(city)
        other = play.collect.join({"content": "我家也是。", "phone": "13900001111", "kind": Kind.HELP},
                                  city.actor("agent2"), master=master).no
        play.contact(city, master)
        play.reply(city, master)
        play.accept(city, master)
        play.ring(city, master)
        assert task(other).basis == "MERGED"


def test_the_policy_changes_from_tomorrow_on_and_each_day_names_its_own(city):
    admin = city.actor("admin")
    with play.at(MONDAY):
        [row] = database.session.scalars(select(RatePolicy)).all()
        line = administer.PolicyLine(
            partly=50, solved_kinds=(Kind.HELP,), rated_kinds=tuple(Kind), count_anonymous=False, merged_once=True,
            by_first_due=False, callback_percent=20, source="回访办法第三条")
        for day in (None, date(2026, 11, 16)):
            with pytest.raises(Invalid) as refused:
                administer.replace_policy(row.id, admin, version=1, line=line, valid_from=day)
            assert refused.value.fields == {"valid_from": ["callbacks_change_tomorrow"]}
        administer.replace_policy(row.id, admin, version=1, line=line, valid_from=date(2026, 11, 17))
        held = reference().policies.stretches(date(2026, 11, 16), date(2026, 11, 18))
        assert [(first.day, last.day, policy.callback_percent) for first, last, policy in held] == [
            (16, 16, 100), (17, 18, 20)]
        assert task(play.to_callback(city, **HELP)).basis == "FULL"
    with play.at("2026-11-17 10:00"):
        assert task(play.to_callback(city, **HELP)).basis in {"DRAWN", "NOT_DRAWN"}


def test_a_caller_is_rung_from_the_next_slot_on(city):
    with play.at("2026-11-16 21:00"):
        no = play.to_callback(city)
        assert task(no).not_before == play.moment("2026-11-17 09:00")
        assert [row.ready for row in callback_queue(city.actor("callback")).items] == [False]
