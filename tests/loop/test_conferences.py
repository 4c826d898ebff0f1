"""会商: called, heard, decided, called off, raised a level; and the time for dispatching stands still meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events, segments
from workflows import confer, dispatch, outbox, supervise
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.conference import Conference
from workflows.model.outbox import Notice
from workflows.model.ticket import Assignment, Ticket
from workflows.read.accounts import clock_accounts
from workflows.read.conferences import conference_queue, invitations
from workflows.read.lists import all_tickets
from workflows.read.queues import desk_counts, dispatch_queue
from workflows.read.tickets import ticket_page
from workflows.reconcile import reconcile
from workflows.rules.vocabulary import ConferenceReason, ConferenceStance, RecallReason

MONDAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def ticket(db, no):
    return db.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)
    ).one()


def held(db):
    return db.session.scalars(
        select(Conference).order_by(Conference.id.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def explained(city, no):
    """Why the dispatch is due when it is, as the page tells it."""
    return next(one for one in clock_accounts(no, city.actor("dispatcher")) if one.clock.code == "DISPATCH")


def waiting(city):
    """A matter two units answer for: it waits for the dispatch desk, due at 15:30 (4 working hours)."""
    return play.log(city, "0502").no


def call(city, no, *units, by="dispatcher", **changes):
    given = {"reason": ConferenceReason.OVERLAP, "question": "占道经营与物业管理职责如何划分",
             "unit_ids": [city.units[unit] for unit in units or ("URBAN", "HOUSING")]} | changes
    confer.confer(no, city.actor(by), **given)


def speak(city, no, by, stance=ConferenceStance.NOT_OURS, opinion="依据三定方案，不属本单位职责。"):
    confer.opine(no, city.actor(by), stance=stance, opinion=opinion)


def decide(city, no, unit="URBAN", by="dispatcher", minutes="经会商，由城管局主办。"):
    confer.decide_conference(no, city.actor(by), unit_id=city.units[unit], minutes=minutes)


def returned(city, no, *pairs):
    """Each unit in turn returns the ticket, which the desk then waits to send on."""
    for unit, by in pairs:
        if ticket_page(no, city.actor("supervisor")).ticket.state == "TO_DISPATCH":
            dispatch.dispatch(no, city.actor("supervisor"), unit_id=city.units[unit], override_reason="试派")
        play.ask_return(city, no, by, to="WEST")
        dispatch.grant_return(no, city.actor("supervisor"), opinion="同意")


def test_units_confer_and_the_one_designated_has_the_ticket_at_once(db, city):
    with play.at(MONDAY):
        no = waiting(city)
        call(city, no)
        assert (ticket(db, no).state, ticket(db, no).escalation_level) == ("CONFERENCE", 1)
        assert (invitations(city.actor("urban")), invitations(city.actor("schools"))) == (1, 0)
        speak(city, no, "urban", ConferenceStance.LEAD, "由我局主办。")
        speak(city, no, "housing")
        [row] = conference_queue(city.actor("dispatcher")).items
        assert (row.asked, row.heard, row.silent) == (2, 2, False)
        assert desk_counts(city.actor("dispatcher"))["conferences"] == 1
        decide(city, no)
        outbox.relay_notices()
    task = db.session.scalars(select(Assignment)).one()
    assert (ticket(db, no).state, task.unit_id, task.final_designation) == (
        "DISPATCHED", city.units["URBAN"], True)
    assert ticket(db, no).invited_unit_ids == []
    assert (held(db).outcome, held(db).minutes, held(db).ended_by) == ("DECIDED", "经会商，由城管局主办。", "派单员")
    assert events(db, no)[-4:] == ["confer", "opine", "opine", "decide_conference"]
    kinds = set(db.session.execute(select(Notice.kind, Notice.role, Notice.unit_id)))
    assert {("conference_invited", "UNIT_CLERK", city.units["URBAN"]),
            ("conference_invited", "UNIT_LEAD", city.units["HOUSING"]),
            ("opinions_in", "DISPATCHER", city.units["HOTLINE"]),
            ("conference_decided", "UNIT_CLERK", city.units["HOUSING"]),
            ("dispatched", "UNIT_CLERK", city.units["URBAN"])} <= kinds
    with pytest.raises(NotNow) as refusal:
        play.ask_return(city, no, "urban")
    assert refusal.value.code == "designated"


def test_the_time_for_dispatching_stands_still_and_is_put_back_to_the_minute(db, city):
    with play.at(MONDAY):
        no = waiting(city)
    with play.at("2026-11-16 11:00"):
        call(city, no)
    with play.at("2026-11-18 15:00"):
        supervise.sweep()
        assert clock(db, no, "DISPATCH").fired_at is None  # standing still it turns neither yellow nor red
        assert dispatch_queue(city.actor("dispatcher")).items == ()
        shown = explained(city, no)
        confer.cancel_conference(no, city.actor("dispatcher"), note="已协商一致")
    assert (shown.late_minutes, shown.clock.paused_since >= play.moment("2026-11-16 11:00")) == (0, True)
    running = clock(db, no, "DISPATCH")
    [line] = segments(db, running)
    assert (line.kind, line.reason) == ("PAUSE", "IN_CONFERENCE")
    # five working hours of Monday, seven of Tuesday, four and a half of Wednesday
    assert line.minutes in {300 + 420 + 270, 300 + 420 + 270 + 1}
    account = explained(city, no)
    assert account.adds_up
    assert account.sound
    assert (running.stopped_at, running.paused_since) == (None, None)
    assert running.next_at is not None
    assert (ticket(db, no).state, held(db).outcome) == ("TO_DISPATCH", "CANCELLED")
    assert clock(db, no, "CONFERENCE").stopped_at is not None
    assert len(dispatch_queue(city.actor("dispatcher")).items) == 1


def test_decided_in_conference_the_dispatch_was_in_time(db, city):
    with play.at(MONDAY):
        no = waiting(city)
    with play.at("2026-11-16 11:00"):
        call(city, no)
    with play.at("2026-11-18 15:00"):
        decide(city, no)
    stopped = clock(db, no, "DISPATCH")
    account = explained(city, no)
    assert account.adds_up
    assert account.sound
    assert stopped.stopped_at < stopped.due_at
    assert account.late_minutes == 0


def test_what_was_late_before_the_conference_stays_late(db, city):
    with play.at(MONDAY):
        no = waiting(city)
    with play.at("2026-11-16 16:30"):
        supervise.sweep()
        call(city, no)
    with play.at("2026-11-18 15:00"):
        decide(city, no)
    stopped = clock(db, no, "DISPATCH")
    assert segments(db, stopped) == []
    assert stopped.fired_at is not None
    assert stopped.stopped_at > stopped.due_at


def test_a_unit_sees_the_ticket_while_it_is_invited_and_no_caller(db, city):
    with play.at(MONDAY):
        no = waiting(city)
        assert all_tickets(city.actor("schools")).items == ()
        call(city, no, "URBAN", "SCHOOLS")
        page = ticket_page(no, city.actor("schools"))
        assert (page.caller, [move.name for move in page.moves]) == (None, ["opine"])
        assert [row.no for row in all_tickets(city.actor("schools")).items] == [no]
        speak(city, no, "urban", opinion="由教育局办理更妥。")
        [conference] = ticket_page(no, city.actor("schools")).conferences
        assert [one.opinion for one in conference.opinions] == ["", "由教育局办理更妥。"] or [
            one.opinion for one in conference.opinions] == ["由教育局办理更妥。", ""]
        with pytest.raises(Unknown):
            speak(city, no, "housing")
        decide(city, no)
        with pytest.raises(Unknown):
            ticket_page(no, city.actor("schools"))
        assert all_tickets(city.actor("schools")).items == ()


def test_what_is_missing_is_told(city):
    with play.at(MONDAY):
        no = waiting(city)
        with pytest.raises(Invalid) as few:
            call(city, no, "URBAN", question="")
        with pytest.raises(Invalid) as hotline:
            call(city, no, "URBAN", "HOTLINE")
        with pytest.raises(NotAllowed):
            call(city, no, by="agent")
        call(city, no)
        with pytest.raises(Invalid) as silent:
            decide(city, no, minutes="")
        with pytest.raises(Invalid):
            confer.cancel_conference(no, city.actor("dispatcher"), note="")
        with pytest.raises(NotNow):
            play.send_to(city, no, "URBAN")
    assert few.value.fields == {"question": ["required"], "unit_ids": ["conference_units"]}
    assert hotline.value.fields == {"unit_ids": ["unit_unknown"]}
    assert silent.value.fields == {"minutes": ["required"]}


def test_after_two_returns_units_must_confer_or_a_supervisor_says_why_not(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
        returned(city, no, ("HOUSING", "housing"), ("URBAN", "urban"))
        assert (ticket(db, no).must_confer, ticket(db, no).escalation_level) == (True, 0)
        [row] = dispatch_queue(city.actor("dispatcher")).items
        assert row.must_confer
        with pytest.raises(NotNow) as refusal:
            play.send_to(city, no, "HOUSING")
        assert refusal.value.code == "confer_first"
        supervisor = city.actor("supervisor")
        with pytest.raises(Invalid) as asked:
            dispatch.dispatch(no, supervisor, unit_id=city.units["HOUSING"])
        assert asked.value.fields == {"override_reason": ["confer_override_needed"]}
        dispatch.dispatch(no, supervisor, unit_id=city.units["HOUSING"], override_reason="领导已明确", final=True)
    assert ticket(db, no).state == "DISPATCHED"


def test_three_units_raise_it_and_the_meeting_is_a_supervisors_to_decide(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
        returned(city, no, ("HOUSING", "housing"), ("URBAN", "urban"), ("SCHOOLS", "schools"))
        assert (ticket(db, no).must_confer, ticket(db, no).escalation_level) == (True, 2)
        call(city, no, reason=ConferenceReason.REPEATED_RETURNS)
        assert held(db).level == 2
        with pytest.raises(NotNow) as refusal:
            decide(city, no)
        assert refusal.value.code == "raised_needs_supervisor"
        confer.escalate(no, city.actor("director"), note="办公室协调未果")
        with pytest.raises(NotNow) as highest:
            confer.escalate(no, city.actor("director"), note="再提")
        assert highest.value.code == "highest_level"
        assert (held(db).level, ticket(db, no).escalation_level) == (3, 3)
        assert clock(db, no, "CONFERENCE").round == 2
        decide(city, no, by="director", minutes="常务会议纪要：由城管局主办。")
        outbox.relay_notices()
    assert ticket(db, no).state == "DISPATCHED"
    assert set(db.session.scalars(select(Notice.role).where(Notice.kind == "raised"))) == {"SUPERVISOR", "HOTLINE_DIR"}


def test_recalls_through_three_units_raise_it_too(db, city):
    with play.at(MONDAY):
        no = play.log(city).no
        for unit in ("URBAN", "SCHOOLS"):
            dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
            play.send_to(city, no, unit, override_reason="改派")
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
    assert (ticket(db, no).return_count, ticket(db, no).escalation_level) == (0, 2)


def test_an_overdue_conference_climbs_to_the_director_and_nothing_is_found_wrong(db, city):
    with play.at(MONDAY):
        no = waiting(city)
        call(city, no)
    with play.at("2026-11-20 10:00"):
        supervise.sweep()
        outbox.relay_notices()
        reconcile()
    assert clock(db, no, "CONFERENCE").fired_at is not None
    told_of = set(db.session.scalars(select(Notice.role).where(Notice.kind == "expired")))
    assert told_of == {"SUPERVISOR", "HOTLINE_DIR"}
    assert events(db, no).count("repair") == 0
