"""Whether a request is taken on, and what is answered on the line: scenario A1, refusals that two persons decide."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events
from workflows import admit, collect, outbox, risk, supervise
from workflows.administer import settle_gap
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.outbox import Notice
from workflows.read.admission import admission_queue
from workflows.read.gaps import gap_list
from workflows.read.queues import desk_counts
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import AnswerSource, Kind, RefuseReason, RiskKind

MONDAY, LATER = "2026-11-16 10:00", "2026-11-16 10:40"


@pytest.fixture
def city(db):
    return play.make_city()


def facts(city, no):
    return ticket_page(no, city.actor("supervisor")).ticket


def answered(city, given):
    return collect.answer(play.request(city, kind=Kind.CONSULT), city.actor("agent"), given).no


def test_a1_a_question_answered_from_the_knowledge_base_closes_with_its_article(db, city):
    no = answered(city, play.ARTICLE)
    ticket = facts(city, no)
    assert (ticket.state, ticket.answer_source, ticket.answer_ref) == ("ANSWERED_DIRECT", "ARTICLE", "KB-2026-0418")
    assert not gap_list(city.actor("supervisor")).items


def test_an_answer_must_name_its_article_or_the_call_of_three(db, city):
    for source in (AnswerSource.ARTICLE, AnswerSource.THREE_WAY):
        with pytest.raises(Invalid) as wrong:
            answered(city, collect.Answer("请到大厅办理。", source))
        assert wrong.value.fields == {"answer_ref": ["required"]}


def test_what_an_agent_knew_alone_is_a_gap_until_somebody_sees_to_the_article(db, city):
    no = answered(city, collect.Answer("请到大厅办理。", AnswerSource.OWN))
    gap = gap_list(city.actor("shift")).items[0]
    assert (gap.no, gap.direct_answer, gap.found_by) == (no, "请到大厅办理。", city.actor("agent").name)
    with pytest.raises(NotAllowed):
        settle_gap(gap.gap_id, city.actor("agent"), article="KB-1")
    with pytest.raises(Invalid):
        settle_gap(gap.gap_id, city.actor("shift"), article="")
    settle_gap(gap.gap_id, city.actor("shift"), article="KB-1 身份证办理")
    assert not gap_list(city.actor("shift")).items
    assert gap_list(city.actor("shift"), settled=True).items[0].settled_with == "KB-1 身份证办理"
    with pytest.raises(Outdated):
        settle_gap(gap.gap_id, city.actor("supervisor"), article="KB-2")


def test_a_refusal_asked_for_is_the_shift_leads_to_grant(db, city):
    with play.at(MONDAY):
        no = play.ask_refusal(city)
        line = admission_queue(city.actor("shift")).items[0]
        assert (line.no, line.reject_code, line.asked_by, line.own) == (no, "R2", city.actor("agent").name, False)
        assert desk_counts(city.actor("shift"))["admission"] == 1
        with pytest.raises(NotAllowed):
            admit.refuse(no, city.actor("agent2"))
        play.refuse(city, no)
        outbox.relay_notices()
    assert facts(city, no).state == "REJECTED"
    assert events(db, no) == ["create", "ask_refusal", "refuse"]
    assert clock(db, no, "ADMISSION").stopped_at is not None
    assert db.session.scalars(select(Notice.role).where(Notice.kind == "refusal_asked")).all() == ["SHIFT_LEAD"]
    assert not admission_queue(city.actor("shift")).items


def test_nobody_grants_the_refusal_they_asked_for(db, city):
    lead = city.actor("shift")
    no = collect.ask_refusal(play.request(city), lead, RefuseReason.PETITION, "请向受理机关查询。").no
    assert admission_queue(lead).items[0].own
    with pytest.raises(NotNow) as own:
        admit.refuse(no, lead)
    assert own.value.code == "two_persons"
    admit.refuse(no, city.actor("supervisor"), reason=RefuseReason.SAME_MATTER, route_told="可凭查询码查询结果。")
    ticket = facts(city, no)
    assert (ticket.state, ticket.reject_code, ticket.reject_route) == ("REJECTED", "R8", "可凭查询码查询结果。")


def test_what_should_not_be_refused_goes_to_its_unit_on_the_citizens_first_clock(db, city):
    with play.at(MONDAY):
        no = play.ask_refusal(city)
        asked = clock(db, no, "TOTAL").started_at
    with play.at(LATER):
        with pytest.raises(Invalid) as silent:
            admit.admit(no, city.actor("shift"))
        assert silent.value.fields == {"note": ["required"]}
        admit.admit(no, city.actor("shift"), note="法院未立案，应予受理")
    ticket = facts(city, no)
    assert (ticket.state, ticket.lead_unit_id) == ("DISPATCHED", city.units["HOUSING"])
    assert (ticket.reject_code, ticket.reject_route, ticket.refusal_by_id) == (None, "", None)
    assert clock(db, no, "TOTAL").started_at == asked
    assert events(db, no) == ["create", "ask_refusal", "admit", "dispatch"]


def test_what_shows_danger_is_not_refused_before_somebody_has_it(db, city):
    no = play.ask_refusal(city)
    risk.flag_risk(no, city.actor("agent"), kinds=[RiskKind.EXTREME], note="挂断前扬言跳楼")
    with pytest.raises(NotNow) as open_danger:
        play.refuse(city, no)
    assert open_danger.value.code == "risk_not_handed_over"
    admit.admit(no, city.actor("shift"), note="扬言极端")
    assert facts(city, no).state == "TO_DISPATCH"  # an emergency line comes first


def test_what_the_catalogue_does_not_know_waits_at_the_dispatch_desk_once_taken_on(db, city):
    no = play.ask_refusal(city, category_id=city.categories["99"])
    assert desk_counts(city.actor("dispatcher"))["dispatch"] == 0
    admit.admit(no, city.actor("supervisor"), note="属本级职责")
    assert facts(city, no).state == "TO_DISPATCH"
    assert desk_counts(city.actor("dispatcher"))["dispatch"] == 1


def test_a_refusal_nobody_decides_turns_red_and_is_told(db, city):
    with play.at(MONDAY):
        no = play.ask_refusal(city)
    with play.at(LATER):
        supervise.sweep()
        outbox.relay_notices()
    assert clock(db, no, "ADMISSION").fired_at is not None
    told = db.session.scalars(select(Notice.role).where(Notice.kind == "expired")).all()
    assert sorted(told) == ["SHIFT_LEAD", "SUPERVISOR"]
