"""延期: asked for in time, decided by whoever may, and what the clock does meanwhile and afterwards."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import clock, events, segments, told
from workflows import dispatch, extend, outbox, supervise
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.outbox import Notice
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.read import queues
from workflows.read.figures import figures
from workflows.read.overdue import ageing, overdue
from workflows.read.recount import recount
from workflows.read.tickets import ticket_page
from workflows.read.views import Light
from workflows.rules.indicators import Figure
from workflows.rules.vocabulary import ExtensionReason, Kind, RecallReason, Urgency

MONDAY = "2026-11-16 10:00"
DUE = "2026-11-23 17:30"


@pytest.fixture
def city(db):
    return play.make_city()


def ask(city, no, *, amount=5, by="housing", **changes):
    given = {"reason": ExtensionReason.CONSTRUCTION, "plan": "电梯配件已订购，到货后三日内安装。", "amount": amount,
             "caller_informed": True} | changes
    extend.apply_extension(no, city.actor(by), **given)


def contacted(city, **changes):
    """A ticket of Monday, due the Monday after, whose caller was contacted."""
    with play.at(MONDAY):
        no = play.to_handling(city, **changes)
        play.contact(city, no)
    return no


def asked(city, when="2026-11-20 10:00", **changes):
    no = contacted(city)
    with play.at(when):
        ask(city, no, **changes)
    return no


def grant(city, no, by="supervisor", **more):
    extend.grant_extension(no, city.actor(by), **more)


def task(db):
    return db.session.scalars(select(Assignment).execution_options(populate_existing=True)).one()


def application(db):
    return db.session.scalars(
        select(Application).order_by(Application.id.desc()).limit(1).execution_options(populate_existing=True)
    ).one()


def test_what_is_granted_in_time_moves_the_due_and_never_the_original(db, city):
    no = asked(city)
    assert clock(db, no).stopped_at is None
    assert clock(db, no, "EXTENSION").role == "SUPERVISOR"
    with play.at("2026-11-20 11:00"):
        grant(city, no, opinion="同意")
        outbox.relay_notices()
    handling = clock(db, no)
    assert handling.due_at == task(db).due_at == play.moment("2026-11-30 17:30")
    assert handling.due_original == task(db).due_original == play.moment(DUE)
    assert (handling.held_since, task(db).extension_filed_at, task(db).extension_count) == (None, None, 1)
    assert (handling.next_level, handling.warned_at) == ("BLUE", None)
    [line] = segments(db, handling)
    assert (line.kind, line.reason, line.amount, line.basis, line.by_name) == (
        "EXTENSION", "EXTENSION_GRANTED", 5, "wd", "督办员")
    assert told(db, handling).adds_up
    assert told(db, handling).sound
    assert (application(db).state, application(db).granted) == ("GRANTED", 5)
    assert clock(db, no, "EXTENSION").stopped_at is not None
    assert events(db, no)[-2:] == ["apply_extension", "grant_extension"]
    notices = db.session.execute(select(Notice.kind, Notice.role).where(Notice.kind.startswith("extension"))).all()
    assert set(notices) == {("extension_filed", "SUPERVISOR"), ("extension_granted", "UNIT_CLERK"),
                            ("extension_granted", "UNIT_LEAD")}


def test_a_due_whose_extension_is_undecided_is_held_and_not_red(db, city):
    no = asked(city)
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        shown = ticket_page(no, city.actor("housing")).clock("HANDLING")
        [row] = queues.department_queue(city.actor("housing"), "WORKING").items
        nowhere_overdue(city)
        [waiting] = queues.extension_queue(city.actor("supervisor")).items
    handling = clock(db, no)
    assert (handling.warned_at is not None, handling.fired_at, handling.next_at) == (True, None, None)
    assert (shown.light, shown.late, row.light) == (Light.HELD, False, Light.HELD)
    assert (waiting.amount, waiting.amount_basis, waiting.needs_director) == (5, "wd", False)
    assert clock(db, no, "EXTENSION").fired_at is not None  # the hotline is late, not the unit


def nowhere_overdue(city):
    """Lists, counts, board and figures agree: while nobody has decided it is neither late nor in time."""
    unit, hotline = city.actor("housing"), city.actor("supervisor")
    handling = {"code": "HANDLING"}
    assert queues.department_queue(unit, "OVERDUE").items == ()
    assert queues.department_counts(unit)["OVERDUE"] == 0
    assert overdue(hotline, **handling).items == ()
    assert [line.code for line in ageing(hotline) if line.code == "HANDLING"] == []
    [total, *_] = figures(hotline, date(2026, 11, 1), date(2026, 11, 30))
    assert total.ratios[Figure.ON_TIME].denominator == 0
    assert recount(date(2026, 11, 1), date(2026, 11, 30)) == []


def overdue_everywhere(city):
    unit, hotline = city.actor("housing"), city.actor("supervisor")
    assert len(queues.department_queue(unit, "OVERDUE").items) == queues.department_counts(unit)["OVERDUE"] == 1
    assert len(overdue(hotline, code="HANDLING").items) == 1
    assert [line.total for line in ageing(hotline) if line.code == "HANDLING"] == [1]
    [total, *_] = figures(hotline, date(2026, 11, 1), date(2026, 11, 30))
    assert (total.ratios[Figure.ON_TIME].numerator, total.ratios[Figure.ON_TIME].denominator) == (0, 1)


def test_granted_after_the_due_but_asked_in_time_it_was_never_late(db, city):
    no = asked(city)
    with play.at("2026-11-25 10:00"):
        supervise.sweep()
        grant(city, no)
    handling = clock(db, no)
    assert (handling.due_at, handling.fired_at) == (play.moment("2026-11-30 17:30"), None)
    with play.at("2026-11-30 17:31"):
        supervise.sweep()
    assert clock(db, no).fired_at >= clock(db, no).due_at


def test_a_reply_between_the_old_due_and_the_decision_is_on_time_once_it_is_granted(db, city):
    no = asked(city)
    with play.at("2026-11-24 10:00"):
        play.reply(city, no)
        assert not ticket_page(no, city.actor("housing")).clock("HANDLING").late
    with play.at("2026-11-25 10:00"):
        grant(city, no)
        assert not ticket_page(no, city.actor("housing")).clock("HANDLING").late
    handling = clock(db, no)
    assert handling.stopped_at < handling.due_at
    assert handling.next_at is None


def test_refused_after_the_due_it_turns_red_at_once(db, city):
    no = asked(city)
    with play.at("2026-11-24 10:00"):
        supervise.sweep()
        with pytest.raises(Invalid):
            extend.refuse_extension(no, city.actor("supervisor"), opinion="")
        extend.refuse_extension(no, city.actor("supervisor"), opinion="理由不充分")
        supervise.sweep()
        overdue_everywhere(city)
    handling = clock(db, no)
    assert handling.due_at == play.moment(DUE)
    assert handling.late_seconds > 0
    assert task(db).extension_count == 0
    assert application(db).state == "REFUSED"


def test_less_may_be_granted_than_was_asked_for_but_not_more(db, city):
    no = asked(city)
    with play.at("2026-11-20 11:00"):
        for wrong in (0, 6):
            with pytest.raises(Invalid):
                grant(city, no, amount=wrong)
        grant(city, no, amount=2)
    assert clock(db, no).due_at == play.moment("2026-11-25 17:30")
    assert application(db).granted == 2


def test_the_second_extension_is_the_directors_and_there_is_no_third(db, city):
    no = asked(city)
    with play.at("2026-11-20 11:00"):
        grant(city, no)
        ask(city, no, amount=10)
        assert clock(db, no, "EXTENSION").role == "HOTLINE_DIR"
        with pytest.raises(NotNow) as refusal:
            grant(city, no)
        assert refusal.value.code == "second_extension_needs_director"
        grant(city, no, by="director")
        assert clock(db, no).due_at == play.moment("2026-12-14 17:30")
        with pytest.raises(NotNow) as refusal:
            ask(city, no)
    assert refusal.value.code == "extensions_used_up"
    assert told(db, clock(db, no)).adds_up


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"amount": 6}, {"amount": ["extension_too_long"]}),
        ({"amount": 0}, {"amount": ["extension_too_long"]}),
        ({"plan": ""}, {"plan": ["required"]}),
        ({"caller_informed": False}, {"caller_informed": ["caller_not_informed"]}),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_filed(db, city, changes, fields):
    no = contacted(city)
    with play.at("2026-11-20 10:00"), pytest.raises(Invalid) as refusal:
        ask(city, no, **changes)
    assert refusal.value.fields == fields
    assert db.session.scalar(select(Application.id)) is None
    assert clock(db, no).held_since is None


def test_it_is_asked_for_in_time_after_the_contact_and_once_at_a_time(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        with pytest.raises(NotNow) as early:
            ask(city, no)
        play.contact(city, no)
        with pytest.raises(NotAllowed):
            ask(city, no, by="agent")
    with play.at("2026-11-23 17:31"), pytest.raises(NotNow) as late:
        ask(city, no)
    with play.at("2026-11-20 10:00"):
        ask(city, no)
        with pytest.raises(NotNow) as twice:
            ask(city, no)
        with pytest.raises(NotAllowed):
            grant(city, no, by="dispatcher")
    codes = [refusal.value.code for refusal in (early, late, twice)]
    assert codes == ["contact_first", "already_due", "extension_undecided"]


@pytest.mark.parametrize("changes", [{"urgency": Urgency.CRITICAL}, {"kind": Kind.REPORT}])
def test_where_no_rule_allows_more_there_is_none(db, city, changes):
    with play.at(MONDAY):
        no = play.to_handling(city, **changes)
        play.contact(city, no)
        with pytest.raises(NotNow) as refusal:
            ask(city, no)
    assert refusal.value.code == "no_extension_allowed"


def test_an_urgent_ticket_is_extended_round_the_clock(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city, **play.URGENT)
        play.contact(city, no)
        before = clock(db, no).due_at
        ask(city, no, amount=12)
        grant(city, no)
    assert (clock(db, no).due_at - before).total_seconds() == 12 * 3600


def test_what_nobody_decided_lapses_with_the_task(db, city):
    no = asked(city)
    with play.at("2026-11-20 11:00"):
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
    assert (application(db).state, task(db).extension_filed_at) == ("LAPSED", None)
    assert clock(db, no, "EXTENSION").stopped_at is not None


def test_a_late_reply_whose_extension_lapsed_is_late(db, city):
    no = asked(city)
    with play.at("2026-11-24 10:00"):
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
        assert ticket_page(no, city.actor("housing")).clock("HANDLING").late
    assert application(db).state == "LAPSED"
    assert db.session.scalars(select(Ticket.state)).one() == "CLOSED"


def test_the_wait_for_an_extension_cannot_be_used_to_return_the_ticket(db, city):
    with play.at(MONDAY):
        no = play.to_handling(city)
        play.contact(city, no)
        ask(city, no)
        with pytest.raises(NotNow) as refusal:
            play.ask_return(city, no)
    assert refusal.value.code == "extension_undecided"
