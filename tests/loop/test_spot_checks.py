"""抽查: of last month's terminations and refusals some are looked into by others, and improper ones handled again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import events
from tests.loop.test_withdrawals import running, ticket
from workflows import approve, archive, outbox, reconcile, spot_check, terminate
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.outbox import Notice
from workflows.model.secrets import box
from workflows.model.spot_check import SpotCheck
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Assignment
from workflows.read.spot_checks import months_of_checks, spot_checks, waiting_count
from workflows.read.tickets import ticket_page
from workflows.rules.roles import Role
from workflows.rules.sampling import drawn
from workflows.rules.vocabulary import CheckResult, TerminationGround

MONDAY, NEXT_MONTH, LATER = "2026-11-16 10:00", "2026-12-01 08:00", "2027-01-04 03:00"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture(autouse=True)
def everything(city):
    """Look into all of it, unless a test says otherwise."""
    play.set_threshold("CHECK_SHARE", 100)


def end(city, by="supervisor", **changes):
    """The unit asks for the handling to end, its leader and the hotline agree."""
    no = play.to_handling(city, **changes)
    terminate.apply_termination(no, city.actor("housing"), reason=TerminationGround.SETTLED, evidence="和解协议",
                                explanation="您已与物业和解", caller_informed=True)
    approve.endorse(no, city.actor("housing_lead"))
    terminate.grant_termination(no, city.actor(by))
    return no


def refused(city):
    no = play.ask_refusal(city)
    play.refuse(city, no)
    return no


def check(city, no, by="reviewer", result=CheckResult.IMPROPER, note="诉求并未解决"):
    spot_check.check_ending(no, city.actor(by), result=result, note=note)


def listed(city, *, done=False):
    return [row.no for row in spot_checks(city.actor("reviewer"), done=done, after=None).items]


def test_an_improper_termination_goes_back_to_its_unit_with_an_order(db, city):
    with play.at(MONDAY):
        no = end(city)
    with play.at("2026-11-30 12:00"):
        assert spot_check.sample_endings() == 0
    with play.at(NEXT_MONTH):
        with pytest.raises(NotNow) as early:
            check(city, no)
        assert early.value.code == "no_check_wanted"
        assert [spot_check.sample_endings(), spot_check.sample_endings()] == [1, 0]
        assert (listed(city), waiting_count()) == ([no], 1)
        with pytest.raises(NotNow) as own:
            check(city, no, by="supervisor")
        assert own.value.code == "checked_by_another"
        assert [row.own for row in spot_checks(city.actor("supervisor"), done=False, after=None).items] == [True]
        for who in ("housing", "housing_lead", "agent", "director"):
            with pytest.raises(NotAllowed):
                check(city, no, by=who)
        with pytest.raises(Invalid):
            check(city, no, note="")
        check(city, no)
        outbox.relay_notices()
        again = ticket(db, no)
        assert (again.state, again.round, again.closed_at, again.awaits_check) == ("REWORK", 2, None, False)
        assert sorted(running(db)) == ["REWORK", "SUPERVISION", "TOTAL"]
        order = db.session.scalars(select(SupervisionOrder)).one()
        assert (order.level, order.unit_id, order.issued_by_id) == (2, city.units["HOUSING"], None)
        roles = set(db.session.scalars(select(Notice.role).where(Notice.kind == "overturn")))
        assert roles == {Role.UNIT_CLERK, Role.UNIT_LEAD}
        assert events(db, no)[-3:] == ["check_ending", "overturn", "supervise"]
        assert "诉求并未解决" not in str(ticket_page(no, city.actor("leader")).ticket)
        reconcile.reconcile()
        play.contact(city, no)
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
        assert ticket(db, no).state == "CLOSED"
    assert (listed(city), listed(city, done=True)) == ([], [no])
    [month] = months_of_checks()
    assert (month.month.isoformat(), month.ended_as) == ("2026-11-01", "TERMINATED")
    assert (month.ended, month.chosen, month.checked, month.improper) == (1, 1, 1, 1)


def test_a_proper_one_stays_as_it_is_and_may_be_archived_then(db, city):
    with play.at(MONDAY):
        no = end(city)
    with play.at(NEXT_MONTH):
        spot_check.sample_endings()
    with play.at(LATER):
        assert archive.archive_ended() == 0
        check(city, no, result=CheckResult.PROPER, note="和解协议真实")
        assert archive.archive_ended() == 1
        with pytest.raises(NotNow):
            check(city, no)
    assert list(archive.flaws()) == []


def test_what_ended_lately_is_not_archived_before_anybody_decided_about_it(db, city):
    play.set_threshold("ARCHIVE_DAYS", 1)
    play.set_threshold("REOPEN_DAYS", 1)
    with play.at("2026-11-02 10:00"):
        no = end(city)
    with play.at("2026-11-20 10:00"):
        assert archive.archive_ended() == 0
    play.set_threshold("CHECK_SHARE", 1)
    play.set_threshold("CHECK_MOST", 1)
    with play.at(NEXT_MONTH):
        spot_check.sample_endings()
        check(city, no, result=CheckResult.PROPER)
        assert archive.archive_ended() == 1


def test_an_improper_refusal_goes_to_the_dispatch_desk(db, city):
    with play.at(MONDAY):
        no = refused(city)
    with play.at(NEXT_MONTH):
        assert spot_check.sample_endings() == 1
        row = db.session.scalars(select(SpotCheck)).one()
        assert row.by_ids == sorted(city.users[who] for who in ("agent", "shift"))
        check(city, no, by="supervisor", note="属本热线受理范围")
        again = ticket(db, no)
        assert (again.state, again.reject_code, again.reject_route, again.closed_at) == ("TO_DISPATCH", None, "", None)
        assert again.route is not None
        assert sorted(running(db)) == ["DISPATCH", "TOTAL"]
        assert db.session.scalars(select(Assignment.id)).all() == []
        assert months_of_checks()[0].ended_as == "REJECTED"


def test_ended_improperly_twice_it_is_looked_into_twice(db, city):
    with play.at(MONDAY):
        no = end(city)
    with play.at(NEXT_MONTH):
        spot_check.sample_endings()
        check(city, no)
        terminate.apply_termination(no, city.actor("housing"), reason=TerminationGround.SETTLED, evidence="协议",
                                    explanation="已和解", caller_informed=True)
        approve.endorse(no, city.actor("housing_lead"))
        terminate.grant_termination(no, city.actor("supervisor"))
    with play.at("2027-01-02 08:00"):
        assert spot_check.sample_endings() == 1
        check(city, no, result=CheckResult.PROPER)
    assert sorted(db.session.scalars(select(SpotCheck.proper))) == [False, True]


def test_a_share_of_each_unit_is_drawn_and_no_more_than_is_set(db, city):
    play.set_threshold("CHECK_SHARE", 50)
    play.set_threshold("CHECK_MOST", 3)
    with play.at(MONDAY):
        for _ in range(4):
            end(city)
        for _ in range(4):
            refused(city)
    with play.at(NEXT_MONTH):
        assert spot_check.sample_endings() == 3  # of 2 and 2 by the share
        assert len(db.session.scalars(select(SpotCheck.id)).all()) == 8
    with play.at(LATER):
        assert spot_check.sample_endings() == 0


def lot_of(name):
    """Lots under a name, as the secret of an installation makes them."""
    lots = box()
    return lambda key: lots.lot(f"{name} {key}")


def test_a_draw_is_the_same_whoever_draws_and_another_under_another_name(city):
    groups = {"a": range(10), "b": range(10, 13)}
    first = drawn(groups, lot_of("x"), share=20, most=100)
    assert first == drawn({"b": [12, 11, 10], "a": reversed(range(10))}, lot_of("x"), share=20, most=100)
    assert (len([key for key in first if key < 10]), len(first)) == (2, 3)
    assert drawn(groups, lot_of("x"), share=100, most=4) == drawn(groups, lot_of("x"), share=100, most=13)[:4]
    assert drawn(groups, lot_of("x"), share=100, most=13) != drawn(groups, lot_of("y"), share=100, most=13)
    assert drawn(groups, lot_of("x"), share=100, most=-1) == drawn({}, lot_of("x"), share=50, most=9) == []
