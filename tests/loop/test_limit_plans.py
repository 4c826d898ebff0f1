"""What a change of limits would do, looked at before it is done; and whole profiles taken over at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import administer
from workflows.administer import LimitLine, LineFate
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.base import db as database
from workflows.model.clock import Clock
from workflows.model.reference import reference
from workflows.model.settings import LimitRule, SettingEvent
from workflows.model.ticket import Ticket
from workflows.read import settings
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import CallerType, Kind, Urgency

DAY = "2026-11-16 10:00"
TODAY, TOMORROW = date(2026, 11, 16), date(2026, 11, 17)


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    with play.at(DAY):
        yield city.actor("director")


def line(amount=5, basis=Basis.WD, code=ClockCode.HANDLING, **more):
    return LimitLine(code, amount, basis, "地方条例", **more)


def rules(code=ClockCode.HANDLING, on=TODAY):
    return {(r.kind, r.urgency, r.enterprise, r.unit_id): (r.amount, r.basis)
            for r in database.session.scalars(settings.limits(code=code, on=on))}


def rule_of(code, **selectors):
    same = [getattr(LimitRule, name).is_not_distinct_from(selectors.get(name))
            for name in ("kind", "urgency", "enterprise", "unit_id", "category_id")]
    return database.session.scalars(
        select(LimitRule).where(LimitRule.code == str(code), LimitRule.valid_to.is_(None), *same)).one()



def apply(boss, lines, **more):
    plan = administer.plan_profile(lines, **more)
    return administer.apply_profile(boss, name="某市", lines=lines, seen=plan.seen, **more)


def test_a_profile_of_one_default_ends_what_said_otherwise_for_ordinary_tickets(city, boss):
    plan = administer.plan_profile([line()])
    fates = {(c.fate, (c.after or c.before).kind, (c.after or c.before).urgency) for c in plan.changes}
    assert (LineFate.CHANGED, None, None) in fates
    assert (LineFate.ENDED, "CONSULT", "NORMAL") in fates
    assert not {urgency for fate, _, urgency in fates if fate is LineFate.ENDED} - {"NORMAL"}
    before = rules()
    assert before == rules(), "looking must write nothing"
    apply(boss, [line()])
    after = rules()
    assert set(after) == {(None, None, None, None), (None, "CRITICAL", None, None), (None, "URGENT", None, None)}
    assert after[None, "CRITICAL", None, None] == before[None, "CRITICAL", None, None]
    assert rules(ClockCode.SIGN) == rules(ClockCode.SIGN, on=date(2026, 11, 1)), "only the clocks it names"


def test_a_profile_judges_the_next_ticket_and_not_those_at_work(city, boss):
    old = play.log(city, kind=Kind.CONSULT).no
    apply(boss, [line(7, Basis.CD)])
    new = play.log(city, kind=Kind.CONSULT).no
    said = [database.session.scalar(
        select(Clock.rule).join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Ticket.no == no, Clock.code == "HANDLING")) for no in (old, new)]
    assert [(rule["amount"], rule["basis"]) for rule in said] == [(2, "wd"), (7, "cd")]
    assert reference().limits.select(code=ClockCode.HANDLING, kind="CONSULT", category_path=None, urgency="NORMAL",
                                     unit_id=None, enterprise=False, on=TODAY).source == "地方条例"


def test_a_profile_for_enterprises_leaves_everybody_elses_limits(city, boss):
    before = rules()
    apply(boss, [line(3, enterprise=True)])
    after = rules()
    assert set(before) - set(after) == {(None, "NORMAL", True, None)}
    assert after.pop((None, None, True, None)) == (3, "wd")
    assert set(after) < set(before)


def test_limits_of_a_matter_or_a_unit_stay(city, boss):
    own = administer.create_limit(boss, line=line(9, unit_id=city.units["WATER"]))
    apply(boss, [line()])
    assert database.session.get(LimitRule, own.id, populate_existing=True).valid_to is None


def test_the_same_profile_again_changes_nothing(city, boss):
    apply(boss, [line()])
    plan = administer.plan_profile([line()])
    assert [change.fate for change in plan.changes] == [LineFate.UNCHANGED]


def test_a_profile_is_one_line_of_the_history_and_each_limit_has_its_own(city, boss):
    count = select(func.count()).select_from(SettingEvent)
    plan = apply(boss, [line(code=ClockCode.REWORK, amount=4)])
    events = database.session.scalars(select(SettingEvent).order_by(SettingEvent.id.desc())).all()
    assert (events[0].action, events[0].note) == ("IMPORTED", "某市")
    ended = len(plan.of(LineFate.ENDED))
    assert events[0].after["rules_ended"] == ended
    assert database.session.scalar(count) == ended + 2 * len(plan.of(LineFate.CHANGED)) + 1


def test_a_limit_changed_since_the_plan_was_looked_at_refuses_it_whole(city, boss):
    plan = administer.plan_profile([line()])
    row = rule_of(ClockCode.SIGN, urgency="URGENT")
    administer.replace_limit(row.id, boss, version=row.version,
                             line=line(20, Basis.MIN, ClockCode.SIGN, urgency=Urgency.URGENT))
    with pytest.raises(Outdated):
        administer.apply_profile(boss, name="某市", lines=[line()], seen=plan.seen)
    assert ("CONSULT", "NORMAL", None, None) in rules()


def test_a_profile_holds_from_the_day_that_was_picked(city, boss):
    apply(boss, [line()], valid_from=TOMORROW)
    assert ("CONSULT", "NORMAL", None, None) in rules()
    assert ("CONSULT", "NORMAL", None, None) not in rules(on=TOMORROW)
    with pytest.raises(Invalid) as refused:
        administer.plan_profile([line(6)])
    assert refused.value.fields == {"valid_from": ["rules_change_later"]}


def test_a_line_said_twice_and_a_day_gone_by_are_refused(city, boss):
    with pytest.raises(Invalid) as refused:
        administer.plan_profile([line(), line(6)])
    assert refused.value.fields == {"text": ["lines_twice"]}
    with pytest.raises(Invalid) as refused:
        administer.plan_profile([line()], valid_from=date(2026, 11, 15))
    assert refused.value.fields == {"valid_from": ["day_past"]}


def test_only_who_sets_limits_applies_a_profile(city, boss):
    plan = administer.plan_profile([line()])
    with pytest.raises(NotAllowed):
        administer.apply_profile(city.actor("dispatcher"), name="某市", lines=[line()], seen=plan.seen)


def test_the_plan_of_a_change_counts_the_running_clocks_that_keep_the_old_rule(city, boss):
    for _ in range(3):
        play.log(city, kind=Kind.CONSULT)
    play.log(city, kind=Kind.HELP)
    row = rule_of(ClockCode.HANDLING, kind="CONSULT", urgency="NORMAL")
    plan = administer.plan_edit(line(3, kind=Kind.CONSULT, urgency=Urgency.NORMAL), row.id)
    change, = plan.changes
    assert (change.fate, change.instead.id, change.running) == (LineFate.CHANGED, row.id, 3)


def test_the_plan_of_a_new_limit_names_the_rule_it_goes_before_and_counts_its_own_tickets(city, boss):
    play.log(city, "0101", kind=Kind.HELP)
    play.log(city, "0101", kind=Kind.HELP, caller_type=CallerType.ENTERPRISE, enterprise_name="某厂")
    play.log(city, "0201", kind=Kind.HELP)
    plan = administer.plan_edit(line(3, kind=Kind.HELP, category_id=city.categories["01"]))
    change, = plan.changes
    assert (change.fate, change.instead.amount, change.instead.kind) == (LineFate.NEW, 5, "HELP")
    assert change.running == 1, "the enterprise's ticket is judged by another rule, the other is another matter"


def test_the_plan_of_an_end_counts_and_a_default_has_none(city, boss):
    play.log(city, kind=Kind.CONSULT)
    row = rule_of(ClockCode.HANDLING, kind="CONSULT", urgency="NORMAL")
    change, = administer.plan_edit(None, row.id).changes
    assert (change.fate, change.running) == (LineFate.ENDED, 1)
    default = rule_of(ClockCode.HANDLING)
    with pytest.raises(NotNow):
        administer.plan_edit(None, default.id)
    with pytest.raises(NotNow):
        administer.plan_edit(line(kind=Kind.HELP), default.id)


def test_a_plan_is_refused_where_saving_would_be(city, boss):
    with pytest.raises(Invalid) as refused:
        administer.plan_edit(line(), None)
    assert refused.value.fields == {"code": ["rule_exists"]}
