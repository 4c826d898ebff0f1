"""How a unit answers: every point of the request, in words of its own, signed, and told to the caller."""

from __future__ import annotations

import pytest

from tests import builders as play
from tests.channels.test_relay import Recorder
from tests.loop.test_accounts import clock
from workflows import collect, delivery, dispatch, feedback, outbox, resolve, supervise
from workflows.delivery import Failure
from workflows.errors import Invalid, NotNow
from workflows.model.base import transaction
from workflows.model.directory import Unit
from workflows.read.tickets import ticket_page
from workflows.rules.items import ItemAnswer
from workflows.rules.quiet import ALWAYS
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import Carrier, Defect, RecallReason, Resolution, Truth, UnresolvedReason

POINTS = ("修好三号楼电梯", "公示维保记录")
DONE = ItemAnswer(Truth.TRUE, Resolution.RESOLVED, "电梯已修复。")
LATER = ItemAnswer(Truth.TRUE, Resolution.UNRESOLVED, "维保记录下月起公示。")


@pytest.fixture
def city(db):
    return play.make_city()


def page(city, no, who="supervisor"):
    return ticket_page(no, city.actor(who))


def answer(city, no, *items, **changes):
    """The unit's reply, what it says to each point, and nothing of the whole."""
    play.reply(city, no, items=items, truth=None, resolution=None, **changes)


def wrong(call, *given, **more):
    with pytest.raises(Invalid) as refused:
        call(*given, **more)
    return refused.value.fields


def test_each_point_is_answered_and_the_whole_is_what_they_come_to(city):
    no = play.to_handling(city, items=POINTS)
    play.contact(city, no)
    assert wrong(play.reply, city, no) == {"items": ["items_unanswered"]}
    assert wrong(answer, city, no, DONE, ItemAnswer(Truth.TRUE)) == {
        "items-2-resolution": ["required"], "items-2-answer": ["required"],
    }
    assert wrong(play.reply, city, no, items=(DONE, LATER), truth=Truth.TRUE, resolution=Resolution.RESOLVED) == {
        "resolution": ["differs_from_items"], "unresolved_reason": ["required"],
    }
    answer(city, no, DONE, LATER, unresolved_reason=UnresolvedReason.THIRD_PARTY)
    said = page(city, no).replies[0]
    assert (said.truth, said.resolution) == ("TRUE", "PARTLY")
    assert [(one["item"], one["resolution"], one["answer"]) for one in said.items] == [
        (POINTS[0], "RESOLVED", DONE.answer), (POINTS[1], "UNRESOLVED", LATER.answer),
    ]


def test_sent_back_for_the_points_it_did_not_answer_and_they_are_named(city):
    no = play.to_handling(city, items=POINTS)
    play.contact(city, no)
    answer(city, no, DONE, DONE)

    def back(defects, items=()):
        resolve.send_back(no, city.actor("reviewer"), defects=defects, opinion="", items=items)

    assert wrong(back, [Defect.NOT_ITEM_BY_ITEM]) == {"items": ["name_the_items"]}
    assert wrong(back, [Defect.NOT_ITEM_BY_ITEM], [3]) == {"items": ["item_unknown"]}
    assert wrong(back, [Defect.NO_FACTS], [2]) == {"items": ["items_without_d2"]}
    back([Defect.NOT_ITEM_BY_ITEM], [2])
    said = page(city, no, "housing").replies[0]
    assert (said.defects, said.defect_items) == (["D2"], [2])


def test_a_caller_who_wants_one_thing_more_is_answered_on_that_too(city):
    no = play.to_handling(city)
    play.contact(city, no)
    collect.add(no, city.actor("agent"), text="还要求公示维保记录。", items=[POINTS[1]])
    found = page(city, no).ticket
    assert found.request_items == [found.title, POINTS[1]]
    assert wrong(play.reply, city, no) == {"items": ["items_unanswered"]}
    answer(city, no, DONE, DONE)
    assert page(city, no).ticket.state == "REPLIED"
    collect.add(no, city.actor("agent"), text="再说一遍。", items=[POINTS[1]])
    assert len(page(city, no).ticket.request_items) == 2
    assert "items" in wrong(collect.add, no, city.actor("agent"), text="很多", items=[f"第{n}件事" for n in range(30)])
    assert len(page(city, no).ticket.request_items) == 2


def test_a_unit_reads_no_withheld_caller_in_a_point(city):
    no = play.to_handling(city, items=("给林小满回电话", "修好电梯"), **play.WITHHELD)
    assert page(city, no).ticket.request_items[0] == "给林小满回电话"
    assert "林小满" not in str(page(city, no, "housing"))


def texts(sms):
    """The gateway takes what waits for it."""
    delivery.install({Carrier.SMS: (sms, ALWAYS)})
    outbox.relay_notices(carriers=delivery.carriers())
    delivery.deliver(Carrier.SMS)


def reached(city, no):
    return page(city, no).ticket.answer_way


@pytest.fixture(autouse=True)
def no_channels():
    yield
    delivery.install({})


def test_accepted_the_caller_is_written_to_by_number_alone_and_only_then_it_reached_them(city):
    no = play.to_callback(city, phone="13912345678")
    assert reached(city, no) is None
    away, there = Recorder(says=lambda _: Failure("busy")), Recorder()
    with play.at("2030-11-18 10:00"):
        texts(away)
    assert reached(city, no) is None
    with play.at("2030-11-18 12:00"):
        texts(there)
    assert (there.told, reached(city, no)) == ([("+8613912345678", "answered")], "SMS")


def test_told_on_the_telephone_it_closes_and_no_message_follows(city):
    no = play.to_closed(city)
    sms = Recorder()
    texts(sms)
    assert (reached(city, no), sms.told) == ("CALL", [])


@pytest.mark.parametrize(
    ("who", "way"), [(play.ANONYMOUS, "ANONYMOUS"), ({"need_reply": False}, "NOT_WANTED")]
)
def test_who_is_anonymous_or_wants_no_reply_is_told_nothing(city, who, way):
    no = play.to_handling(city, **who)
    play.reply(city, no)
    play.accept(city, no)
    found = page(city, no).ticket
    assert (found.state, found.answer_way) == ("CLOSED", way)
    sms = Recorder()
    texts(sms)
    assert sms.told == []


@pytest.mark.parametrize(("with_texts", "way"), [(True, "SMS"), (False, "TRIED")])
def test_who_cannot_be_reached_was_told_by_text_or_at_least_tried_as_the_rules_ask(city, with_texts, way):
    silent = {"result": AttemptResult.NO_ANSWER, "contacted": None, "solved": None, "satisfaction": None}
    with play.at("2026-11-16 09:00"):
        no = play.to_callback(city)
    for when in ("2026-11-16 10:00", "2026-11-16 15:00", "2026-11-17 10:00"):
        with play.at(when):
            play.ring(city, no, **silent)
    with play.at("2026-11-18 10:00"):
        if with_texts:
            texts(Recorder())
        assert feedback.close_unreachable() == 0
        assert (page(city, no).ticket.state, reached(city, no)) == ("CALLBACK", "SMS" if with_texts else None)
    with play.at("2026-11-23 10:00"):
        assert feedback.close_unreachable() == 1
    assert (page(city, no).ticket.close_type, reached(city, no)) == ("UNREACHABLE", way)


def test_nothing_closes_by_hand_before_the_answer_reached_its_caller(city):
    no = play.to_callback(city)
    assert "close" not in {move.name for move in page(city, no).moves}
    play.ring(city, no, **play.UNHAPPY)
    assert reached(city, no) == "CALL"
    assert "close" in {move.name for move in ticket_page(no, city.actor("supervisor")).moves}


def test_another_round_has_an_answer_of_its_own(city):
    no = play.to_callback(city)
    play.ring(city, no, rework=True, **play.UNHAPPY)
    play.reply(city, no)
    play.accept(city, no)
    assert reached(city, no) is None
    play.write_to(city, no)
    assert reached(city, no) == "SMS"


def test_an_answer_that_gives_a_withheld_caller_away_is_not_taken(city):
    no = play.to_handling(city, phone="13912345678", **play.WITHHELD)
    play.contact(city, no)
    for said in ("已电话答复林小满。", "已拨打139 1234 5678告知。", "诉求人车辆京A12345已放行。"):
        assert wrong(play.reply, city, no, public_answer=said) == {"public_answer": ["names_the_caller"]}
    play.reply(city, no, public_answer="电梯已修复，咨询请拨打物业电话62345678。")
    assert page(city, no).ticket.state == "REPLIED"


def refused(call, *given, **more):
    with pytest.raises(NotNow) as said:
        call(*given, **more)
    return said.value.code


def weighty(city):
    """A matter a leader has written on, its caller contacted."""
    no = play.to_handling(city)
    supervise.instruct(no, city.actor("leader"), words="请抓紧办理")
    play.contact(city, no)
    return no


def test_a_weighty_reply_is_signed_by_the_leader_who_may_correct_it_and_both_versions_are_kept(db, city):
    clerk, lead = city.actor("housing"), city.actor("housing_lead")
    with play.at("2026-11-16 10:00"):
        no = weighty(city)
        assert refused(resolve.reply, no, clerk, answer=play.ANSWER) == "sign_off_first"
        resolve.sign_off(no, clerk, answer=play.ANSWER)
        found = page(city, no, "housing_lead")
        assert (found.ticket.state, found.lead.state, found.offers("give_back")) == ("HANDLING", "INTERNAL_SIGN", True)
        assert clock(db, no, "SIGNOFF").due_at == play.moment("2026-11-17 17:30")
        assert clock(db, no, "HANDLING").stopped_at is None
        assert refused(resolve.reply, no, clerk, answer=play.ANSWER) == "leader_signs"
    with play.at("2026-11-16 11:00"):
        resolve.give_back(no, lead, opinion="请写明日期")
        found = page(city, no, "housing")
        assert (found.lead.state, found.drafts[0].decision, found.drafts[0].opinion) == (
            "WORKING", "GIVEN_BACK", "请写明日期")
        assert clock(db, no, "SIGNOFF").stopped_at.replace(microsecond=0) == play.moment("2026-11-16 11:00")
        resolve.sign_off(no, clerk, answer=play.ANSWER)
    with play.at("2026-11-16 14:00"):
        play.reply(city, no, by="housing_lead", public_answer="电梯已于11月16日修复。")
    found = page(city, no)
    assert (found.ticket.state, found.replies[0].signed_by, found.drafts[0].decision) == (
        "REPLIED", "住建分管领导", "SIGNED")
    assert found.replies[0].public_answer != found.drafts[0].content["public_answer"] == play.ANSWER.public_answer
    stopped = {clock(db, no, code).stopped_at.replace(microsecond=0) for code in ("HANDLING", "SIGNOFF")}
    assert stopped == {play.moment("2026-11-16 14:00")}


def test_what_a_leader_wrote_a_leader_alone_files_and_nobody_signs_his_own(city):
    no = weighty(city)
    lead = city.actor("housing_lead")
    assert refused(resolve.sign_off, no, lead, answer=play.ANSWER) == "nobody_else_signs"
    resolve.reply(no, lead, answer=play.ANSWER)
    assert page(city, no).ticket.state == "REPLIED"


def test_a_unit_that_wants_it_signs_every_reply_and_one_that_does_not_none(db, city):
    plain, heavy = play.to_handling(city), weighty(city)
    play.contact(city, plain)
    for wish, no, code in (("ALWAYS", plain, "sign_off_first"), ("NEVER", heavy, None)):
        with transaction():
            db.session.get(Unit, city.units["HOUSING"]).signs_replies = wish
        if code:
            assert refused(resolve.reply, no, city.actor("housing"), answer=play.ANSWER) == code
        else:
            resolve.reply(no, city.actor("housing"), answer=play.ANSWER)
    assert page(city, heavy).ticket.state == "REPLIED"


def test_taken_back_while_it_waits_the_draft_lapses(db, city):
    no = weighty(city)
    resolve.sign_off(no, city.actor("housing"), answer=play.ANSWER)
    assert refused(play.ask_return, city, no) == "being_signed"
    dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
    assert page(city, no).drafts[0].decision == "LAPSED"
    assert clock(db, no, "SIGNOFF").stopped_at is not None
