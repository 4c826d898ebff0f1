"""The escalation ladder: which step comes when and for whom, once for each due date, however late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests import builders as play
from tests.builders import City
from workflows import dispatch, supervise
from workflows.engine import lock, work
from workflows.engine.clocks import set_due
from workflows.model.base import db as database
from workflows.model.clock import Clock, ClockFiring
from workflows.model.directory import User, UserRole
from workflows.model.outbox import Outbox
from workflows.model.reference import reference
from workflows.model.settings import LadderStep
from workflows.model.ticket import Assignment, Ticket, TicketEvent, Urge
from workflows.rules.escalation import Addressee
from workflows.rules.roles import SYSTEM

DAY = "2026-11-16 10:00"
#: Five working days, the day of dispatch not counted; yellow at the close of the working day before.
YELLOW, DUE = "2026-11-20 17:30", "2026-11-23 17:30"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def city(db) -> City:
    return play.make_city()


def clock(no: str, code: str = "HANDLING") -> Clock:
    return database.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == code)
        .order_by(Clock.id.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def ticket_of(no: str) -> Ticket:
    return database.session.scalars(
        select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)
    ).one()


def in_work(city: City) -> str:
    """A ticket signed for and its caller contacted, at ten on the Monday: only the handling clock runs."""
    with play.at(DAY):
        no = play.to_handling(city)
        play.contact(city, no)
    return no


def sweep_at(when: str) -> int:
    with play.at(when):
        return supervise.sweep()


def steps(no: str, code: str = "HANDLING") -> list[tuple[str, bool]]:
    """The steps a clock took, with whether each was collapsed, in the order they were due."""
    return [
        (row.level, row.collapsed) for row in database.session.scalars(
            select(ClockFiring).where(ClockFiring.clock_id == clock(no, code).id)
            .order_by(ClockFiring.due_at, ClockFiring.reached_at, ClockFiring.collapsed.desc())
        )
    ]


def told(kind: str) -> set[tuple[int, str]]:
    """The units and roles told of something."""
    rows = database.session.scalars(select(Outbox.payload).where(Outbox.topic == "notice"))
    return {(row["unit_id"], row["role"]) for row in rows if row["kind"] == kind}


def events(no: str) -> list[str]:
    return list(database.session.scalars(
        select(TicketEvent.kind)
        .where(TicketEvent.ticket_id == ticket_of(no).id, TicketEvent.data["clock"].astext == "HANDLING")
        .order_by(TicketEvent.id)
    ))


def test_a_clock_climbs_the_whole_ladder_one_step_at_a_time(city: City) -> None:
    no = in_work(city)
    climbed = []
    for when in ("2026-11-18 17:30", YELLOW, DUE, "2026-11-24 17:30", "2026-11-25 17:30", "2026-11-30 17:30",
                 "2026-12-07 17:30", "2026-12-14 17:30"):
        before = datetime.fromisoformat(when).replace(minute=29).strftime("%Y-%m-%d %H:%M")
        sweep_at(before)
        taken = len(steps(no))
        sweep_at(f"{when}:01")
        climbed.append((taken, len(steps(no))))
    assert [level for level, _ in steps(no)] == [
        "BLUE", "YELLOW", "RED", "URGE", "SUPERVISE_1", "SUPERVISE_2", "SUPERVISE_3", "MEETING"]
    # none early: the first one, at half of the working time, is the only one between two of these moments
    assert climbed[1:] == [(n, n + 1) for n in range(1, 8)]
    assert clock(no).next_at is None
    assert events(no).count("expired") == 1
    assert sweep_at("2027-01-20 10:00") > 0, "the orders' own clocks"
    assert len(steps(no)) == 8


def test_who_is_told_depends_on_the_step(city: City) -> None:
    housing, hotline, district = (city.units[code] for code in ("HOUSING", "HOTLINE", "DISTRICT"))
    no = in_work(city)
    for when in ("2026-11-19 10:00", YELLOW, DUE, "2026-11-24 17:30", "2026-11-25 17:30", "2026-11-30 17:30",
                 "2026-12-07 17:30", "2026-12-14 17:30"):
        sweep_at(f"{when}:01")
    clerk, lead = (housing, "UNIT_CLERK"), (housing, "UNIT_LEAD")
    supervisor, director = (hotline, "SUPERVISOR"), (hotline, "HOTLINE_DIR")
    leader, discipline = (district, "LEADER"), (district, "DISCIPLINE")
    assert told("reminded") == {clerk}
    assert told("warned") >= {clerk}
    assert told("expired") >= {clerk, lead, supervisor}
    assert told("urged") == {clerk, lead}
    assert told("supervised") == {lead, supervisor, leader, director, discipline}
    assert told("meeting") == {leader, director}
    assert ticket_of(no).urge_count == 1
    assert database.session.scalars(select(Urge)).one().source == "HOTLINE"


def test_after_an_outage_escalations_come_one_by_one_and_reminders_are_collapsed(city: City) -> None:
    no = in_work(city)
    sweep_at("2026-11-25 18:00")
    assert steps(no) == [("BLUE", True), ("YELLOW", True), ("RED", False), ("URGE", False), ("SUPERVISE_1", False)]
    assert told("reminded") == told("warned") == set()
    assert events(no) == ["expired", "chase", "supervise"]
    late = {row.level: row.late_seconds for row in database.session.scalars(select(ClockFiring))}
    assert late["RED"] == pytest.approx(2 * 86400 + 1800, abs=60)
    assert late["SUPERVISE_1"] == pytest.approx(1800, abs=60)
    assert clock(no).late_seconds == late["RED"]
    assert clock(no).warned_at is not None


def test_of_many_clocks_the_longest_due_comes_first(city: City) -> None:
    numbers = []
    for when in ("2026-11-18 10:00", DAY, "2026-11-17 10:00"):
        with play.at(when):
            numbers.append(play.to_handling(city))
            play.contact(city, numbers[-1])
    with play.at("2026-11-25 17:31"):
        supervise.sweep()
    expired = database.session.scalars(
        select(TicketEvent.ticket_id)
        .where(TicketEvent.kind == "expired", TicketEvent.data["clock"].astext == "HANDLING").order_by(TicketEvent.id)
    ).all()
    assert expired == [ticket_of(numbers[n]).id for n in (1, 2, 0)]


def test_a_small_batch_climbs_as_far_as_a_large_one(city: City) -> None:
    with play.at(DAY):
        numbers = [play.to_handling(city) for _ in range(4)]
    with play.at("2026-12-20 10:00"):
        supervise.sweep(batch=2)
    assert {len(steps(no)) for no in numbers} == {8}


def test_a_clock_that_stopped_climbs_no_further(city: City) -> None:
    no = in_work(city)
    sweep_at(f"{DUE}:01")
    with play.at("2026-11-24 10:00"):
        play.reply(city, no)
    sweep_at("2026-12-20 10:00")
    assert [level for level, _ in steps(no)] == ["BLUE", "YELLOW", "RED"]


def returned_late(city: City) -> tuple[str, datetime]:
    """A return asked for an hour and a half before the due and refused late, yet after the due has moved.

    Four working hours from Monday 16:00 are Tuesday 11:30; decided at 16:00 that day three hours are given back.
    """
    no = in_work(city)
    old = clock(no).due_at
    database.session.execute(update(Assignment).values(return_until=None))
    database.session.commit()
    with play.at("2026-11-23 16:00"):
        play.ask_return(city, no)
    sweep_at(f"{DUE}:01")
    with play.at("2026-11-24 16:00"):
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属于贵单位职责")
    return no, old


def test_a_due_that_is_over_even_with_its_credit_gets_a_red_card_of_its_own(city: City) -> None:
    no, old = returned_late(city)
    moved = clock(no)
    assert moved.due_at == pytest.approx(play.moment("2026-11-24 12:00"), abs=MINUTE)
    assert moved.fired_at is None, "the card for the old due is taken back"
    sweep_at("2026-11-24 16:01")
    assert clock(no).fired_at >= clock(no).due_at > old
    assert reds(no) == [old, clock(no).due_at]
    assert clock(no).next_level == "URGE"


def reds(no: str) -> list[datetime]:
    """The dues a red card was dealt for."""
    return list(database.session.scalars(
        select(ClockFiring.due_at).where(ClockFiring.clock_id == clock(no).id, ClockFiring.level == "RED")
        .order_by(ClockFiring.due_at)
    ))


def test_a_due_that_moves_on_the_same_day_is_warned_of_again(city: City) -> None:
    no = in_work(city)
    sweep_at(f"{YELLOW}:01")
    with play.at("2026-11-20 17:45"), work(SYSTEM) as doing:
        locked = lock(no, SYSTEM)
        set_due(doing, clock(locked.no), play.moment("2026-11-26 17:30"))
    assert (clock(no).next_level, clock(no).warned_at) == ("YELLOW", None)
    sweep_at("2026-11-25 17:31")
    assert [level for level, _ in steps(no)] == ["BLUE", "YELLOW", "YELLOW"]
    assert len(told_keys("YELLOW")) == 2


def told_keys(level: str) -> set[str]:
    return {key for key in database.session.scalars(select(Outbox.key)) if key.startswith(f"{level}:")}


def test_a_step_once_taken_for_a_due_is_not_taken_again_for_it(city: City) -> None:
    no = in_work(city)
    sweep_at(f"{DUE}:01")
    taken, before = steps(no), len(events(no))
    database.session.execute(update(Clock).where(Clock.id == clock(no).id).values(next_level="YELLOW",
                                                                                  next_at=clock(no).warn_at))
    database.session.commit()
    sweep_at(f"{DUE}:05")
    assert (steps(no), len(events(no))) == (taken, before)
    assert clock(no).next_level == "URGE"


def test_a_reply_sent_back_goes_on_where_it_stood(city: City) -> None:
    no = in_work(city)
    sweep_at("2026-11-19 12:00")
    with play.at("2026-11-19 14:00"):
        play.reply(city, no)
    with play.at("2026-11-20 09:00"):
        play.send_back(city, no)
    assert clock(no).next_level == "YELLOW"
    sweep_at(f"{DUE}:01")
    assert steps(no) == [("BLUE", False), ("YELLOW", True), ("RED", False)]


def test_an_ended_step_is_not_taken_and_a_units_own_replaces_the_general_one(city: City) -> None:
    no = in_work(city)
    database.session.execute(update(LadderStep).where(LadderStep.level == "URGE").values(valid_to=date(2026, 11, 20)))
    database.session.add(LadderStep(
        code="HANDLING", level="SUPERVISE_1", amount=1, addressees=["PARENT:L2_COORD"], unit_id=city.units["HOUSING"],
        source="住建局自行规定", valid_from=date(2026, 11, 1)))
    database.session.commit()
    sweep_at("2026-11-24 17:31")
    assert [level for level, _ in steps(no)] == ["BLUE", "YELLOW", "RED", "SUPERVISE_1"]
    assert told("supervised") == {(city.units["DISTRICT"], "L2_COORD")}


def test_where_nobody_holds_the_role_the_nearest_unit_above_is_told(city: City) -> None:
    told_of = reference().told
    schools, district = city.units["SCHOOLS"], city.units["DISTRICT"]
    assert told_of(Addressee.UNIT_CLERK, schools) == (schools, "UNIT_CLERK")
    assert told_of(Addressee.UNIT_COORD, schools) == (district, "L2_COORD")
    assert told_of(Addressee.UNIT_LEAD, schools) == (schools, "UNIT_LEAD"), "nobody anywhere: it waits in the unit"
    assert told_of(Addressee.HOTLINE_DIR, schools) == (city.units["HOTLINE"], "HOTLINE_DIR")
    database.session.add(UserRole(user_id=city.users["coordinator"], role="UNIT_LEAD"))
    database.session.commit()
    assert reference().told(Addressee.UNIT_LEAD, schools) == (district, "UNIT_LEAD")
    database.session.execute(update(User).where(User.account == "coordinator").values(active=False))
    database.session.commit()
    assert reference().told(Addressee.UNIT_LEAD, schools) == (schools, "UNIT_LEAD")


def test_signing_in_does_not_make_processes_load_everything_again(city: City) -> None:
    before = reference().version
    database.session.execute(update(User).values(failed_count=1, notices_seen_at=func.hotline_now()))
    database.session.commit()
    assert reference().version == before
