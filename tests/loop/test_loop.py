"""One ticket through every stage, by the people who do it; and the ways it can turn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import audit, collect, conceal, dispatch, outbox, resolve, supervise, upkeep
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated, Unknown
from workflows.model.base import now
from workflows.model.clock import Clock, ClockSegment
from workflows.model.feedback import CallbackTask, Evaluation
from workflows.model.outbox import Notice, Outbox
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent, TicketIdentity, TicketText
from workflows.rules.numbering import is_valid
from workflows.rules.satisfaction import DissatisfactionReason
from workflows.rules.vocabulary import CloseType, DissatisfactionClass, Kind, RecallReason

MONDAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def ticket(db, no):
    return db.session.scalars(select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def clocks(db, no):
    """Code → clock; the last round of each."""
    rows = db.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no).order_by(Clock.round)
        .execution_options(populate_existing=True)
    )
    return {row.code: row for row in rows}


def running(db, no):
    return {code for code, clock in clocks(db, no).items() if clock.stopped_at is None}


def kinds(db, no):
    return db.session.scalars(
        select(TicketEvent.kind).join(Ticket, Ticket.id == TicketEvent.ticket_id).where(Ticket.no == no)
        .order_by(TicketEvent.id)
    ).all()


def test_a_ticket_goes_from_call_to_close(db, city):
    with play.at(MONDAY):
        receipt = play.log(city)
        assert is_valid(receipt.no)
        assert receipt.state == "DISPATCHED"
        assert receipt.unit_id == city.units["HOUSING"]
        assert running(db, receipt.no) == {"TOTAL", "SIGN", "CONTACT", "HANDLING"}
        play.sign(city, receipt.no)
        play.contact(city, receipt.no)
        assert running(db, receipt.no) == {"TOTAL", "HANDLING"}
        play.reply(city, receipt.no)
        assert running(db, receipt.no) == {"TOTAL", "REVIEW"}
        play.accept(city, receipt.no)
        assert running(db, receipt.no) == {"TOTAL", "CALLBACK"}
        task = db.session.scalars(select(CallbackTask)).one()
        assert task.due_at == clocks(db, receipt.no)["CALLBACK"].due_at
        play.ring(city, receipt.no)
        done = ticket(db, receipt.no)
    assert (done.state, done.close_type) == ("CLOSED", "SOLVED")
    assert running(db, receipt.no) == set()
    assert kinds(db, receipt.no) == [
        "create", "submit", "dispatch", "sign", "contact", "reply", "accept_reply", "record_callback", "close",
    ]
    assert done.version == 9
    assert list(audit.breaks()) == []
    assert db.session.scalars(select(Assignment.state)).one() == "DONE"
    evaluation = db.session.scalars(select(Evaluation)).one()
    assert (evaluation.valid, evaluation.solved, evaluation.unit_id) == (True, "SOLVED", city.units["HOUSING"])


def test_limits_are_counted_from_dispatch_by_the_working_calendar(db, city):
    with play.at(MONDAY):
        receipt = play.log(city)
    found = clocks(db, receipt.no)
    second = timedelta(seconds=5)
    # four working hours from 10:00 are 2 before lunch and 2 after it
    assert abs(found["SIGN"].due_at - play.moment("2026-11-16 15:30")) < second
    assert found["CONTACT"].due_at == play.moment("2026-11-17 17:30")
    assert found["HANDLING"].due_at == play.moment("2026-11-23 17:30")
    assert found["TOTAL"].due_at is None
    assert found["HANDLING"].rule["amount"] == 5


def test_an_ambiguous_matter_waits_for_the_dispatch_desk(db, city):
    with play.at(MONDAY):
        receipt = play.log(city, "0502")
        assert (receipt.state, receipt.unit_id) == ("TO_DISPATCH", None)
        waiting = ticket(db, receipt.no)
        assert {c["unit_id"] for c in waiting.route["candidates"]} == {city.units["URBAN"], city.units["HOUSING"]}
        play.send_to(city, receipt.no, "URBAN")
    assert ticket(db, receipt.no).lead_unit_id == city.units["URBAN"]
    assert clocks(db, receipt.no)["DISPATCH"].stopped_at is not None


def test_a_place_leads_to_its_street(db, city):
    with play.at(MONDAY):
        receipt = play.log(city, "0501", "D-E-1")
    assert receipt.unit_id == city.units["EAST"]


def test_a_unit_the_catalogue_does_not_name_needs_a_reason(db, city):
    with play.at(MONDAY):
        no = play.log(city, "0502").no
        with pytest.raises(Invalid):
            play.send_to(city, no, "SCHOOLS")
        with pytest.raises(NotNow):
            play.send_to(city, no, "EAST", override_reason="就近")
        play.send_to(city, no, "SCHOOLS", override_reason="校门口")
    assert ticket(db, no).lead_unit_id == city.units["SCHOOLS"]


def test_a_return_agreed_to_frees_the_ticket_and_its_clocks(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        assert ticket(db, no).state == "RETURN_REVIEW"
        assert "HANDLING" in running(db, no)
        dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
        freed = ticket(db, no)
        assert (freed.state, freed.lead_unit_id, freed.return_count) == ("TO_DISPATCH", None, 1)
        assert running(db, no) == {"TOTAL", "DISPATCH"}
        voided = {code for code, clock in clocks(db, no).items() if clock.void}
        assert voided == {"SIGN", "CONTACT", "HANDLING"}
        play.send_to(city, no, "URBAN", override_reason="退单建议")
    assert clocks(db, no)["HANDLING"].round == 2
    assert db.session.scalars(select(Application.state)).one() == "GRANTED"


def test_a_return_refused_late_is_credited_and_designates_the_unit(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        before = clocks(db, no)["HANDLING"].due_at
    with play.at("2026-11-17 17:30"):
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
    kept = ticket(db, no)
    assert kept.state == "HANDLING"
    task = db.session.scalars(select(Assignment).execution_options(populate_existing=True)).one()
    assert task.final_designation
    # decided by 15:30 would have been in time: two hours that day and seven and a half the next
    segment = db.session.scalars(select(ClockSegment)).one()
    assert segment.minutes in {539, 540}
    assert clocks(db, no)["HANDLING"].due_at > before
    assert task.due_at == clocks(db, no)["HANDLING"].due_at
    assert "credited" in kinds(db, no)
    with play.at("2026-11-17 17:31"), pytest.raises(NotNow):
        play.ask_return(city, no)


def test_a_return_after_the_window_is_refused(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
    with play.at("2026-11-18 10:00"), pytest.raises(NotNow) as refusal:
        play.ask_return(city, no)
    assert refusal.value.code == "return_window_closed"


def test_a_recalled_ticket_goes_to_another_unit(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        assert ticket(db, no).state == "TO_DISPATCH"
        play.send_to(city, no, "URBAN", override_reason="改派")
    states = db.session.scalars(select(Assignment.state).order_by(Assignment.id)).all()
    assert states == ["RECALLED", "WAIT_SIGN"]


def test_an_interim_answer_is_on_record_and_the_clock_runs_on(db, city):
    no = play.to_handling(city)
    ticket = db.session.scalars(select(Ticket).where(Ticket.no == no)).one()
    due = db.session.get(Assignment, ticket.lead_assignment_id).due_at
    clerk = city.actor("housing")
    told = now().date() + timedelta(days=3)
    after = resolve.interim(no, clerk, text="配件已订购，三日内到货。", next_on=told)
    assert (after.state, db.session.get(Assignment, ticket.lead_assignment_id).due_at) == ("HANDLING", due)
    handling = db.session.scalars(select(Clock).where(Clock.ticket_id == ticket.id, Clock.code == "HANDLING")).one()
    assert handling.stopped_at is None
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "interim")).one()
    assert (event.note, event.data) == ("配件已订购，三日内到货。", {"next_on": told.isoformat()})
    with pytest.raises(Invalid) as refused:
        resolve.interim(no, clerk, text="再等等。", next_on=now().date() - timedelta(days=2))
    assert refused.value.fields == {"next_on": ["day_past"]}
    with pytest.raises(Unknown):
        resolve.interim(no, city.actor("urban"), text="不是我的。")
    with pytest.raises(NotAllowed):
        resolve.interim(no, city.actor("dispatcher"), text="不归我。")


def test_a_reply_sent_back_in_time_keeps_the_old_due(db, city):
    with play.at(MONDAY):
        no = play.to_replied(city)
        due = clocks(db, no)["HANDLING"].due_at
        play.send_back(city, no)
        assert ticket(db, no).state == "HANDLING"
        assert clocks(db, no)["HANDLING"].due_at == due
        assert running(db, no) == {"TOTAL", "HANDLING"}
        play.reply(city, no)
        play.accept(city, no)
    assert ticket(db, no).state == "CALLBACK"
    assert clocks(db, no)["HANDLING"].stopped_at is not None


def test_a_reply_sent_back_after_its_due_is_done_again(db, city):
    with play.at(MONDAY):
        no = play.to_replied(city)
    with play.at("2026-11-24 10:00"):
        play.send_back(city, no)
        assert ticket(db, no).state == "REWORK"
        assert running(db, no) == {"TOTAL", "REWORK"}
        play.reply(city, no)
    assert ticket(db, no).state == "REPLIED"


def test_a_dissatisfied_caller_has_it_done_again(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        again = ticket(db, no)
        assert (again.state, again.round) == ("REWORK", 2)
        assert running(db, no) == {"TOTAL", "REWORK"}
        play.contact(city, no)
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
    assert ticket(db, no).state == "CLOSED"
    assert running(db, no) == set()
    rounds = db.session.execute(select(Evaluation.round, Evaluation.satisfaction).order_by(Evaluation.round)).all()
    assert rounds == [(1, "DISSATISFIED"), (2, "SATISFIED")]
    assert db.session.scalar(select(func.count()).select_from(CallbackTask)) == 2


def test_the_second_thought_of_a_dissatisfied_call_counts(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, **play.UNHAPPY)
        assert ticket(db, no).callback_outcome == "DISSATISFIED"
        play.ring(city, no)
    assert ticket(db, no).state == "CLOSED"
    assert db.session.scalars(select(Evaluation.satisfaction)).one() == "SATISFIED"


def test_only_a_supervisor_closes_against_a_dissatisfied_caller(db, city):
    from_desk = city.actor("callback")
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, **play.UNHAPPY)
        how = {"close_type": CloseType.HANDED_OVER, "note": "已移交", "taken_by": "区人民法院"}
        with pytest.raises(NotNow):
            play.feedback.close(no, from_desk, **how)
        for wrong in ({"close_type": CloseType.SOLVED}, {"note": ""}, {"taken_by": ""}):
            with pytest.raises(Invalid):
                play.feedback.close(no, city.actor("supervisor"), **how | wrong)
        play.feedback.close(no, city.actor("supervisor"), **how)
    assert ticket(db, no).close_type == "HANDED_OVER"
    closing = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "close")).one()
    assert (closing.note, closing.data) == ("已移交", {"taken_by": "区人民法院"})


def test_a_repeat_names_an_earlier_ticket_of_the_same_caller_that_is_over(db, city):
    with play.at(MONDAY):
        phone = "13900000001"
        earlier, still_open = play.to_closed(city, phone=phone), play.to_handling(city, phone=phone)
        of_another, no = play.to_closed(city), play.to_callback(city, phone=phone)
        play.ring(city, no, **play.UNHAPPY)

        def close(named):
            play.feedback.close(no, city.actor("supervisor"), close_type=CloseType.REPEATED, note="同前", earlier=named)

        for named, problem in ((of_another, "earlier_unknown"), (no, "earlier_unknown"), ("1", "earlier_unknown"),
                               (still_open, "earlier_still_open")):
            with pytest.raises(Invalid) as refused:
                close(named)
            assert refused.value.fields == {"earlier": [problem]}
        close(earlier)
    assert ticket(db, no).close_type == "REPEATED"


def test_a_judgement_is_proposed_by_one_and_confirmed_by_another(db, city):
    supervisor, director = city.actor("supervisor"), city.actor("director")
    said = {"reason": DissatisfactionClass.UNREASONABLE, "evidence": "诉求超出合同约定"}
    with play.at(MONDAY):
        no = play.to_callback(city)
        with pytest.raises(NotNow):
            play.feedback.apply_judgement(no, supervisor, **said)
        play.ring(city, no, **play.UNHAPPY)
        with pytest.raises(Invalid):
            play.feedback.apply_judgement(no, supervisor, **said | {"reason": DissatisfactionClass.UNIT_FAULT})
        play.feedback.apply_judgement(no, supervisor, **said)
        with pytest.raises(NotNow) as alone:
            play.feedback.grant_judgement(no, supervisor)
        assert alone.value.code in {"not_your_step", "two_persons"}
        play.feedback.refuse_judgement(no, director, opinion="证据不足")
        assert ticket(db, no).state == "CALLBACK"
        play.feedback.apply_judgement(no, city.actor("callback"), **said)
        play.feedback.grant_judgement(no, supervisor, opinion="同意")
    assert (ticket(db, no).state, ticket(db, no).close_type) == ("CLOSED", "JUDGED")
    assert running(db, no) == set()
    assert db.session.scalars(select(Application.state).order_by(Application.id)).all() == ["REFUSED", "GRANTED"]
    assert kinds(db, no)[-4:] == ["apply_judgement", "refuse_judgement", "apply_judgement", "grant_judgement"]


def test_a_judgement_nobody_confirmed_lapses_when_it_is_handled_again(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, **play.UNHAPPY)
        play.feedback.apply_judgement(no, city.actor("callback"), reason=DissatisfactionClass.POLICY, evidence="规定")
        play.feedback.rework(no, city.actor("supervisor"), reason=DissatisfactionReason.RESULT_SHORT)
    assert db.session.scalars(select(Application.state)).one() == "LAPSED"
    assert db.session.scalars(select(Assignment.asked)).one() is None


def test_an_anonymous_caller_leaves_no_identity_and_is_not_rung(db, city):
    with play.at(MONDAY):
        no = play.log(city, **play.ANONYMOUS).no
        assert "CONTACT" not in clocks(db, no)
        play.sign(city, no)
        play.reply(city, no)
        play.accept(city, no)
    assert (ticket(db, no).state, ticket(db, no).close_type) == ("CLOSED", "SOLVED")
    assert running(db, no) == set()
    kept = db.session.scalars(select(TicketIdentity)).one()
    assert (kept.name, kept.phone, kept.masked_name, kept.masked_phone) == (None, None, "", "")


def test_a_withheld_caller_is_revealed_to_the_desk_only_and_that_is_an_event(db, city):
    with play.at(MONDAY):
        no = play.log(city, **play.WITHHELD).no
        with pytest.raises(NotAllowed):
            conceal.reveal(no, city.actor("housing"), reason="想知道")
        shown = conceal.reveal(no, city.actor("agent2"), reason="回拨")
    assert shown.name == "林小满"
    assert kinds(db, no)[-1] == "revealed"


def test_a_question_is_answered_at_once_and_a_complaint_is_not(db, city):
    with play.at(MONDAY):
        with pytest.raises(NotNow):
            collect.answer(play.request(city), city.actor("agent"), play.ARTICLE)
        receipt = collect.answer(play.request(city, kind=Kind.CONSULT), city.actor("agent"), play.ARTICLE)
    assert receipt.state == "ANSWERED_DIRECT"
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_a_refused_request_says_why_and_where_else(db, city):
    with play.at(MONDAY):
        no = play.ask_refusal(city)
        assert (ticket(db, no).state, running(db, no)) == ("REVIEW", {"TOTAL", "ADMISSION"})
        play.refuse(city, no)
    refused = ticket(db, no)
    assert (refused.state, refused.reject_code, refused.reject_route) == ("REJECTED", "R2", "请向人民法院咨询。")
    assert running(db, no) == set()


def test_urging_and_adding_alert_the_unit_without_moving_the_ticket(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        supervise.chase(no, city.actor("supervisor"), note="请尽快")
        collect.add(no, city.actor("agent"), text="今天又停了一次")
        outbox.relay_notices()
    assert (ticket(db, no).state, ticket(db, no).urge_count) == ("HANDLING", 1)
    told = db.session.execute(
        select(Notice.kind, Notice.role).where(Notice.unit_id == city.units["HOUSING"]).order_by(Notice.id)
    ).all()
    assert told == [("dispatched", "UNIT_CLERK"), ("urged", "UNIT_CLERK"), ("urged", "UNIT_LEAD"),
                    ("added", "UNIT_CLERK")]
    assert db.session.scalar(select(func.count()).where(Outbox.sent_at.is_(None))) == 0


def test_clocks_turn_yellow_and_red_once_and_an_unsigned_ticket_is_signed_for(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
    with play.at("2026-11-16 15:31"):
        assert supervise.sweep() > 0
        assert supervise.sweep() == 0
        signed = ticket(db, no)
        assert signed.state == "HANDLING"
        task = db.session.scalars(select(Assignment)).one()
        assert task.auto_signed
        assert clocks(db, no)["SIGN"].fired_at is not None
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        outbox.relay_notices()
    assert clocks(db, no)["HANDLING"].late_seconds > 0
    expired = db.session.scalars(
        select(Notice.role).where(Notice.kind == "expired", Notice.data["clock"].astext == "HANDLING")
    ).all()
    assert sorted(expired) == ["SUPERVISOR", "UNIT_CLERK", "UNIT_LEAD"]
    assert list(audit.breaks()) == []


def test_a_stale_page_and_a_strange_unit_are_refused(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        with pytest.raises(Outdated):
            resolve.reply(no, city.actor("housing"), answer=play.ANSWER, version=1)
        with pytest.raises(Unknown):
            play.sign(city, no, by="schools")
        with pytest.raises(NotAllowed):
            dispatch.recall(no, city.actor("housing"), reason=RecallReason.OTHER)
        with pytest.raises(NotNow) as refusal:
            play.reply(city, no)
    assert refusal.value.code == "contact_first"


def test_new_tickets_become_searchable(db, city):
    with play.at(MONDAY):
        play.log(city)
        assert upkeep.index_texts() == 1
        assert upkeep.index_texts() == 0
    assert "电梯停运" in db.session.scalars(select(TicketText.body)).one()


def test_the_clock_stands_where_the_test_wants_it(db, city):
    with play.at(MONDAY):
        assert abs(now() - play.moment(MONDAY)) < timedelta(seconds=5)
    assert abs(now() - play.moment(MONDAY)) > timedelta(seconds=5)


def test_sent_back_twice_it_is_where_the_clock_that_runs_says(db, city):
    with play.at(MONDAY):
        no = play.to_replied(city)
    with play.at("2026-12-14 10:00"):
        play.send_back(city, no)
        play.reply(city, no)
        play.send_back(city, no)
        assert running(db, no) == {"TOTAL", "REWORK"}
        assert ticket(db, no).state == "REWORK", "its first due is over: it is handled again"
