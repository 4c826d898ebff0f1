"""单位负责人同意: what a clerk asks for reaches the hotline when the unit's leader stands by it (E13, E18)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests import builders as play
from tests.loop.test_accounts import clock, events
from workflows import approve, dispatch, extend, merge, outbox, resolve, supervise
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import transaction
from workflows.model.directory import User
from workflows.model.outbox import Notice
from workflows.model.ticket import Application, Assignment
from workflows.read import approvals, queues
from workflows.read.tickets import ticket_page
from workflows.rules.states import ApplicationKind
from workflows.rules.vocabulary import ExtensionReason

MONDAY, LATER, EVENING = "2026-11-16 10:00", "2026-11-16 11:00", "2026-11-17 15:00"


@pytest.fixture
def city(db):
    found = play.make_city()
    for kind in (ApplicationKind.RETURN, ApplicationKind.EXTENSION):
        play.leaders_consent(kind)
    return found


def task(db):
    return db.session.scalars(select(Assignment).execution_options(populate_existing=True)).one()


def asked(db):
    return db.session.scalars(select(Application).order_by(Application.id.desc()).limit(1)
                              .execution_options(populate_existing=True)).one()


def waits(city, account):
    return [row.asked_kind for row in approvals.approval_queue(city.actor(account)).items]


def state(city, no):
    return ticket_page(no, city.actor("supervisor")).ticket.state


def ask_time(city, no, by="housing"):
    extend.apply_extension(no, city.actor(by), reason=ExtensionReason.COMPLEX, plan="等待配件", amount=2,
                           caller_informed=True)


def test_a_return_waits_for_the_leader_and_then_for_the_desk(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        assert (state(city, no), asked(db).state, task(db).return_count) == ("HANDLING", "FILED", 0)
        assert waits(city, "housing_lead") == ["RETURN"]
        assert not queues.return_queue(city.actor("dispatcher")).items
        with pytest.raises(NotAllowed):
            resolve.consent_return(no, city.actor("housing"))
        with pytest.raises(NotNow) as twice:
            play.ask_return(city, no)
        assert twice.value.code == "application_undecided"
    with play.at(LATER):
        resolve.consent_return(no, city.actor("housing_lead"), opinion="确非我局职责")
        assert (state(city, no), task(db).return_count) == ("RETURN_REVIEW", 1)
        assert clock(db, no, "RETURN_DECISION").started_at.replace(microsecond=0) == play.moment(LATER)
        assert clock(db, no, "CONSENT").stopped_at is not None
        dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
    assert state(city, no) == "TO_DISPATCH"
    assert [k for k in events(db, no) if "return" in k or "consent" in k] == [
        "ask_consent", "consent_return", "grant_return"]


def test_the_window_is_kept_by_when_the_clerk_asked(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        until = task(db).return_until
        play.ask_return(city, no)
    with play.at(until + (until - play.moment(MONDAY))):
        resolve.consent_return(no, city.actor("housing_lead"))
    assert state(city, no) == "RETURN_REVIEW"


def test_what_the_leader_does_not_stand_by_never_reaches_the_hotline(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        with pytest.raises(Invalid):
            approve.deny_consent(no, city.actor("housing_lead"), opinion="")
        approve.deny_consent(no, city.actor("housing_lead"), opinion="属我局职责，抓紧办理")
        outbox.relay_notices()
        assert set(db.session.scalars(select(Notice.role).where(Notice.kind == "consent_denied"))) == {"UNIT_CLERK"}
        assert (state(city, no), asked(db).state, task(db).asked) == ("HANDLING", "REFUSED", None)
        play.ask_return(city, no)  # nothing was asked of the hotline yet
        assert waits(city, "housing_lead") == ["RETURN"]


def test_a_leader_who_asks_needs_no_other_and_a_unit_without_one_speaks_by_its_clerk(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no, by="housing_lead")
        assert state(city, no) == "RETURN_REVIEW"
        with transaction():
            db.session.execute(update(User).where(User.account == "housing_lead").values(active=False))
        other = play.to_handling(city)
        play.ask_return(city, other)
        assert state(city, other) == "RETURN_REVIEW"


def test_more_time_asked_for_before_the_due_is_in_time_whenever_the_leader_and_the_hotline_say_yes(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.contact(city, no)
        due = task(db).due_at
    with play.at(due - (play.moment(LATER) - play.moment(MONDAY))):
        ask_time(city, no)
        with pytest.raises(NotNow) as early:
            extend.grant_extension(no, city.actor("supervisor"))
        assert early.value.code == "leader_consents_first"
        assert not queues.extension_queue(city.actor("supervisor")).items
    with play.at(due + (play.moment(LATER) - play.moment(MONDAY))):
        supervise.sweep()
        assert clock(db, no, "HANDLING").fired_at is None
        extend.consent_extension(no, city.actor("housing_lead"))
        assert [row.no for row in queues.extension_queue(city.actor("supervisor")).items] == [no]
        extend.grant_extension(no, city.actor("supervisor"))
        supervise.sweep()
    assert clock(db, no, "HANDLING").fired_at is None
    assert task(db).due_at > due


def test_more_time_the_leader_denies_is_none_and_the_old_due_fires(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.contact(city, no)
        due = task(db).due_at
        ask_time(city, no)
    with play.at(due + (play.moment(LATER) - play.moment(MONDAY))):
        approve.deny_consent(no, city.actor("housing_lead"), opinion="时间足够")
        supervise.sweep()
    assert clock(db, no, "HANDLING").fired_at is not None
    assert (asked(db).state, task(db).extension_filed_at) == ("REFUSED", None)


def test_an_answer_lets_the_return_lapse_and_the_extension_stand(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        play.contact(city, no)
        play.reply(city, no)
        assert (asked(db).state, task(db).asked) == ("LAPSED", None)
        assert clock(db, no, "CONSENT").stopped_at is not None
        again = play.to_handling(city, matter="02", by="schools")
    assert state(city, again) == "HANDLING"


def test_whoever_does_not_decide_is_warned_and_told_on(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.ask_return(city, no)
        assert clock(db, no, "CONSENT").due_at.replace(microsecond=0) == play.moment("2026-11-16 15:30")
    with play.at(EVENING):
        supervise.sweep()
        outbox.relay_notices()
        late = clock(db, no, "CONSENT")
        assert late.fired_at is not None
        told = db.session.execute(select(Notice.role, Notice.unit_id).where(Notice.kind == "expired")).all()
        assert {(role, unit) for role, unit in told} >= {("UNIT_LEAD", city.units["HOUSING"])}


def test_a_return_the_leader_has_not_seen_ends_with_the_ticket_that_is_merged(db, city):
    with play.at(MONDAY):
        master, no = play.to_handling(city), play.to_handling(city)
        play.ask_return(city, no)
        merge.merge(no, city.actor("supervisor"), master=master)
        assert (asked(db).state, clock(db, no, "CONSENT").stopped_at is not None) == ("LAPSED", True)
        assert waits(city, "housing_lead") == []
