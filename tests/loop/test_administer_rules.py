"""Rules with a validity, and the days they are counted by: versions, history, what is refused, what moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import administer
from workflows.administer import CatalogueLine, DayRow, LimitLine
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.base import db as database
from workflows.model.clock import Clock
from workflows.model.reference import reference
from workflows.model.settings import CatalogueRule, LimitRule, SettingEvent, WorkCalendar
from workflows.model.ticket import Ticket
from workflows.read import settings
from workflows.rules.calendar import Basis, DayKind
from workflows.rules.limits import ClockCode
from workflows.rules.routing import Selector
from workflows.rules.vocabulary import Kind, SettingSubject

DAY = "2026-11-16 10:00"
TODAY = date(2026, 11, 16)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    with play.at(DAY):
        yield city.actor("admin")


def row(kind, key):
    return database.session.get(kind, key, populate_existing=True)


def rule_of(city, matter):
    return database.session.scalars(
        select(CatalogueRule).where(CatalogueRule.category_id == city.categories[matter],
                                    CatalogueRule.valid_to.is_(None))
    ).one()


def line(city, matter="0102", unit="URBAN", **more):
    return CatalogueLine(category_id=city.categories[matter], unit_id=city.units.get(unit), basis="三定方案", **more)


def test_a_new_line_of_the_catalogue_sends_the_next_ticket(city, boss):
    before = play.log(city, "0102").unit_id
    administer.create_catalogue_rule(boss, line=line(city))
    assert (before, play.log(city, "0102").unit_id) == (city.units["HOUSING"], city.units["URBAN"])


def test_a_line_may_begin_later_but_not_in_the_past(city, boss):
    administer.create_catalogue_rule(boss, line=line(city), valid_from=TOMORROW)
    assert play.log(city, "0102").unit_id == city.units["HOUSING"]
    with play.at("2026-11-17 10:00"):
        assert play.log(city, "0102").unit_id == city.units["URBAN"]
    with pytest.raises(Invalid) as refused:
        administer.create_catalogue_rule(boss, line=line(city, "0201"), valid_from=YESTERDAY)
    assert refused.value.fields == {"valid_from": ["day_past"]}


def test_changing_a_line_ends_it_and_begins_its_next_version(city, boss):
    old = rule_of(city, "02")
    new = administer.replace_catalogue_rule(old.id, boss, version=1, line=line(city, "02", "HOUSING", note="调整"))
    assert row(CatalogueRule, old.id).valid_to == YESTERDAY
    assert (new.valid_from, new.valid_to, new.version) == (TODAY, None, 2)
    assert play.log(city, "0201").unit_id == city.units["HOUSING"]
    newest = administer.replace_catalogue_rule(new.id, boss, version=2, line=line(city, "02", "SCHOOLS"))
    # begun and ended on one day: it never holds, and only the newest sends
    assert row(CatalogueRule, new.id).valid_to == YESTERDAY
    assert play.log(city, "0201").unit_id == city.units["SCHOOLS"]
    history = settings.history(SettingSubject.CATALOGUE, newest.id)
    assert [(e.action, e.subject_id) for e in history] == [
        ("CHANGED", str(newest.id)), ("ENDED", str(new.id)), ("CHANGED", str(new.id)), ("ENDED", str(old.id))]
    assert history[2].before["unit_id"] == city.units["SCHOOLS"]
    assert history[2].after["unit_id"] == city.units["HOUSING"]


def test_an_ended_line_is_changed_by_nobody(city, boss):
    old = rule_of(city, "02")
    administer.end_catalogue_rule(old.id, boss, version=1)
    assert play.log(city, "0201").state == "TO_DISPATCH"
    with pytest.raises(Outdated):
        administer.end_catalogue_rule(old.id, boss, version=1)
    with pytest.raises(Outdated):
        administer.replace_catalogue_rule(old.id, boss, version=1, line=line(city, "02"))


def test_a_line_may_end_on_a_day_to_come(city, boss):
    rule = rule_of(city, "02")
    with pytest.raises(Invalid):
        administer.end_catalogue_rule(rule.id, boss, version=1, last_day=YESTERDAY - timedelta(days=1))
    administer.end_catalogue_rule(rule.id, boss, version=1, last_day=TODAY)
    assert play.log(city, "0201").state == "DISPATCHED"
    with play.at("2026-11-17 10:00"):
        assert play.log(city, "0201").state == "TO_DISPATCH"
    assert rule.id in {r.id for r in database.session.scalars(settings.catalogue(on=TODAY))}
    assert rule.id not in {r.id for r in database.session.scalars(settings.catalogue(on=TOMORROW))}
    assert rule.id in {r.id for r in database.session.scalars(settings.catalogue(category_id=city.categories["02"]))}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"basis": ""}, {"basis": ["required"]}),
        ({"selector": Selector.DISTRICT}, {"unit_id": ["unit_or_selector"]}),
        ({"unit_id": None}, {"unit_id": ["unit_or_selector"]}),
        ({"category_id": 999_999}, {"category_id": ["category_unknown"]}),
        ({"area_id": 999_999}, {"area_id": ["area_unknown"]}),
        ({"unit_id": 999_999}, {"unit_id": ["unit_unknown"]}),
        ({"unit_id": None, "selector": Selector.STREET_OF_PLACE},
         {"grassroots_allowed": ["grassroots_needs_allowing"]}),
    ],
)
def test_a_line_that_could_never_act_is_refused(city, boss, changes, expected):
    form = {"category_id": city.categories["0102"], "unit_id": city.units["URBAN"], "basis": "三定方案"} | changes
    with pytest.raises(Invalid) as refused:
        administer.create_catalogue_rule(boss, line=CatalogueLine(**form))
    assert refused.value.fields == expected


def test_a_street_gets_only_what_is_allowed_it(city, boss):
    with pytest.raises(Invalid) as refused:
        administer.create_catalogue_rule(boss, line=line(city, unit="EAST"))
    assert refused.value.fields == {"grassroots_allowed": ["grassroots_needs_allowing"]}
    administer.create_catalogue_rule(boss, line=line(city, unit="EAST", grassroots_allowed=True))


def test_the_same_line_twice_is_refused_and_other_conditions_are_not_the_same(city, boss):
    administer.create_catalogue_rule(boss, line=line(city))
    with pytest.raises(Invalid) as refused:
        administer.create_catalogue_rule(boss, line=line(city, note="又一次"))
    assert refused.value.fields == {"category_id": ["rule_exists"]}
    administer.create_catalogue_rule(boss, line=line(city, kind=Kind.REPORT))
    administer.create_catalogue_rule(boss, line=line(city, enterprise=True))


@pytest.mark.parametrize(("account", "may"), [("director", True), ("dispatcher", False), ("auditor", False)])
def test_the_catalogue_is_the_directors_too(city, boss, account, may):
    actor = city.actor(account)
    if may:
        administer.create_catalogue_rule(actor, line=line(city))
    else:
        with pytest.raises(NotAllowed):
            administer.create_catalogue_rule(actor, line=line(city))


# limits


def default_of(code):
    return database.session.scalars(
        select(LimitRule).where(LimitRule.code == str(code), LimitRule.kind.is_(None), LimitRule.urgency.is_(None),
                                LimitRule.enterprise.is_(None), LimitRule.valid_to.is_(None))
    ).one()


def limit(code=ClockCode.HANDLING, amount=3, basis=Basis.WD, **more):
    return LimitLine(code=code, amount=amount, basis=basis, source="区政府办公室通知", **more)


def test_a_limit_of_a_matter_counts_from_the_next_ticket_on(city, boss):
    administer.create_limit(boss, line=limit(category_id=city.categories["0101"]))
    no = play.log(city, "0101").no
    clock = database.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Ticket.no == no, Clock.code == "HANDLING")).one()
    assert (clock.rule["amount"], clock.rule["basis"], clock.rule["source"]) == (3, "wd", "区政府办公室通知")
    assert clock.due_at == play.moment("2026-11-19 17:30")


def test_a_default_limit_can_be_changed_but_never_taken_away(city, boss):
    old = default_of(ClockCode.HANDLING)
    with pytest.raises(NotNow) as refused:
        administer.end_limit(old.id, boss, version=1)
    assert refused.value.code == "limit_default_needed"
    with pytest.raises(NotNow):
        administer.replace_limit(old.id, boss, version=1, line=limit(kind=Kind.HELP))
    with pytest.raises(NotNow):
        administer.replace_limit(old.id, boss, version=1, line=limit(code=ClockCode.SIGN))
    new = administer.replace_limit(old.id, boss, version=1, line=limit(amount=4), valid_from=TOMORROW)
    assert (row(LimitRule, old.id).valid_to, new.valid_from, new.version) == (TODAY, TOMORROW, 2)


def test_a_special_limit_ends(city, boss):
    made = administer.create_limit(boss, line=limit(category_id=city.categories["0101"]))
    administer.end_limit(made.id, boss, version=1)
    assert made.id not in {r.id for r in database.session.scalars(settings.limits(on=TODAY))}
    assert made.id in {r.id for r in database.session.scalars(settings.limits(code=ClockCode.HANDLING))}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": ClockCode.TOTAL}, {"code": ["clock_without_limit"]}),
        ({"amount": 0}, {"amount": ["amount_out_of_range"]}),
        ({"amount": 100_000}, {"amount": ["amount_out_of_range"]}),
        ({"source": ""}, {"source": ["required"]}),
        ({"unit_id": 999_999}, {"unit_id": ["unit_unknown"]}),
        ({"category_id": 999_999}, {"category_id": ["category_unknown"]}),
        ({"kind": None}, {"code": ["rule_exists"]}),
    ],
)
def test_a_limit_that_cannot_be_is_refused(city, boss, changes, expected):
    form = {"code": ClockCode.HANDLING, "amount": 3, "basis": Basis.WD, "source": "通知", "kind": Kind.HELP} | changes
    with pytest.raises(Invalid) as refused:
        administer.create_limit(boss, line=LimitLine(**form))
    assert refused.value.fields == expected


# days


def test_a_day_is_set_and_its_calendars_know_that_they_changed(city, boss):
    administer.set_day(boss, day=date(2026, 11, 20), kind=DayKind.OFFDAY, name="城运会开幕", source="市政府通知")
    assert not reference().default_calendar.is_working(date(2026, 11, 20).toordinal())
    assert reference().default_calendar.version == 2
    told = database.session.scalars(select(SettingEvent)).one()
    assert (told.subject, told.subject_id, told.note) == ("CALENDAR_DAY", "2026-11-20", "市政府通知")
    assert told.before == {"kind": "WORKDAY", "name": "", "provisional": False}
    assert database.session.scalars(select(WorkCalendar.version).where(WorkCalendar.all_days)).one() == 1


NOTICE = [
    DayRow(date(2027, 1, 1), DayKind.OFFDAY, "元旦"),
    DayRow(date(2027, 1, 4), DayKind.OFFDAY, "元旦"),
    DayRow(date(2027, 1, 9), DayKind.WORKDAY, "元旦调休上班"),
]


def test_a_year_is_looked_at_before_it_is_written(city, boss):
    plan = administer.plan_year(2027, NOTICE)
    assert plan.was_provisional
    changed = {change.date: change for change in plan.changes}
    assert changed[date(2027, 1, 9)].before.kind is DayKind.OFFDAY
    assert changed[date(2027, 1, 9)].after.kind is DayKind.WORKDAY
    assert date(2027, 1, 12) not in changed
    assert dict(settings.years())[2027]
    administer.import_year(boss, year=2027, rows=NOTICE, source="国办发明电〔2026〕", seen=plan.seen)
    assert not dict(settings.years())[2027]
    assert len(settings.days(2027)) == 365
    assert sum(d.kind == "WORKDAY" for d in settings.days(2027)) == plan.working_days
    # looked at before the other one wrote
    with pytest.raises(Outdated):
        administer.import_year(boss, year=2027, rows=NOTICE, source="又一次", seen=plan.seen)
    assert administer.plan_year(2027, NOTICE).changes == ()


@pytest.mark.parametrize(
    ("year", "rows", "expected"),
    [
        (2028, NOTICE, {"rows": ["day_of_other_year"]}),
        (2027, [*NOTICE, NOTICE[0]], {"rows": ["day_twice"]}),
        (2027, [], {"rows": ["required"]}),
        (1700, [], {"year": ["year_out_of_range"], "rows": ["required"]}),
    ],
)
def test_a_notice_that_cannot_be_read_is_refused(city, year, rows, expected):
    with pytest.raises(Invalid) as refused:
        administer.plan_year(year, rows)
    assert refused.value.fields == expected
