"""审批链, 挂账, 终止: what several people decide, one after the other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests import builders as play
from tests.loop.test_accounts import clock, events, told
from workflows import approve, extend, outbox, share, supervise, suspend, terminate
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.application import ApplicationStep, Suspension
from workflows.model.base import transaction
from workflows.model.clock import Clock
from workflows.model.outbox import Notice
from workflows.model.settings import SignOffRule, SuspensionCauseRule
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.read import approvals, figures, queues
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import ExtensionReason, PartRole, Resolution, SuspensionCause, TerminationGround

MONDAY, THURSDAY = "2026-11-16 10:00", "2026-11-19 10:00"
DUE = "2026-11-23 17:30"
PLAN = suspend.Plan(
    obstacles="加装电梯尚未立项", plan="列入明年改造计划", leader_name="王建国", leader_office="副局长",
    milestones=(suspend.Milestone(date(2027, 1, 15), "完成立项"), suspend.Milestone(date(2027, 3, 31), "开工")),
    target_on=date(2027, 6, 30),
)


@pytest.fixture
def city(db):
    return play.make_city()


def contacted(city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.contact(city, no)
    return no


def ask(city, no, by="housing", **changes):
    given = {"reason": SuspensionCause.BUDGET, "plan": PLAN, "caller_informed": True} | changes
    suspend.apply_suspension(no, city.actor(by), **given)


def suspended(city, when=THURSDAY):
    no = contacted(city)
    with play.at(when):
        ask(city, no)
        approve.endorse(no, city.actor("housing_lead"), opinion="属实")
        approve.endorse(no, city.actor("supervisor"))
        suspend.grant_suspension(no, city.actor("director"), opinion="同意挂账")
    return no


def row(db, model):
    return db.session.scalars(select(model).order_by(model.id.desc()).limit(1)
                              .execution_options(populate_existing=True)).one()


def state(db):
    return row(db, Ticket).state, row(db, Assignment).state


def test_a_suspension_passes_its_three_steps_in_order_and_each_sees_it_when_it_is_theirs(db, city):
    no = contacted(city)
    people = ("housing_lead", "supervisor", "director")
    seen = []

    def look():
        seen.append([len(approvals.approval_queue(city.actor(p)).items) for p in people])

    with play.at(THURSDAY):
        ask(city, no)
        look()
        for early in ("supervisor", "director"):
            with pytest.raises((NotAllowed, NotNow)):
                approve.endorse(no, city.actor(early))
        approve.endorse(no, city.actor("housing_lead"), opinion="属实")
        look()
        with pytest.raises(NotNow) as soon:
            suspend.grant_suspension(no, city.actor("director"))
        approve.endorse(no, city.actor("supervisor"))
        look()
        suspend.grant_suspension(no, city.actor("director"), opinion="同意")
        look()
        outbox.relay_notices()
    assert soon.value.code == "not_your_step"
    assert seen == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    steps = db.session.scalars(select(ApplicationStep).order_by(ApplicationStep.position)).all()
    assert [(s.role, s.decision, s.decided_by) for s in steps] == [
        ("UNIT_LEAD", "GRANTED", "住建分管领导"), ("SUPERVISOR", "GRANTED", "督办员"),
        ("HOTLINE_DIR", "GRANTED", "热线主任")]
    assert (row(db, Application).state, row(db, Application).decided_by) == ("GRANTED", "热线主任")
    assert events(db, no)[-4:] == ["apply_suspension", "endorse", "endorse", "grant_suspension"]
    told_to = db.session.scalars(select(Notice.role).where(Notice.kind == "step_waits").order_by(Notice.id)).all()
    assert told_to == ["UNIT_LEAD", "SUPERVISOR", "HOTLINE_DIR"]
    assert state(db) == ("SUSPENDED", "SUSPENDED")


def test_what_is_suspended_is_never_red_but_its_overdue_review_is(db, city):
    no = suspended(city)
    handling = clock(db, no)
    assert (handling.stopped_at is not None, handling.next_at) == (True, None)
    with play.at("2026-12-21 10:00"):
        supervise.sweep()
        review = clock(db, no, "SUSPENSION")
        assert (review.role, review.fired_at is not None) == ("UNIT_LEAD", True)
        assert clock(db, no).fired_at is None
        [line] = queues.department_queue(city.actor("housing"), "SUSPENDED").items
        assert line.light is None
        assert queues.department_queue(city.actor("housing"), "OVERDUE").items == ()
        [late] = approvals.ledger(city.actor("supervisor"), "LATE").items
        assert (late.no, late.cause, late.review_due_at < play.moment("2026-12-21 10:00")) == (no, "BUDGET", True)
        [figure] = [f for f in figures.figures(city.actor("supervisor"), date(2026, 11, 1), date(2026, 12, 21))
                    if f.unit_id == city.units["HOUSING"]]
        assert figure.ratios[Figure.ON_TIME].denominator == 0
        assert figure.ratios[Figure.SUSPENSION].percent == 100
        suspend.review_suspension(no, city.actor("housing"), progress="立项完成", milestone=1)
        suspend.review_suspension(no, city.actor("housing"), progress="冬季停工", milestone=2,
                                  moved_to=date(2027, 4, 30))
        assert approvals.ledger(city.actor("supervisor"), "LATE").items == ()
    first, second = row(db, Suspension).milestones
    assert (first["done_on"], second["moved_from"], second["on"]) == ("2026-12-21", "2027-03-31", "2027-04-30")


def test_resumed_it_has_the_rest_of_its_time_and_the_ledger_is_cleared_by_the_call_back(db, city):
    no = suspended(city)
    with play.at("2027-03-01 09:59:30"):  # half a minute less than whole minutes: time goes on in tests
        suspend.resume(no, city.actor("housing"), note="立项完成")
        assert state(db) == ("HANDLING", "WORKING")
        handling = clock(db, no)
        # Thursday 10:00 to Monday 17:30 were left: 2 working days and 7.5 hours less the lunch
        assert handling.due_at == row(db, Assignment).due_at == play.moment("2027-03-03 17:30")
        assert told(db, handling).adds_up
        play.reply(city, no)
        play.accept(city, no)
        assert row(db, Suspension).cleared_at is None
        play.ring(city, no)
    line = row(db, Suspension)
    assert (line.cleared_at is not None, line.cleared_by) == (True, "SOLVED")
    [cleared] = approvals.ledger(city.actor("housing"), "CLEARED").items
    assert cleared.suspension_no == line.no


def test_granted_after_the_due_but_filed_before_it_was_never_late(db, city):
    no = contacted(city)
    with play.at("2026-11-23 16:30"):
        ask(city, no)
    with play.at("2026-11-25 10:00"):
        supervise.sweep()
        assert clock(db, no).fired_at is not None
        approve.endorse(no, city.actor("housing_lead"))
        approve.endorse(no, city.actor("supervisor"))
        suspend.grant_suspension(no, city.actor("director"))
        assert clock(db, no).fired_at is None
    with play.at("2026-11-26 08:59:30"):
        suspend.resume(no, city.actor("housing"), note="可以办理")
        assert clock(db, no).due_at == play.moment("2026-11-26 10:00")  # an hour was left
        supervise.sweep()
    assert clock(db, no).fired_at is None


def test_nobody_decides_two_steps_nor_what_he_filed(db, city):
    no = contacted(city)
    director = city.actor("director")
    both = type(director)(**{**vars(director), "roles": director.roles | city.actor("supervisor").roles})
    with play.at(THURSDAY):
        ask(city, no, by="housing_lead")  # a leader who files has signed
        assert row(db, ApplicationStep).role == "HOTLINE_DIR"
        approve.endorse(no, both)
        with pytest.raises(NotNow) as twice:
            suspend.grant_suspension(no, both)
        with pytest.raises(NotNow):
            approve.refuse_suspension(no, both, opinion="不同意")
    assert twice.value.code == "two_persons"
    assert row(db, Application).state == "FILED"


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_refusal_at_any_step_ends_it_and_time_runs_on(db, city, steps):
    no = contacted(city)
    people = ["housing_lead", "supervisor", "director"]
    with play.at(THURSDAY):
        ask(city, no)
        for person in people[:steps]:
            approve.endorse(no, city.actor(person))
        with pytest.raises(Invalid):
            approve.refuse_suspension(no, city.actor(people[steps]), opinion="")
        approve.refuse_suspension(no, city.actor(people[steps]), opinion="计划不具体")
        assert [len(approvals.approval_queue(city.actor(p)).items) for p in people] == [0, 0, 0]
        ask(city, no)  # and may be asked for again
    handling = clock(db, no)
    assert (handling.due_at, handling.stopped_at) == (play.moment(DUE), None)


def test_late_filing_missing_words_and_what_is_not_allowed_are_refused(db, city):
    with transaction():
        season = update(SuspensionCauseRule).where(SuspensionCauseRule.cause == "SEASON")
        db.session.execute(season.values(allowed=False))
    no = contacted(city)
    wrong = [
        ({"caller_informed": False}, "caller_informed"), ({"reason": SuspensionCause.SEASON}, "reason"),
        ({"plan": _but(milestones=())}, "milestones"), ({"plan": _but(target_on=date(2027, 2, 1))}, "milestones"),
        ({"plan": _but(leader_name="")}, "leader_name"),
    ]
    with play.at(THURSDAY):
        for changes, field in wrong:
            with pytest.raises(Invalid) as refusal:
                ask(city, no, **changes)
            assert set(refusal.value.fields) == {field}
        with pytest.raises(Unknown):
            ask(city, no, by="urban")
    with play.at("2026-11-23 17:31"), pytest.raises(NotNow) as late:
        ask(city, no)
    assert late.value.code == "already_due"
    assert db.session.scalar(select(Application.id)) is None


def _but(**changes):
    return suspend.Plan(**(vars(PLAN) | changes))


def test_a_reply_lapses_what_nobody_decided_and_nothing_else_is_asked_meanwhile(db, city):
    no = contacted(city)
    with play.at(THURSDAY):
        ask(city, no)
        with pytest.raises(NotNow) as refusal:
            extend.apply_extension(no, city.actor("housing"), reason=ExtensionReason.COMPLEX, plan="再等等", amount=2,
                                   caller_informed=True)
        assert refusal.value.code == "application_undecided"
        play.reply(city, no)
    assert (row(db, Application).state, row(db, Assignment).asked) == ("LAPSED", None)
    assert {s.decision for s in db.session.scalars(select(ApplicationStep))} == {"LAPSED"}


def test_where_the_leader_need_not_sign_the_hotline_decides_at_once(db, city):
    with transaction():
        db.session.add(SignOffRule(kind=str(ApplicationKind.SUSPENSION), unit_id=city.units["HOUSING"], wanted=False))
    no = contacted(city)
    with play.at(THURSDAY):
        ask(city, no)
        assert [len(approvals.approval_queue(city.actor(p)).items) for p in ("housing_lead", "supervisor")] == [0, 1]


def test_a_termination_stops_every_clock_and_the_caller_was_told(db, city):
    no = contacted(city)
    given = {"reason": TerminationGround.REFUSES_COOPERATION, "evidence": "三次上门均被拒",
             "explanation": "因无法入户检修终止"}
    with play.at(THURSDAY):
        with pytest.raises(Invalid) as refusal:
            terminate.apply_termination(no, city.actor("housing"), **given)
        assert set(refusal.value.fields) == {"caller_informed"}
        terminate.apply_termination(no, city.actor("housing"), **given, caller_informed=True)
        approve.endorse(no, city.actor("housing_lead"))
        terminate.grant_termination(no, city.actor("supervisor"), opinion="属实")
        page = ticket_page(no, city.actor("supervisor"))
    assert state(db) == ("TERMINATED", "TERMINATED")
    assert all(not one.running for one in page.clocks)
    assert page.ticket.closed_at - play.moment(THURSDAY) < timedelta(minutes=1)


def test_another_units_application_and_ledger_are_invisible(db, city):
    no = suspended(city)
    with play.at("2026-11-20 10:00"):
        with pytest.raises(Unknown):
            ticket_page(no, city.actor("urban"))
        assert approvals.ledger(city.actor("urban")).items == ()
        assert [line.no for line in approvals.ledger(city.actor("housing")).items] == [no]
        assert approvals.ledger(city.actor("admin")).items == ()


def test_the_parts_of_others_stand_still_with_a_suspended_matter_and_run_on_with_it(db, city):
    no = contacted(city)
    with play.at("2026-11-17 09:00"):
        share.add_part(no, city.actor("dispatcher"), unit_ids=[city.units["URBAN"], city.units["SCHOOLS"]],
                       role=PartRole.CO, reason="请配合")
        for by in ("urban", "schools"):
            play.sign(city, no, by=by)
    with play.at(THURSDAY):
        ask(city, no)
        approve.endorse(no, city.actor("housing_lead"))
        approve.endorse(no, city.actor("supervisor"))
        suspend.grant_suspension(no, city.actor("director"))
        due = parts(db)["2"].due_at
    with play.at("2026-12-01 10:00"):
        supervise.sweep()
        share.contribute(no, city.actor("schools"), resolution=Resolution.RESOLVED, account="已配合。")
    with play.at("2027-03-01 10:00"):
        suspend.resume(no, city.actor("housing"), note="立项完成")
        found = parts(db)
        waiting, done = co_clock(db, found["2"]), co_clock(db, found["3"])
        assert waiting.due_at == found["2"].due_at > due
        assert (waiting.stopped_at, waiting.fired_at, waiting.paused_since) == (None, None, None)
        assert (done.stopped_at is not None, done.paused_since, done.fired_at) == (True, None, None)
        assert found["3"].state == "REPLIED"


def parts(db):
    rows = db.session.scalars(select(Assignment).execution_options(populate_existing=True)).all()
    return {row.path: row for row in rows}


def co_clock(db, part):
    return db.session.scalars(select(Clock).where(Clock.assignment_id == part.id, Clock.code == "CO")
                              .execution_options(populate_existing=True)).one()
