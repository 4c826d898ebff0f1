"""剔除、评价申诉: a unit contests what its caller said; two persons decide, another rings, the figures follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import approve, feedback
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import db as database
from workflows.model.base import now, transaction
from workflows.model.directory import User, UserRole
from workflows.model.feedback import CallbackAttempt, CallbackTask, Evaluation
from workflows.model.ticket import Application, Ticket, TicketEvent
from workflows.read.exclusions import exclusions
from workflows.read.figures import figures
from workflows.read.queues import callback_queue
from workflows.read.recount import recount
from workflows.rules.indicators import Figure
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import AppealGround, ExclusionClass, ReopenReason

DAY = "2026-11-16 10:00"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
CLASS = {"reason": ExclusionClass.MALICIOUS, "evidence": "诉求人承认未到现场即评价不满意。"}
GROUND = {"reason": AppealGround.NOT_THE_FACTS, "evidence": "现场照片与签收单。"}


@pytest.fixture
def city(db):
    return play.make_city()


def unhappy_and_closed(city):
    """Closed by a supervisor's judgement though its caller was dissatisfied."""
    no = play.to_callback(city)
    play.ring(city, no, **play.UNHAPPY)
    feedback.apply_judgement(no, city.actor("callback"), reason="POLICY", evidence="政策所限")
    feedback.grant_judgement(no, city.actor("supervisor"))
    return no


def second_caller_back(city):
    """Another person of the call-back desk."""
    with transaction():
        row = User(account="callback2", name="回访员乙", password_hash="!", unit_id=city.units["HOTLINE"],
                   created_at=now(), roles=[UserRole(role="CALLBACK")])
        database.session.add(row)
        database.session.flush()
        return replace(city.actor("callback"), user_id=row.id, account="callback2", name="回访员乙")


def satisfied(city):
    lines = figures(city.actor("supervisor"), FIRST, LAST)
    line = next(line for line in lines if line.unit_id == city.units["HOUSING"])
    return line.ratios[Figure.SATISFIED], line.ratios[Figure.EXCLUSION]


def ticket(no):
    return database.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)
    ).one()


def test_an_excluded_evaluation_leaves_the_rates_and_is_counted_and_listed_beside_them(db, city):
    with play.at(DAY):
        play.to_closed(city)
        no = unhappy_and_closed(city)
        rate, left_out = satisfied(city)
        assert (rate.numerator, rate.denominator, left_out.numerator) == (1, 2, 0)
        feedback.apply_exclusion(no, city.actor("housing_lead"), **CLASS)
        approve.endorse(no, city.actor("supervisor"), opinion="属实")
        rate, _ = satisfied(city)
        assert rate.denominator == 2, "one person has agreed: nothing is excluded yet"
        feedback.grant_exclusion(no, city.actor("director"), opinion="同意")
        rate, left_out = satisfied(city)
        assert (rate.numerator, rate.denominator) == (1, 1)
        assert (left_out.numerator, left_out.denominator) == (1, 2)
        assert recount(FIRST, LAST) == []
        row, = exclusions(city.actor("supervisor")).items
        assert (row.no, row.reason_code, row.unit_id, row.deciders) == (
            no, "MALICIOUS", city.units["HOUSING"], "督办员、热线主任")
        assert [one.no for one in exclusions(city.actor("housing")).items] == [no]
        assert exclusions(city.actor("urban")).items == ()
        assert ticket(no).state == "CLOSED"
        with pytest.raises(NotNow) as again:
            feedback.apply_exclusion(no, city.actor("housing_lead"), **CLASS)
        assert again.value.code == "already_contested"


def test_who_may_contest_what_and_until_when(db, city):
    with play.at(DAY):
        no = unhappy_and_closed(city)
        anonymous = play.to_replied(city, **play.ANONYMOUS)
        play.accept(city, anonymous)
        with pytest.raises(NotAllowed):
            feedback.apply_exclusion(no, city.actor("housing"), **CLASS)
        with pytest.raises(Invalid):
            feedback.apply_exclusion(no, city.actor("housing_lead"), **CLASS | {"evidence": ""})
        with pytest.raises(NotNow) as nobody:
            feedback.apply_appeal(anonymous, city.actor("housing_lead"), **GROUND)
        assert nobody.value.code == "not_evaluated"
    with play.at("2026-11-23 17:00"):
        feedback.apply_appeal(no, city.actor("housing_lead"), **GROUND)
        approve.refuse_appeal(no, city.actor("supervisor"), opinion="证据不足")
    with play.at("2026-11-24 09:00"), pytest.raises(NotNow) as late:
        feedback.apply_exclusion(no, city.actor("housing_lead"), **CLASS)
    assert late.value.code == "contest_window_closed"


def test_after_an_appeal_another_rings_and_what_is_said_replaces_the_evaluation(db, city):
    with play.at(DAY):
        no = unhappy_and_closed(city)
        with pytest.raises(NotNow) as closed:
            play.ring(city, no)
        assert closed.value.code == "no_appeal_granted"
        feedback.apply_appeal(no, city.actor("housing_lead"), **GROUND)
        feedback.grant_appeal(no, city.actor("supervisor"), opinion="可以再访")
        another = second_caller_back(city)
        assert [row.own for row in callback_queue(city.actor("callback")).items] == [True]
        assert [row.own for row in callback_queue(another).items] == [False]
        with pytest.raises(NotNow) as same:
            play.ring(city, no)
        assert same.value.code == "another_rings_again"
        feedback.record_callback(no, another, call=feedback.Call(
            AttemptResult.ANSWERED, contacted=True, solved="SOLVED", satisfaction="SATISFIED"))
        now_, = database.session.scalars(select(Evaluation)).all()
        assert (now_.satisfaction, now_.solved) == ("SATISFIED", "SOLVED")
        appeal = database.session.scalars(select(Application).where(Application.kind == "APPEAL")).one()
        assert appeal.details["before"]["satisfaction"] == "DISSATISFIED"
        said = database.session.scalars(select(CallbackAttempt.satisfaction).order_by(CallbackAttempt.id)).all()
        assert said == ["DISSATISFIED", "SATISFIED"]
        assert (ticket(no).state, ticket(no).appeal_call) == ("CLOSED", False)
        assert callback_queue(another).items == ()


def test_whom_nobody_reaches_after_an_appeal_has_said_what_they_said(db, city):
    with play.at(DAY):
        no = unhappy_and_closed(city)
        feedback.apply_appeal(no, city.actor("housing_lead"), **GROUND)
        feedback.grant_appeal(no, city.actor("supervisor"))
        another = second_caller_back(city)
        for _ in range(3):
            feedback.record_callback(no, another, call=feedback.Call(AttemptResult.NO_ANSWER))
        assert not ticket(no).appeal_call
        assert database.session.scalars(select(Evaluation.satisfaction)).one() == "DISSATISFIED"
        assert database.session.scalars(select(CallbackTask.done_at)).one() is not None
        assert "appeal_unanswered" in database.session.scalars(select(TicketEvent.kind)).all()


def test_a_reopened_ticket_takes_what_was_contested_with_it(db, city):
    with play.at(DAY):
        asked, granted = unhappy_and_closed(city), unhappy_and_closed(city)
        feedback.apply_exclusion(asked, city.actor("housing_lead"), **CLASS)
        feedback.apply_appeal(granted, city.actor("housing_lead"), **GROUND)
        feedback.grant_appeal(granted, city.actor("supervisor"))
        for no in (asked, granted):
            feedback.reopen(no, city.actor("agent"), reason=ReopenReason.RECURRED, note="又停了")
        states = dict(database.session.execute(
            select(Application.kind, Application.state).where(Application.kind.in_(["EXCLUSION", "APPEAL"]))).all())
        assert states == {"EXCLUSION": "LAPSED", "APPEAL": "GRANTED"}
        assert not ticket(granted).appeal_call
        assert callback_queue(city.actor("callback")).items == ()
