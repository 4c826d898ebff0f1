"""Running clocks judged anew on purpose: tried, done, stopped, taken up again; what moves and what it leaves behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import administer, dispatch, supervise
from workflows.administer import LimitLine, dues
from workflows.engine.long_work import JobState
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.base import db as database
from workflows.model.clock import Clock, ClockSegment, segment_of
from workflows.model.reference import reference
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.rules.accounting import account, put_back
from workflows.rules.calendar import Basis, DayKind
from workflows.rules.limits import ClockCode

DAY = "2026-11-16 10:00"
OFF = date(2026, 11, 19)


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    with play.at(DAY):
        yield city.actor("admin")


def clock_of(no, code="HANDLING"):
    return database.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == code)
        .execution_options(populate_existing=True)).one()


def count(kind):
    return database.session.scalar(select(func.count()).select_from(kind))


def tried(job_id):
    assert dues.run(job_id)
    return database.session.get(dues.Job, job_id, populate_existing=True)


def done(job_id, actor):
    dues.begin(job_id, actor)
    return tried(job_id)


def holiday(boss):
    administer.set_day(boss, day=OFF, kind=DayKind.OFFDAY, source="市政府通知")
    return dues.order_days(boss, first=OFF, last=OFF)


def shorter(boss, city, **more):
    line = LimitLine(ClockCode.HANDLING, 2, Basis.WD, "新规", category_id=city.categories["01"], **more)
    return administer.create_limit(boss, line=line)


def test_a_trial_says_what_would_move_and_writes_nothing_on_any_ticket(city, boss):
    no = play.to_handling(city)
    events = count(TicketEvent)
    job = tried(holiday(boss))
    assert (job.state, job.done, job.params["report"]) == (JobState.CHECKED, job.total, {"moved": 1, "later": 1})
    move, = dues.moves(job.id)
    assert (move.no, move.code) == (no, "HANDLING")
    assert (move.due_before, move.due_after) == (play.moment("2026-11-23 17:30"), play.moment("2026-11-24 17:30"))
    assert clock_of(no).due_at == move.due_before
    assert (count(TicketEvent), count(ClockSegment)) == (events, 0)


def test_dues_are_counted_by_the_days_as_they_are_now(city, boss):
    no = play.to_handling(city)
    job = tried(holiday(boss))
    job = done(job.id, boss)
    assert (job.state, job.params["report"]["moved"]) == (JobState.DONE, 1)
    clock = clock_of(no)
    task = database.session.get(Assignment, clock.assignment_id, populate_existing=True)
    assert (task.due_at, task.due_original) == (play.moment("2026-11-24 17:30"),) * 2
    assert (clock.due_at, clock.next_level, clock.rule["calendar_version"]) == (task.due_at, "BLUE", 2)
    assert clock.next_at > play.moment("2026-11-19 17:30")
    segment = database.session.scalars(select(ClockSegment)).one()
    assert (segment.kind, segment.reason, segment.by_name, segment.due_before, segment.due_after) == (
        "RECOMPUTED", "CALENDAR_CHANGED", boss.name, play.moment("2026-11-23 17:30"), task.due_at)
    told = database.session.scalars(select(TicketEvent).where(TicketEvent.kind == "recomputed")).one()
    assert told.data["clock"] == "HANDLING"


def test_run_twice_it_moves_nothing_the_second_time(city, boss):
    play.to_handling(city)
    job_id = holiday(boss)
    tried(job_id)
    done(job_id, boss)
    assert not dues.run(job_id)
    again = tried(dues.order_days(boss, first=OFF, last=OFF))
    assert (again.state, again.params["report"]) == (JobState.CHECKED, {})
    assert count(ClockSegment) == 1


def test_it_goes_through_every_batch_and_may_be_stopped_and_taken_up(city, boss, monkeypatch):
    monkeypatch.setattr(dues, "BATCH", 2)
    for _ in range(5):
        play.log(city)
    job_id = holiday(boss)
    tried(job_id)
    dues.begin(job_id, boss)
    assert dues.run(job_id, batches=1)
    assert dues.find(job_id, boss).state == JobState.QUEUED
    dues.cancel(job_id, boss)
    assert dues.find(job_id, boss).state == JobState.CANCELLED
    moved = count(ClockSegment)
    assert 0 < moved < 5
    with pytest.raises(NotNow):
        dues.cancel(job_id, boss)
    done(job_id, boss)
    assert count(ClockSegment) == len(dues.moves(job_id)) == 5


def test_a_stop_asked_for_while_it_runs_leaves_the_batch_undone(city, boss, monkeypatch):
    play.to_handling(city)
    job_id = holiday(boss)
    tried(job_id)
    dues.begin(job_id, boss)
    judge = dues._judge_anew

    def stopped_meanwhile(doing, *rest):
        job = database.session.get(dues.Job, job_id)
        job.cancel_requested_at = doing.at
        database.session.flush()
        return judge(doing, *rest)

    monkeypatch.setattr(dues, "_judge_anew", stopped_meanwhile)
    assert dues.run(job_id)
    assert count(ClockSegment) == 0
    assert dues.find(job_id, boss).state == JobState.CANCELLED


def test_what_no_day_or_rule_touches_stays(city, boss):
    play.to_handling(city)
    job = tried(dues.order_days(boss, first=date(2026, 3, 1), last=date(2026, 3, 1)))
    assert (job.total, job.params.get("report", {})) == (0, {})
    assert tried(dues.order_limits(boss)).params["report"] == {}


def test_a_new_limit_judges_running_clocks_only_on_purpose(city, boss):
    no = play.to_handling(city)
    old = clock_of(no).rule
    other = play.to_handling(city, "0201", by="schools")
    shorter(boss, city)
    assert clock_of(no).rule == old
    job = tried(dues.order_limits(boss, rule_id=old["rule_id"]))
    assert job.params["report"] == {"moved": 1, "earlier": 1}
    done(job.id, boss)
    clock = clock_of(no)
    assert (clock.due_at, clock.rule["amount"], clock.rule["source"]) == (play.moment("2026-11-18 17:30"), 2, "新规")
    assert clock.rule["first"] == old
    segment = database.session.scalars(select(ClockSegment)).one()
    assert (segment.reason, segment.amount, segment.basis) == ("RULE_CHANGED", 2, "wd")
    assert clock_of(other).rule == old
    assert tried(dues.order_limits(boss)).params["report"] == {}


def test_time_given_back_is_kept_when_another_limit_holds(city, boss):
    no = play.to_handling(city)
    play.ask_return(city, no)
    with play.at("2026-11-17 17:30"):
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
        shorter(boss, city)
        done(tried(dues.order_limits(boss)).id, boss)
    clock, days = clock_of(no), reference().calendars[clock_of(no).calendar_id]
    lines = list(database.session.scalars(select(ClockSegment).order_by(ClockSegment.id)))
    given = [line for line in lines if line.kind == "CREDIT"]
    assert [line.clock_id for line in given] == [clock.id]
    assert given[0].minutes > 0
    assert clock.due_original == play.moment("2026-11-18 17:30")
    assert clock.due_at == put_back(days, Basis.WD, clock.due_original, given[0].minutes)
    told = account(days, clock.started_at, Basis(clock.rule["basis"]), clock.rule["amount"],
                   [segment_of(line) for line in lines if line.clock_id == clock.id], clock.due_at)
    assert told.adds_up
    assert told.sound


def test_a_limit_judged_anew_twice_keeps_the_first_rule_on_record(city, boss):
    no = play.to_handling(city)
    old = clock_of(no).rule
    rule = shorter(boss, city)
    done(tried(dues.order_limits(boss)).id, boss)
    line = LimitLine(ClockCode.HANDLING, 3, Basis.WD, "再改", category_id=city.categories["01"])
    administer.replace_limit(rule.id, boss, version=1, line=line)
    done(tried(dues.order_limits(boss, code=ClockCode.HANDLING)).id, boss)
    clock = clock_of(no)
    assert (clock.rule["amount"], clock.rule["first"]) == (3, old)
    assert clock.due_at == play.moment("2026-11-19 17:30")


def test_what_ran_out_is_not_judged_anew_and_a_due_gone_by_is_counted(city, boss):
    no = play.to_handling(city)
    with play.at("2026-11-19 10:00"):
        shorter(boss, city)
        job = tried(dues.order_limits(boss, code=ClockCode.HANDLING))
        assert job.params["report"] == {"moved": 1, "earlier": 1, "overdue": 1}
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        before = clock_of(no).due_at
        done(tried(dues.order_limits(boss, code=ClockCode.HANDLING)).id, boss)
        assert clock_of(no).due_at == before


def test_only_who_sets_days_or_limits_may_order_see_and_do_it(city, boss):
    play.to_handling(city)
    job_id = holiday(boss)
    director, clerk = city.actor("director"), city.actor("dispatcher")
    for refused in (lambda: dues.order_days(director, first=OFF, last=OFF), lambda: dues.find(job_id, director),
                    lambda: dues.order_limits(clerk), lambda: dues.begin(job_id, clerk)):
        with pytest.raises(NotAllowed):
            refused()
    assert dues.find(dues.order_limits(director), director).state == JobState.QUEUED
    with pytest.raises(Invalid):
        dues.order_days(boss, first=OFF, last=OFF - timedelta(days=1))
    with pytest.raises(Unknown):
        dues.find(999_999, boss)


def test_waiting_jobs_are_taken_up_by_the_schedule(city, boss):
    play.to_handling(city)
    holiday(boss)
    assert dues.start_waiting(batches=5) == 1
    assert dues.start_waiting(batches=5) == 0
