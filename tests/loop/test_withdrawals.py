"""撤单: taken back by the caller alone, from anywhere; some are asked later, and who was made to is heard."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events
from tests.loop.test_chains import THURSDAY, suspended
from workflows import (
    conceal,
    confer,
    dispatch,
    extend,
    feedback,
    merge,
    outbox,
    reconcile,
    share,
    supervise,
    withdraw,
)
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.application import Suspension
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask
from workflows.model.outbox import Notice
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.model.withdrawal import Withdrawal
from workflows.read import queues, recount
from workflows.read.figures import figures
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.vocabulary import ConferenceReason, ExtensionReason, WithdrawReason

MONDAY, NEXT_MONTH = "2026-11-16 10:00", "2026-12-01 08:00"
PHONE = "13912345678"


@pytest.fixture
def city(db):
    return play.make_city()


def take_back(city, no, by="agent", **changes):
    given = {"reason": WithdrawReason.SETTLED, "note": "已经修好", "phone": PHONE} | changes
    withdraw.withdraw(no, city.actor(by), **given)


def ticket(db, no):
    return db.session.scalars(select(Ticket).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def running(db):
    return db.session.scalars(select(Clock.code).where(Clock.stopped_at.is_(None))).all()


def recheck(city, no, by="callback", **said):
    withdraw.recheck_withdrawal(no, city.actor(by), **{"result": AttemptResult.ANSWERED, "pressed": False} | said)


def returned(city):
    no = play.to_handling(city, phone=PHONE)
    play.ask_return(city, no)
    return no


def prolonging(city):
    no = play.to_handling(city, phone=PHONE)
    play.contact(city, no)
    extend.apply_extension(no, city.actor("housing"), reason=ExtensionReason.OTHER, amount=2, plan="等配件",
                           caller_informed=True)
    return no


def conferring(city):
    no = play.log(city, "0502", phone=PHONE).no
    confer.confer(no, city.actor("dispatcher"), reason=ConferenceReason.OVERLAP, question="由谁牵头",
                  unit_ids=[city.units["HOUSING"], city.units["URBAN"]])
    return no


@pytest.mark.parametrize("before", [
    lambda city: play.log(city, "0502", phone=PHONE).no, lambda city: play.log(city, phone=PHONE).no, conferring,
    returned, prolonging, lambda city: play.to_replied(city, phone=PHONE),
    lambda city: play.to_callback(city, phone=PHONE),
])
def test_from_wherever_it_stands_everything_stops_and_nothing_is_left_over(db, city, before):
    with play.at(MONDAY):
        no = before(city)
        take_back(city, no)
        outbox.relay_notices()
        found = ticket(db, no)
        assert (found.state, found.closed_at is not None, running(db)) == ("WITHDRAWN", True, [])
        assert set(db.session.scalars(select(Assignment.state))) <= {"RECALLED"}
        assert set(db.session.scalars(select(Application.state))) <= {"LAPSED"}
        assert db.session.scalars(select(CallbackTask.id).where(CallbackTask.done_at.is_(None))).all() == []
        told = set(db.session.scalars(select(Notice.role).where(Notice.kind == "left")))
        assert told == ({"UNIT_CLERK", "UNIT_LEAD"} if found.lead_unit_id else set())
        reconcile.reconcile()
        assert events(db, no)[-1] == "withdraw"
        in_time = Clock.stopped_at == found.closed_at, Clock.due_at > Clock.stopped_at, Clock.unit_id.is_not(None)
        assert db.session.scalars(select(Clock.code).where(*in_time, ~Clock.void)).all() == []


def test_a_suspended_matter_leaves_the_ledger(db, city):
    no = suspended(city)
    with play.at(THURSDAY):
        take_back(city, no, phone=conceal.reveal(no, city.actor("agent"), reason="核对").phone)
    line = db.session.scalars(select(Suspension)).one()
    assert (line.cleared_by, line.resumed_at is not None, running(db)) == ("WITHDRAWN", True, [])
    assert db.session.scalars(select(Clock.id).where(Clock.paused_since.is_not(None))).all() == []


def test_what_was_late_before_it_was_withdrawn_stays_late(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, phone=PHONE)
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        take_back(city, no)
        late = clock(db, no)
    assert (late.void, late.fired_at is not None) == (False, True)


def test_only_the_caller_on_a_number_of_theirs_takes_it_back(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, phone=PHONE, alt_phone="13800000009")
        for wrong, problem in (("", "required"), ("13900000000", "not_the_callers_number"), ("12", "phone_invalid")):
            with pytest.raises(Invalid) as refused:
                take_back(city, no, phone=wrong)
            assert refused.value.fields == {"phone": [problem]}
        with pytest.raises(Invalid):
            take_back(city, no, note="")
        for who in ("housing", "supervisor", "dispatcher"):
            with pytest.raises(NotAllowed):
                take_back(city, no, by=who)
        assert ticket(db, no).state == "HANDLING"
        take_back(city, no, phone="13800000009")
    row = db.session.scalars(select(Withdrawal)).one()
    assert (row.state_before, row.unit_id, row.by_name) == ("HANDLING", city.units["HOUSING"], "受理员甲")


def test_others_who_wait_for_it_are_not_left_alone(city):
    with play.at(MONDAY):
        no, other = play.to_handling(city, phone=PHONE), play.log(city).no
        merge.merge(other, city.actor("supervisor"), master=no)
        with pytest.raises(NotNow) as refused:
            take_back(city, no)
    assert refused.value.code == "others_wait_for_it"


@pytest.fixture
def withdrawn(city):
    with play.at(MONDAY):
        no = play.to_handling(city, phone=PHONE)
        take_back(city, no)
        return no


def test_a_month_later_somebody_else_asks_and_a_caller_who_was_pressed_is_heard(db, city, withdrawn):
    with play.at("2026-11-30 12:00"):
        assert withdraw.sample_withdrawals() == 0
    with play.at(NEXT_MONTH):
        with pytest.raises(NotNow):
            recheck(city, withdrawn)
        assert [withdraw.sample_withdrawals(), withdraw.sample_withdrawals()] == [1, 0]
        assert [row.no for row in queues.callback_queue(city.actor("callback"), "WITHDRAWN").items] == [withdrawn]
        assert queues.desk_counts(city.actor("callback"))["withdrawn"] == 1
        with pytest.raises(Invalid):
            recheck(city, withdrawn, pressed=None)
        recheck(city, withdrawn, result=AttemptResult.NO_ANSWER, pressed=None)
        recheck(city, withdrawn, pressed=True, words="经办人让我撤的")
        outbox.relay_notices()
        again = ticket(db, withdrawn)
        assert (again.state, again.round, again.closed_at, again.lead_unit_id) == (
            "REWORK", 2, None, city.units["HOUSING"])
        order = db.session.scalars(select(SupervisionOrder)).one()
        assert (order.level, order.unit_id, order.issued_by_id) == (2, city.units["HOUSING"], None)
        assert sorted(running(db)) == ["REWORK", "SUPERVISION", "TOTAL"]
        assert db.session.scalars(select(Notice.role).where(Notice.kind == "pressed")).all() == ["SUPERVISOR"]
        unit = ticket_page(withdrawn, city.actor("housing"))
        assert "经办人让我撤的" not in str(unit)
        line = figures(city.actor("supervisor"), play.moment(MONDAY).date(), play.moment(NEXT_MONTH).date())[0]
        for figure in (Figure.WITHDRAWAL, Figure.PRESSED):
            assert (line.ratios[figure].numerator, line.ratios[figure].denominator) == (Fraction(1), 1)
        assert recount.recount(play.moment(MONDAY).date(), play.moment(NEXT_MONTH).date()) == []
        play.contact(city, withdrawn)
        play.reply(city, withdrawn)
        play.accept(city, withdrawn)
        play.ring(city, withdrawn)
    assert ticket(db, withdrawn).state == "CLOSED"


def test_whoever_put_it_down_does_not_ask_and_three_silences_end_it(db, city, withdrawn):
    with play.at(NEXT_MONTH):
        withdraw.sample_withdrawals()
        row = db.session.scalars(select(Withdrawal)).one()
        row.by_id = city.users["callback"]
        db.session.commit()
        with pytest.raises(NotNow) as own:
            recheck(city, withdrawn)
        assert own.value.code == "recheck_by_another"
        for _ in range(3):
            recheck(city, withdrawn, by="supervisor", result=AttemptResult.NO_ANSWER, pressed=None)
        with pytest.raises(NotNow):
            recheck(city, withdrawn, by="supervisor")
    found = db.session.scalars(select(Withdrawal).execution_options(populate_existing=True)).one()
    assert (found.pressed, found.attempts, ticket(db, withdrawn).state) == (None, 3, "WITHDRAWN")


def test_of_each_unit_the_share_is_looked_into_and_no_more_than_is_set(db, city):
    with play.at(MONDAY):
        for matter, by in (("0101", "housing"), ("0201", "schools")):
            for _ in range(5):
                take_back(city, play.to_handling(city, matter, by, phone=PHONE))
        take_back(city, play.log(city, **play.ANONYMOUS | {"phone": PHONE}).no)
    for code, amount in (("RECHECK_SHARE", 50), ("RECHECK_MOST", 5)):
        play.set_threshold(code, amount)
    with play.at(NEXT_MONTH):
        assert withdraw.sample_withdrawals() == 5  # of 3 and 3 by the share, 5 at most
    chosen = db.session.scalars(select(Withdrawal.unit_id).where(Withdrawal.to_check)).all()
    assert all(chosen.count(city.units[unit]) in {2, 3} for unit in ("HOUSING", "SCHOOLS"))


def test_a_supervisor_takes_up_again_what_was_not_meant_so(db, city, withdrawn):
    with play.at(MONDAY):
        waiting = play.log(city, "0502", phone=PHONE).no
        take_back(city, waiting)
        for no, state in ((withdrawn, "REWORK"), (waiting, "TO_DISPATCH")):
            with pytest.raises(NotAllowed):
                withdraw.reinstate(no, city.actor("agent"), note="还没好")
            withdraw.reinstate(no, city.actor("supervisor"), note="诉求人来电：还没好")
            assert ticket(db, no).state == state
        assert db.session.scalars(select(SupervisionOrder.id)).all() == []
        assert sorted(running(db)) == ["DISPATCH", "REWORK", "TOTAL", "TOTAL"]
        reconcile.reconcile()
        assert sorted(running(db)) == ["DISPATCH", "REWORK", "TOTAL", "TOTAL"]
        assert feedback.close_unreachable() == 0


def test_what_was_handed_down_is_over_when_the_matter_is_taken_up_again(db, city):
    with play.at(THURSDAY):
        no = play.log(city, "99", phone=PHONE).no
        dispatch.dispatch(no, city.actor("dispatcher"), unit_id=city.units["DISTRICT"], override_reason="区级统筹")
        play.sign(city, no, by="coordinator")
        share.delegate(no, city.actor("coordinator"), unit_id=city.units["HOUSING"], note="请办理")
        take_back(city, no)
        withdraw.reinstate(no, city.actor("supervisor"), note="诉求人来电，未解决")
        lead = db.session.get(Assignment, ticket(db, no).lead_assignment_id, populate_existing=True)
        assert (lead.state, lead.open_parts, ticket(db, no).open_parts) == ("REWORK", 0, 0)
