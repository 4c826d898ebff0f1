"""What may not wait in a queue: a threat on the line, a fire in the words of an import, a false alarm.

Scenario A2 of the field, and what follows from the risk lane of domain §8.7.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import administer, collect, merge, outbox, risk, supervise, transfer
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.clock import Clock
from workflows.model.outbox import Notice
from workflows.model.risk import RiskAlert, RiskRuleRow
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read import risks
from workflows.read.tickets import ticket_page
from workflows.rules.numbering import Channel
from workflows.rules.vocabulary import Kind, LinePartner, RiskKind

NOW = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def ticket(db, no):
    return db.session.scalars(select(Ticket).where(Ticket.no == no)).one()


def clock(db, no):
    return db.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == "RISK")
        .order_by(Clock.round.desc())
    ).first()


def threat(city, **changes):
    return play.log(city, content="物业再不修电梯我就从楼顶跳楼，谁也别拦。", **changes).no


def hand_over(city, no, by="shift"):
    risk.confirm_risk(no, city.actor(by), receiver="110 指挥中心 3 号席", partner_no="JQ20261116001", outcome="已出警")


def test_a2_a_threat_goes_to_no_unit_before_the_emergency_line_has_it(db, city):
    with play.at(NOW):
        no = threat(city)
        assert (ticket(db, no).state, ticket(db, no).lead_unit_id) == ("TO_DISPATCH", None)
        with pytest.raises(NotNow) as refused:
            play.send_to(city, no, "HOUSING")
        assert refused.value.code == "emergency_line_first"
        hand_over(city, no)
        play.send_to(city, no, "HOUSING")
        assert ticket(db, no).state == "DISPATCHED"
    [alert] = ticket_page(no, city.actor("supervisor")).alerts
    assert (alert.receiver, alert.partner_no, alert.words) == ("110 指挥中心 3 号席", "JQ20261116001", ["跳楼"])


def test_whoever_is_on_duty_is_told_in_the_same_moment_and_the_clock_is_five_minutes_round_the_clock(db, city):
    with play.at("2026-11-14 23:30"):  # a Saturday night
        no = threat(city)
        outbox.relay_notices()
        told = set(db.session.scalars(select(Notice.role).where(Notice.kind == "risk_flagged")))
        assert told == {"SHIFT_LEAD", "SUPERVISOR"}
        assert (clock(db, no).due_at - clock(db, no).started_at).total_seconds() == 300
        assert [row.no for row in risks.open_alerts(city.actor("shift")).items] == [no]
        assert risks.open_count() == 1
    with play.at("2026-11-14 23:36"):
        supervise.sweep()
        outbox.relay_notices()
    assert clock(db, no).fired_at is not None
    late = set(db.session.scalars(select(Notice.role).where(Notice.kind == "expired")))
    assert late == {"SHIFT_LEAD", "SUPERVISOR", "HOTLINE_DIR"}


def test_it_does_not_wait_for_the_desk_what_needs_no_line_goes_to_its_unit_as_well(db, city):
    with play.at(NOW):
        no = play.log(city, content="二十多户业主准备明天集体上访，要求更换物业。").no
        assert (ticket(db, no).state, ticket(db, no).open_risk) == ("DISPATCHED", True)
        assert risks.open_count() == 1


def test_while_it_waits_the_ticket_cannot_end(db, city):
    with play.at(NOW):
        no = play.to_callback(city)
        risk.flag_risk(no, city.actor("callback"), kinds=[RiskKind.EXTREME], note="回访时扬言报复")
        with pytest.raises(NotNow) as refused:
            play.ring(city, no)
        assert refused.value.code == "risk_not_handed_over"
        hand_over(city, no)
        play.ring(city, no)
    assert ticket(db, no).state == "CLOSED"


def test_a_false_alarm_is_found_by_a_second_person_and_the_next_report_has_a_clock_of_its_own(db, city):
    with play.at(NOW):
        no = play.to_handling(city)
        risk.flag_risk(no, city.actor("shift"), kinds=[RiskKind.MASS])
        with pytest.raises(NotNow) as again:
            risk.flag_risk(no, city.actor("housing"), kinds=[RiskKind.MASS])
        assert again.value.code == "risk_flagged_already"
        with pytest.raises(NotNow) as own:
            risk.dismiss_risk(no, city.actor("shift"), outcome="看错了")
        assert own.value.code == "flagger_may_not_dismiss"
        with pytest.raises(NotAllowed):
            risk.dismiss_risk(no, city.actor("housing"), outcome="看错了")
        risk.take_risk(no, city.actor("supervisor"))
        with pytest.raises(NotNow) as taken:
            risk.take_risk(no, city.actor("shift"))
        assert (taken.value.code, taken.value.params["by"]) == ("risk_taken_already", "督办员")
        risk.dismiss_risk(no, city.actor("supervisor"), outcome="系邻里聚餐")
        assert not ticket(db, no).open_risk
        risk.flag_risk(no, city.actor("housing"), kinds=[RiskKind.MINOR])
    assert clock(db, no).round == 2
    assert ticket(db, no).risk_kinds == ["MASS", "MINOR"]
    assert len(db.session.scalars(select(RiskAlert)).all()) == 2


def test_a_call_that_shows_danger_cannot_be_answered_and_forgotten(db, city):
    asked = play.request(city, kind=Kind.CONSULT, content="邻居说要跳楼，我该打哪个电话？")
    with play.at(NOW):
        with pytest.raises(Invalid) as refused:
            collect.answer(asked, city.actor("agent"), play.ARTICLE)
        assert refused.value.fields["content"] == ["shows_danger"]
        with pytest.raises(Invalid):
            collect.answer(replace(asked, content="咨询", risk=RiskKind.EXTREME), city.actor("agent"), play.ARTICLE)
        receipt = collect.answer(replace(asked, risk_checked=True), city.actor("agent"), play.ARTICLE)
    assert receipt.state == "ANSWERED_DIRECT"


def test_one_more_caller_who_shows_danger_flags_the_matter_that_is_known(db, city):
    with play.at(NOW):
        no = play.to_handling(city)
        said = {"name": "钱多", "phone": "13900000001", "content": "再不修我就放火同归于尽", "kind": Kind.COMPLAINT}
        collect.join(said, city.actor("agent"), master=no)
    assert (ticket(db, no).open_risk, ticket(db, no).risk_kinds) == (True, ["EXTREME"])


def test_nothing_of_the_caller_stands_in_the_report_or_the_notice(db, city):
    with play.at(NOW):
        no = threat(city, name="秦岭云雀", phone="13911112222", **play.WITHHELD)
        outbox.relay_notices()
    told = repr([row.data for row in db.session.scalars(select(Notice))])
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "flag_risk")).one()
    assert "云雀" not in told + repr(event.data) + event.note
    assert ticket_page(no, city.actor("supervisor")).alerts


def test_an_administrator_changes_the_words_and_the_next_call_is_read_by_them(db, city):
    row = db.session.scalars(select(RiskRuleRow).where(RiskRuleRow.kind == "MASS")).one()
    administer.change_risk(row.id, city.actor("admin"), version=row.version, words=["堵高速"], receivers="公安",
                                needs_line=False)
    with play.at(NOW):
        assert not ticket(db, play.log(city, content="准备集体上访").no).open_risk
        assert ticket(db, play.log(city, content="准备去堵高速").no).open_risk
    with pytest.raises(Invalid):
        administer.change_risk(row.id, city.actor("admin"), version=row.version, words=["堵"], receivers="公安",
                                    needs_line=False)


def test_a_fire_is_passed_to_119_and_is_ours_until_they_have_it(db, city):
    asked = play.request(city, content="三号楼起火了，冒黑烟。", title="起火", **play.WITHHELD)
    with play.at(NOW):
        no = collect.hand_on(asked, city.actor("agent"), collect.Passing(LinePartner.FIRE, "三号楼起火")).no
        assert (ticket(db, no).state, ticket(db, no).open_risk) == ("TO_DISPATCH", True)
        assert [row.no for row in risks.open_links(city.actor("shift")).items] == [no]
        for refused_move in (lambda: play.send_to(city, no, "HOUSING"), lambda: merge.merge(
                no, city.actor("supervisor"), master=play.log(city).no)):
            with pytest.raises(NotNow):
                refused_move()
        with pytest.raises(Invalid):
            transfer.confirm_transfer(no, city.actor("agent"), partner_no="")
        transfer.confirm_transfer(no, city.actor("agent"), partner_no="HJ-0077", result="已出动两车")
    assert (ticket(db, no).state, ticket(db, no).open_risk, risks.open_count()) == ("TRANSFERRED", False, 0)
    running = select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no,
                                                                             Clock.stopped_at.is_(None))
    assert db.session.scalars(running).all() == []
    page = ticket_page(no, city.actor("supervisor"))
    assert (page.links[0].partner_no, page.alerts[0].partner_no) == ("HJ-0077", "HJ-0077")


def test_what_the_line_gives_back_is_an_ordinary_ticket_whose_clock_never_stopped(db, city):
    with play.at(NOW):
        no = play.log(city, "99").no
        transfer.transfer(no, city.actor("dispatcher"), partner=LinePartner.POLICE, reason="疑似盗窃")
    with play.at("2026-11-16 10:20"):
        transfer.return_transfer(no, city.actor("agent"), result="非警情")
        play.send_to(city, no, "HOUSING", override_reason="核实后属住建")
    total = db.session.scalars(select(Clock).where(Clock.code == "TOTAL")).one()
    assert (total.started_at, total.stopped_at) == (play.moment(NOW).replace(microsecond=total.started_at.microsecond),
                                                    None)
    assert ticket(db, no).state == "DISPATCHED"


def test_what_110_passes_to_us_keeps_their_number_and_is_acknowledged(db, city):
    with play.at(NOW):
        no = play.log(city, channel=Channel.TRANSFER_110, channel_ref="JQ-9001").no
    [link] = ticket_page(no, city.actor("supervisor")).links
    assert (link.direction, link.partner, link.partner_no, link.accepted_at is not None) == (
        "IN", "POLICE", "JQ-9001", True)
