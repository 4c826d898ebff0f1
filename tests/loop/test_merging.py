"""并单: several callers, one matter; one process, everybody rung, and the way back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import collect, feedback, merge, outbox
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask, Evaluation
from workflows.model.outbox import Notice
from workflows.model.ticket import Assignment, Ticket, TicketEvent, TicketIdentity
from workflows.read import queues
from workflows.read.figures import figures
from workflows.read.recount import recount
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure
from workflows.rules.merging import CROWD
from workflows.rules.satisfaction import Solved
from workflows.rules.vocabulary import Anonymity, CloseType

MONDAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def ticket(db, no):
    return db.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)
    ).one()


def join(city, master, **said):
    """One more caller at the desk."""
    given = {"name": "陈小北", "phone": f"139{next(play._people):08d}", "content": "我们三号楼也是这样。"} | said
    return collect.join(given, city.actor("agent2"), master=master).no


def crowd(city, n, **changes):
    """A master its unit works at, and `n` callers more."""
    master = play.to_handling(city, **changes)
    return master, [join(city, master) for _ in range(n)]


def finish(city, no):
    """The unit's answer is accepted and the first caller content."""
    play.contact(city, no)
    play.reply(city, no)
    play.accept(city, no)
    play.ring(city, no)


def notices(db):
    outbox.relay_notices()
    return db.session.execute(select(Notice.kind, Notice.role)).all()


def test_five_callers_are_five_callbacks_and_one_process(db, city):
    with play.at(MONDAY):
        master, others = crowd(city, 4)
        assert [ticket(db, no).state for no in others] == ["MERGED"] * 4
        assert not ticket(db, others[0]).awaits_call
        finish(city, master)
        assert ticket(db, master).state == "CLOSED"
        to_ring = [row.no for row in queues.callback_queue(city.actor("callback")).items]
        assert sorted(to_ring) == sorted(others)
        for no in others:
            play.ring(city, no)
    assert db.session.scalar(select(func.count()).select_from(CallbackTask)) == 5
    assert db.session.scalar(select(func.count()).select_from(Evaluation)) == 5
    assert queues.callback_queue(city.actor("callback")).items == ()
    line = next(row for row in figures(city.actor("supervisor"), date(2026, 11, 1), date(2026, 11, 30))
                if row.unit_id == city.units["HOUSING"])
    assert (line.received, line.closed) == (1, 1)
    assert line.ratios[Figure.ON_TIME].denominator == 1
    assert (line.ratios[Figure.SATISFIED].numerator, line.ratios[Figure.SATISFIED].denominator) == (1, 1)


def test_the_outcome_of_a_matter_is_the_mean_of_its_callers(db, city):
    with play.at(MONDAY):
        alone = play.to_closed(city)
        master, others = crowd(city, 3)
        finish(city, master)
        play.ring(city, others[0], solved=Solved.PARTLY)
        play.ring(city, others[1], **play.UNHAPPY)
    line = figures(city.actor("supervisor"), date(2026, 11, 1), date(2026, 11, 30))[0]
    solved, satisfied = line.ratios[Figure.SOLVED], line.ratios[Figure.SATISFIED]
    assert alone != master
    # one matter solved, another by (1 + ½ + 0) ÷ 3; the caller not rung yet says nothing
    assert (solved.numerator, solved.denominator) == (1 + Fraction(1, 2), 2)
    assert satisfied.denominator == 2
    assert abs(satisfied.numerator - (1 + Fraction(2, 3))) < Fraction(1, 10**6)
    assert recount(date(2026, 11, 1), date(2026, 11, 30)) == []


def test_a_merged_ticket_keeps_its_caller_and_has_no_task_and_no_running_clock(db, city):
    with play.at(MONDAY):
        master = play.log(city).no
        other = play.log(city, phone="13900001111", name="周一帆").no
        play.sign(city, other)
        with pytest.raises(NotNow) as refused:
            merge.merge(other, city.actor("dispatcher"), master=master)
        assert refused.value.code == "merge_needs_supervisor"
        merge.merge(other, city.actor("supervisor"), master=master, note="同一部电梯")
    row = ticket(db, other)
    running = select(func.count()).select_from(Clock).where(Clock.ticket_id == row.id, Clock.stopped_at.is_(None))
    live = select(Assignment.state).where(Assignment.ticket_id == row.id)
    assert (row.state, row.lead_unit_id, db.session.scalar(running)) == ("MERGED", None, 0)
    assert db.session.scalars(live).all() == ["RECALLED"]
    counting = Clock.unit_id.is_not(None) & ~Clock.void & (Clock.ticket_id == row.id)
    assert db.session.scalar(select(func.count()).select_from(Clock).where(counting)) == 0
    sealed = db.session.get(TicketIdentity, row.id)
    assert sealed.masked_phone == "139****1111"
    page = ticket_page(other, city.actor("agent"))
    assert (page.master.no, page.master.unit_name) == (master, "区住房和建设局")
    assert [one.no for one in ticket_page(master, city.actor("agent")).merged] == [other]


def test_the_unit_learns_that_there_is_one_more_and_not_who(db, city):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        told = notices(db)
    assert ("supported", "UNIT_CLERK") in told
    page = ticket_page(master, city.actor("housing"))
    assert [(one.no, one.content) for one in page.merged] == [("", "我们三号楼也是这样。")]
    said = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "support")).one()
    assert (said.note, said.data) == ("", {"supporters": 1})
    assert ticket(db, other).no not in repr(page)


def test_a_crowd_warns_supervisors_once_and_becomes_urgent(db, city):
    with play.at(MONDAY):
        master, _ = crowd(city, CROWD + 1)
        told = notices(db)
    assert [role for kind, role in told if kind == "crowd"] == ["SUPERVISOR"]
    assert (ticket(db, master).urgency, ticket(db, master).supporters) == ("URGENT", CROWD + 1)


def test_dissatisfied_merged_callers_send_the_master_back_once(db, city):
    with play.at(MONDAY):
        master, others = crowd(city, 4)
        finish(city, master)
        for no in others[:1]:
            play.ring(city, no, rework=True, **play.UNHAPPY)
        back = ticket(db, master)
        assert (back.state, back.round, back.closed_at, back.close_type) == ("REWORK", 2, None, None)
        total = select(Clock.stopped_at).where(Clock.ticket_id == back.id, Clock.code == "TOTAL")
        assert db.session.scalar(total) is None
        # the others have nothing to be told of now
        with pytest.raises(NotNow) as refused:
            play.ring(city, others[1], rework=True, **play.UNHAPPY)
        assert refused.value.code == "master_goes_first"
        play.reply(city, master)
        play.accept(city, master)
        play.ring(city, master)
        assert ticket(db, master).round == 2
        to_ring = [row.no for row in queues.callback_queue(city.actor("callback")).items]
        assert sorted(to_ring) == sorted(others)
        for no in others:
            play.ring(city, no)
    assert ticket(db, master).state == "CLOSED"
    outcomes = db.session.scalars(select(CallbackTask.outcome).order_by(CallbackTask.id)).all()
    assert sorted(outcomes) == sorted(["SATISFIED", "DISSATISFIED", *["OVERTAKEN"] * 3, *["SATISFIED"] * 5])


def test_without_the_callers_desk_a_supervisor_sends_the_master_back(db, city):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        finish(city, master)
        with pytest.raises(NotNow):
            feedback.rework(master, city.actor("supervisor"), reason=play.UNHAPPY["reason"])
        play.ring(city, other, **play.UNHAPPY)
        assert ("dissatisfied", "SUPERVISOR") in notices(db)
        assert ticket_page(master, city.actor("supervisor")).offers("rework")
        feedback.rework(master, city.actor("supervisor"), reason=play.UNHAPPY["reason"])
    assert ticket(db, master).state == "REWORK"


def test_whoever_joins_a_closed_matter_is_told_at_once(db, city):
    with play.at(MONDAY):
        master = play.to_closed(city)
        other = join(city, master)
        assert [row.no for row in queues.callback_queue(city.actor("callback")).items] == [other]
    with play.at("2026-12-20 10:00"), pytest.raises(Invalid) as refused:
        join(city, master)
    assert refused.value.fields == {"master": ["master_closed_long_ago"]}


def test_anonymous_callers_and_those_who_want_no_reply_are_not_rung(city):
    with play.at(MONDAY):
        master = play.to_handling(city)
        join(city, master, **play.ANONYMOUS)
        join(city, master, need_reply=False)
        finish(city, master)
        assert queues.callback_queue(city.actor("callback")).items == ()


def test_every_end_of_a_master_calls_its_callers(db, city):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        play.contact(city, master)
        play.reply(city, master)
        play.accept(city, master)
        play.ring(city, master, **play.UNHAPPY)
        feedback.close(master, city.actor("supervisor"), close_type=CloseType.HANDED_OVER, note="已依法办理",
                       taken_by="区人民法院")
        assert [row.no for row in queues.callback_queue(city.actor("callback")).items] == [other]


def test_who_took_the_call_or_handled_the_matter_does_not_ring(city):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        finish(city, master)
    rings = city.actor("callback")
    call = feedback.Call(result="NO_ANSWER")
    for wrong in (
        type(rings)(**vars(rings) | {"user_id": city.users["agent2"]}),
        type(rings)(**vars(rings) | {"unit_ids": frozenset({city.units["HOUSING"]})}),
    ):
        with pytest.raises(NotNow):
            feedback.record_callback(other, wrong, call=call)


def test_a_supervisor_parts_a_merged_ticket_until_its_caller_was_rung(db, city):
    with play.at(MONDAY):
        master, [first, second] = crowd(city, 2)
        with pytest.raises(Invalid):
            merge.unmerge(first, city.actor("supervisor"), note="")
        with pytest.raises(NotAllowed):
            merge.unmerge(first, city.actor("dispatcher"), note="不是同一部电梯")
        merge.unmerge(first, city.actor("supervisor"), note="不是同一部电梯")
        row = ticket(db, first)
        assert (row.state, row.master_id, row.closed_at) == ("TO_DISPATCH", None, None)
        running = select(Clock.code).where(Clock.ticket_id == row.id, Clock.stopped_at.is_(None))
        assert set(db.session.scalars(running)) == {"TOTAL", "DISPATCH"}
        assert ticket(db, master).supporters == 1
        finish(city, master)
        play.ring(city, second, result="NO_ANSWER", contacted=None, solved=None, satisfaction=None)
        with pytest.raises(NotNow) as refused:
            merge.unmerge(second, city.actor("supervisor"), note="不是同一部电梯")
    assert refused.value.code == "already_rung"


def test_parted_after_the_masters_end_it_takes_its_own_way(city):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        finish(city, master)
        merge.unmerge(other, city.actor("supervisor"), note="不是同一部电梯")
        assert queues.callback_queue(city.actor("callback")).items == ()
        play.send_to(city, other, "HOUSING")
        play.sign(city, other)
        finish(city, other)
        assert ticket_page(other, city.actor("agent")).ticket.state == "CLOSED"


@pytest.mark.parametrize("problem", ["master_is_itself", "master_is_merged", "ticket_unknown"])
def test_what_cannot_be_a_master_is_refused(city, problem):
    with play.at(MONDAY):
        master, [other] = crowd(city, 1)
        third = play.log(city, "99").no
    to = {"master_is_itself": third, "master_is_merged": other, "ticket_unknown": "20261116010000005"}[problem]
    with play.at(MONDAY), pytest.raises(Invalid) as refused:
        merge.merge(third, city.actor("dispatcher"), master=to)
    assert refused.value.fields == {"master": [problem]}
    with play.at(MONDAY), pytest.raises(NotNow) as refused:
        merge.merge(master, city.actor("supervisor"), master=third)
    assert refused.value.code == "has_supporters"


def test_several_are_merged_at_once_or_none_of_them(db, city):
    with play.at(MONDAY):
        first, second, third = (play.log(city, "99").no for _ in range(3))
        handled = play.to_handling(city)
        with pytest.raises(NotNow):
            merge.gather([first, second, handled], city.actor("dispatcher"), master=first)
        assert ticket(db, second).state == "TO_DISPATCH"
        merge.gather([first, second, third], city.actor("dispatcher"), master=first)
        with pytest.raises(Invalid):
            merge.gather([first], city.actor("dispatcher"), master=first)
    assert [ticket(db, no).state for no in (first, second, third)] == ["TO_DISPATCH", "MERGED", "MERGED"]


def test_a_stale_page_merges_nothing(city):
    with play.at(MONDAY):
        first, second = (play.log(city, "99").no for _ in range(2))
        with pytest.raises(Outdated):
            merge.merge(second, city.actor("dispatcher"), master=first, version=1)


def test_what_a_caller_does_not_say_is_the_masters(db, city):
    with play.at(MONDAY):
        master = play.log(city, "0501", "D-E-1", place="杨桥路 12 号").no
        other = ticket(db, join(city, master, content=""))
    above = ticket(db, master)
    assert (other.category_id, other.area_id, other.place, other.kind, other.title) == (
        above.category_id, above.area_id, above.place, above.kind, above.title)
    assert above.content not in other.content


def test_a_unit_reads_of_a_merged_caller_what_they_said_but_not_who_a_withheld_one_is(city):
    with play.at(MONDAY):
        master = play.to_handling(city)
        told = {"name": "秦岭云雀", "phone": "13911112222", "content": "我是秦岭云雀，电话13911112222，也停了。"}
        join(city, master, **told | {"anonymity": Anonymity.WITHHELD})
        join(city, master, content="我们三号楼也是。")
        seen = ticket_page(master, city.actor("housing"))
        assert [one.content for one in seen.merged] == ["我们三号楼也是。", "我是秦**，电话139****2222，也停了。"]
        assert "秦岭云雀" not in repr(seen)
        assert "秦岭云雀" in repr(ticket_page(master, city.actor("agent")).merged)
