"""负责人审签: a return or an extension leaves its unit with the leader's consent (E13, E18), and the steps' clocks."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events
from tests.loop.test_chains import ask as ask_suspension
from tests.loop.test_chains import contacted, row
from workflows import approve, dispatch, extend, outbox, resolve, supervise
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import db as database
from workflows.model.base import transaction
from workflows.model.directory import Absence
from workflows.model.outbox import Notice
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent
from workflows.read import approvals, queues
from workflows.rules.vocabulary import ExtensionReason

MONDAY = "2026-11-16 10:00"
LAST_HOUR = "2026-11-17 09:30"  # of the window in which the ticket of Monday may be returned
DUE = "2026-11-23 17:30"


@pytest.fixture
def city(db):
    made = play.make_city()
    play.leaders_consent()
    return made


def ask_time(city, no, by="housing"):
    extend.apply_extension(no, city.actor(by), reason=ExtensionReason.CONSTRUCTION, plan="等待配件", amount=3,
                           caller_informed=True)


def where(db):
    return row(db, Ticket).state, row(db, Assignment).state, row(db, Application).state


def passed_on(db, no):
    """How the last application left its unit."""
    found = db.session.scalars(select(TicketEvent).where(TicketEvent.kind.startswith("consent_"))
                               .order_by(TicketEvent.id.desc()).limit(1)).one()
    return found.actor_role, found.reason_code


def told(db, kind):
    return db.session.scalars(select(Notice.role).where(Notice.kind == kind).order_by(Notice.id)).all()


def test_a_clerks_return_waits_for_the_leader_and_reaches_the_hotline_with_the_consent(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
    with play.at(LAST_HOUR):
        play.ask_return(city, no)
    assert where(db) == ("HANDLING", "WORKING", "FILED")
    assert row(db, Assignment).return_count == 0
    step = clock(db, no, "CONSENT")
    assert (step.role, step.unit_id) == ("UNIT_LEAD", city.units["HOUSING"])
    with play.at("2026-11-17 11:00"):  # the window is over, and was judged when the clerk asked
        with pytest.raises(NotAllowed):
            resolve.consent_return(no, city.actor("housing"))
        with pytest.raises(NotNow):
            dispatch.grant_return(no, city.actor("dispatcher"))
        [waiting] = approvals.approval_queue(city.actor("housing_lead")).items
        assert (waiting.asked_kind, waiting.plan) == ("RETURN", "三定方案第四条")
        resolve.consent_return(no, city.actor("housing_lead"), opinion="情况属实")
        outbox.relay_notices()
    assert where(db) == ("RETURN_REVIEW", "RETURN_ASKED", "FILED")
    assert clock(db, no, "CONSENT").stopped_at is not None
    assert clock(db, no, "RETURN_DECISION").started_at.replace(microsecond=0) == play.moment("2026-11-17 11:00")
    assert events(db, no)[-2:] == ["apply_return", "consent_return"]
    assert passed_on(db, no) == ("UNIT_LEAD", None)
    assert (told(db, "step_waits"), told(db, "return_filed")) == (["UNIT_LEAD"], ["DISPATCHER"])
    with play.at("2026-11-17 11:30"):
        dispatch.grant_return(no, city.actor("dispatcher"))
    assert where(db) == ("TO_DISPATCH", "RETURNED", "GRANTED")


def test_a_return_the_leader_keeps_in_the_unit_is_none_and_the_unit_goes_on(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        with pytest.raises(Invalid):
            approve.decline_return(no, city.actor("housing_lead"), opinion="")
        approve.decline_return(no, city.actor("housing_lead"), opinion="属我局职责")
        assert where(db) == ("HANDLING", "WORKING", "DECLINED")
        assert (row(db, Assignment).asked, row(db, Assignment).return_count) == (None, 0)
        assert clock(db, no, "CONSENT").stopped_at is not None
        play.ask_return(city, no)  # it never was one of the returns a unit has
        resolve.consent_return(no, city.actor("housing_lead"))
    assert where(db) == ("RETURN_REVIEW", "RETURN_ASKED", "FILED")


def test_an_extension_asked_for_in_time_waits_inside_the_unit_and_holds_the_due(db, city):
    no = contacted(city)
    with play.at("2026-11-23 17:00"):
        ask_time(city, no)
        with pytest.raises(NotNow) as early:
            extend.grant_extension(no, city.actor("supervisor"))
        assert early.value.code == "consent_waits"
        assert queues.extension_queue(city.actor("supervisor")).items == ()
    with play.at("2026-11-24 09:30"):
        supervise.sweep()
        assert clock(db, no).fired_at is None
        extend.consent_extension(no, city.actor("housing_lead"), opinion="同意")
        assert clock(db, no, "EXTENSION").role == "SUPERVISOR"
        extend.grant_extension(no, city.actor("supervisor"))
        supervise.sweep()
    assert clock(db, no).fired_at is None
    assert clock(db, no).due_at == play.moment("2026-11-26 17:30")


def test_what_the_leader_refuses_holds_nothing_and_what_was_answered_meanwhile_lapses(db, city):
    no = contacted(city)
    with play.at("2026-11-23 17:00"):
        ask_time(city, no)
    with play.at("2026-11-24 09:30"):
        extend.decline_extension(no, city.actor("housing_lead"), opinion="不必延期")
        supervise.sweep()
    assert clock(db, no).fired_at is not None
    assert (row(db, Application).state, row(db, Assignment).extension_filed_at) == ("DECLINED", None)
    again = contacted(city)
    with play.at("2026-11-20 10:00"):
        ask_time(city, again)
        play.reply(city, again)
    assert (row(db, Application).state, clock(db, again).held_since) == ("LAPSED", None)
    assert clock(db, again, "CONSENT").stopped_at is not None


@pytest.mark.parametrize(("who", "away", "wanted", "why"), [
    ("housing_lead", False, True, "LEADER_FILED"),
    ("housing", True, True, "NO_LEADER"),
    ("housing", False, False, "NOT_WANTED"),
], ids=["a leader asks", "the leader is away", "nobody wants it"])
def test_where_no_leader_consents_it_goes_on_at_once_and_the_history_says_why(db, city, who, away, wanted, why):
    if away:
        with transaction():
            database.session.add(Absence(user_id=city.users["housing_lead"], delegate_id=city.users["housing"],
                                         first_day=date(2026, 11, 16), last_day=date(2026, 11, 20), ended=False))
    if not wanted:
        city = play.make_city()
    no = contacted(city)
    with play.at("2026-11-19 10:00"):
        ask_time(city, no, by=who)
        assert passed_on(db, no) == ("SYSTEM", why)
        extend.grant_extension(no, city.actor("supervisor"))
    assert row(db, Application).state == "GRANTED"


def test_every_step_of_a_chain_has_a_clock_that_warns_whoever_decides_and_tells_those_above(db, city):
    no = contacted(city)
    with play.at("2026-11-16 11:00"):
        ask_suspension(city, no)
        approve.endorse(no, city.actor("housing_lead"), opinion="属实")
        assert clock(db, no, "CONSENT").stopped_at is not None
        assert clock(db, no, "DECISION").role == "SUPERVISOR"
    with play.at("2026-11-18 10:00"):
        supervise.sweep()
        outbox.relay_notices()
        assert clock(db, no, "DECISION").fired_at is not None
        assert {"SUPERVISOR", "HOTLINE_DIR"} <= set(told(db, "expired"))
        approve.endorse(no, city.actor("supervisor"))
    assert clock(db, no, "DECISION").stopped_at is not None
    step = clock(db, no, "FINAL_DECISION")
    assert (step.role, step.stopped_at) == ("HOTLINE_DIR", None)
    with play.at("2026-11-18 11:00"):
        approve.refuse_suspension(no, city.actor("director"), opinion="计划不具体")
    assert clock(db, no, "FINAL_DECISION").stopped_at is not None
