"""预审: requests of some channels are looked over, completed or refused before they go to a unit (E05, E06)."""

from __future__ import annotations

import pytest

from tests import builders as play
from tests.loop.test_accounts import clock, events
from workflows import admit, collect, outbox, withdraw
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.outbox import Notice
from workflows.read.admission import admission_queue, details_queue
from workflows.read.queues import desk_counts
from workflows.read.tickets import ticket_page
from workflows.rules.limits import ClockCode
from workflows.rules.numbering import Channel
from workflows.rules.vocabulary import DetailWanted, RefuseReason, RiskKind, WithdrawReason

MONDAY, NEXT, AFTERNOON = "2026-11-16 10:00", "2026-11-16 10:10", "2026-11-16 15:00"


@pytest.fixture
def city(db):
    found = play.make_city()
    play.review_first(Channel.WEB)
    return found


def written(city, **changes):
    return collect.submit(play.request(city, channel=Channel.WEB, **changes), city.actor("agent")).no


def facts(city, no):
    return ticket_page(no, city.actor("supervisor")).ticket


def told(db, kind):
    outbox.relay_notices()
    return set(db.session.scalars(db.select(Notice.role).where(Notice.kind == kind)))


def test_a_request_of_such_a_channel_waits_for_its_reviewer_and_then_goes_as_the_catalogue_says(db, city):
    with play.at(MONDAY):
        no, called = written(city), play.log(city).no
        assert (facts(city, no).state, facts(city, called).state) == ("REVIEW", "DISPATCHED")
        assert [row.no for row in admission_queue(city.actor("reviewer")).items] == [no]
        assert told(db, "to_review") == {"REVIEWER"}
        with pytest.raises(NotAllowed):
            admit.admit(no, city.actor("callback"))
        admit.admit(no, city.actor("reviewer"))
    assert facts(city, no).state == "DISPATCHED"
    assert events(db, no)[:3] == ["create", "submit_for_review", "admit"]


def test_nobody_looks_over_what_they_wrote_down(db, city):
    no = collect.submit(play.request(city, channel=Channel.WEB), city.actor("shift")).no
    with pytest.raises(NotNow) as refused:
        admit.admit(no, city.actor("shift"))
    assert refused.value.code == "own_ticket_review"
    assert admission_queue(city.actor("shift")).items[0].own


def test_what_is_missing_is_asked_back_and_the_clock_stands_still_until_it_is_there(db, city):
    with play.at(MONDAY):
        no = written(city)
        due = clock(db, no, ClockCode.ADMISSION).due_at
    with play.at(NEXT):
        with pytest.raises(Invalid):
            admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.PLACE, note="")
        admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.PLACE, note="哪一栋楼？")
        assert (desk_counts(city.actor("shift"))["admission"], desk_counts(city.actor("shift"))["details"]) == (0, 1)
        [line] = details_queue(city.actor("agent")).items
        assert (line.no, line.details_wanted, line.note) == (no, "PLACE", "哪一栋楼？")
        assert told(db, "details_wanted") == {"AGENT"}
        with pytest.raises(NotNow) as twice:
            admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.TIME, note="何时？")
        assert twice.value.code == "details_asked_already"
    with play.at(AFTERNOON):
        with pytest.raises(Invalid) as unknown:
            admit.supply_details(no, city.actor("agent"), text="3 号楼", area_id=10**6)
        assert unknown.value.fields == {"area_id": ["area_unknown"]}
        admit.supply_details(no, city.actor("agent"), text="3 号楼", area_id=city.areas["D-E-1"], place="3 号楼")
        ticket = facts(city, no)
        assert (ticket.state, ticket.place, ticket.details_wanted) == ("REVIEW", "3 号楼", None)
        moved = clock(db, no, ClockCode.ADMISSION).due_at - due
        assert moved.total_seconds() in (290 * 60, 291 * 60)  # to the next full minute
        assert [row.no for row in admission_queue(city.actor("reviewer")).items] == [no]
        admit.admit(no, city.actor("reviewer"))
    assert facts(city, no).state == "DISPATCHED"


def test_what_is_not_the_hotlines_business_is_proposed_by_one_and_refused_by_another(db, city):
    no = written(city)
    admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.FACTS, note="请写明诉求")
    with pytest.raises(Invalid):
        admit.propose_refusal(no, city.actor("shift"), reason=RefuseReason.LITIGATION, route_told="")
    admit.propose_refusal(no, city.actor("shift"), reason=RefuseReason.LITIGATION, route_told="请向人民法院起诉。")
    for by, code in (("shift", "two_persons"), ("reviewer", None)):
        with pytest.raises((NotNow, NotAllowed)) as refused:
            admit.refuse(no, city.actor(by))
        assert code is None or refused.value.code == code
    with pytest.raises(NotNow) as junior:
        admit.admit(no, city.actor("reviewer"), note="应受理")
    assert junior.value.code == "seniors_decide_refusals"
    admit.refuse(no, city.actor("supervisor"))
    ticket = facts(city, no)
    assert (ticket.state, ticket.reject_code, ticket.details_wanted) == ("REJECTED", "R2", None)


def test_a_request_that_waits_for_dispatch_can_still_be_refused_and_goes_on_where_it_is_not(db, city):
    no = play.log(city, category_id=city.categories["99"]).no
    admit.propose_refusal(no, city.actor("dispatcher"), reason=RefuseReason.PETITION, route_told="请向信访局反映。")
    assert facts(city, no).state == "REVIEW"
    assert clock(db, no, ClockCode.DISPATCH).stopped_at is not None
    admit.admit(no, city.actor("shift"), note="不属信访事项")
    assert facts(city, no).state == "TO_DISPATCH"
    play.send_to(city, no, "HOUSING", override_reason="经核实由该单位承办")
    with pytest.raises(NotNow):
        admit.propose_refusal(no, city.actor("shift"), reason=RefuseReason.PETITION, route_told="请向信访局反映。")


def test_danger_waits_for_nobody_to_look_it_over(db, city):
    no = written(city, content="有人要跳楼")
    assert (facts(city, no).state, facts(city, no).open_risk) == ("TO_DISPATCH", True)


def test_danger_is_taken_down_without_a_place_where_the_matter_needs_one(db, city):
    placeless = {"category_id": city.categories["0501"], "area_id": None, "place": ""}
    with pytest.raises(Invalid) as refused:
        play.log(city, **placeless)
    assert refused.value.fields == {"area_id": ["place_needed"]}
    assert facts(city, play.log(city, content="有人要跳楼", **placeless).no).open_risk
    assert facts(city, play.log(city, risk=RiskKind.ACCIDENT, **placeless).no).open_risk


def test_what_lacks_something_may_be_taken_back_by_its_caller(db, city):
    no = written(city, phone="13800138000")
    admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.FACTS, note="请写明")
    withdraw.withdraw(no, city.actor("agent"), reason=WithdrawReason.SETTLED, note="已解决", phone="13800138000")
    assert (facts(city, no).state, facts(city, no).details_wanted) == ("WITHDRAWN", None)
