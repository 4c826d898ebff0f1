"""机构调整 (A28): units are merged, split, closed and renamed, step by step, and nothing is lost on the way."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import builders as play
from tests.loop.test_accounts import events
from tests.loop.test_chains import ask as ask_suspension
from workflows import administer, approve
from workflows.administer import unit_changes as units
from workflows.administer import units as plain
from workflows.administer.unit_changes import ChangeOrder, PersonLine, ShareLine
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import db as database
from workflows.model.base import transaction
from workflows.model.directory import Unit, User
from workflows.model.reference import reference
from workflows.model.settings import CatalogueRule, LimitRule, SettingEvent
from workflows.model.ticket import Assignment, Ticket, TicketEvent
from workflows.model.work import Job
from workflows.read import approvals
from workflows.read.figures import figures
from workflows.read.recount import recount
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import UnitChange

DAY, NEXT = "2026-11-16 10:00", "2026-11-17 10:00"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def city(db):
    with play.at(DAY):
        yield play.make_city()


@pytest.fixture
def boss(city):
    return city.actor("admin")


def row(kind, key):
    return database.session.get(kind, key, populate_existing=True)


def ordered(city, boss, code, change, **more):
    key = city.units[code]
    return units.order_change(key, boss, ChangeOrder(change=change, **more), version=row(Unit, key).version)


def state(job_id):
    return row(Job, job_id).state


def lead_unit(no):
    return database.session.scalar(select(Ticket.lead_unit_id).where(Ticket.no == no))


def test_a_merged_units_work_rules_people_and_accusations_go_to_the_other(city, boss):
    schools, housing = city.units["SCHOOLS"], city.units["HOUSING"]
    mine, done = play.to_handling(city), play.to_closed(city)
    waiting = play.to_handling(city)
    play.contact(city, waiting)
    ask_suspension(city, waiting)
    accusing = play.to_handling(city, "06", by="water", respondent_unit_id=housing)
    with transaction():
        database.session.add(LimitRule(code="SIGN", amount=2, basis="wh", unit_id=housing, source="自定",
                                       valid_from=date(2026, 1, 1), version=1))
    order = ChangeOrder(change=UnitChange.MERGE, successor_id=schools)
    plan = units.plan_change(housing, boss, order)
    assert (plan.tickets, plan.people) == ({schools: 3}, 2)
    job = ordered(city, boss, "HOUSING", UnitChange.MERGE, successor_id=schools, note="机构改革")
    assert units.run(job)
    assert (state(job), row(Job, job).done) == ("DONE", 3)
    assert (lead_unit(mine), lead_unit(waiting), lead_unit(done)) == (schools, schools, housing)
    assert row(User, city.users["housing"]).unit_id == schools
    assert database.session.scalar(select(Ticket.respondent_unit_id).where(Ticket.no == accusing)) == schools
    assert (row(Unit, housing).successor_id, row(Unit, housing).active_to) == (schools, date(2026, 11, 15))
    rule = database.session.scalars(select(LimitRule).where(LimitRule.unit_id == schools)).one()
    assert (rule.code, rule.amount, rule.valid_from) == ("SIGN", 2, date(2026, 11, 16))
    assert play.log(city).unit_id == schools
    moved = database.session.scalars(select(SettingEvent.subject_id).where(
        SettingEvent.subject == "USER", SettingEvent.action == "MOVED")).all()
    assert set(moved) == {str(city.users["housing"]), str(city.users["housing_lead"])}
    # the leader who came along decides what waited for the leader of the old unit
    from_old = city.moved("housing_lead", "SCHOOLS")
    assert [one.no for one in approvals.approval_queue(from_old).items] == [waiting]
    approve.endorse(waiting, from_old, opinion="属实")
    assert recount(FIRST, LAST) == []
    assert {line.unit_id for line in figures(city.actor("supervisor"), FIRST, LAST)} >= {housing, schools}


def test_run_again_or_twice_nothing_moves_twice(city, boss):
    no = play.to_handling(city)
    job = ordered(city, boss, "HOUSING", UnitChange.MERGE, successor_id=city.units["URBAN"])
    assert units.run(job)
    before = (events(database, no), database.session.scalar(select(func.count()).select_from(SettingEvent)))
    assert not units.run(job)
    assert units.start_waiting(5) == 0
    assert (events(database, no), database.session.scalar(select(func.count()).select_from(SettingEvent))) == before
    assert events(database, no).count("handed_over") == 1


def test_stopped_in_the_middle_both_units_work_on_and_it_can_be_taken_up_again(city, boss, monkeypatch):
    monkeypatch.setattr(units, "STEP", 1)
    urban = city.units["URBAN"]
    numbers = [play.to_handling(city) for _ in range(3)]
    job = ordered(city, boss, "HOUSING", UnitChange.MERGE, successor_id=urban)
    assert units.run(job, steps=2)  # the rules, and one ticket
    assert state(job) == "QUEUED"
    units.cancel(job, boss)
    assert not units.run(job)
    assert state(job) == "CANCELLED"
    assert [lead_unit(no) for no in numbers] == [urban, city.units["HOUSING"], city.units["HOUSING"]]
    assert row(Unit, city.units["HOUSING"]).active_to is None
    play.contact(city, numbers[1])
    play.contact(city, numbers[0], by="urban")
    with pytest.raises(NotNow) as busy:
        ordered(city, boss, "HOUSING", UnitChange.CLOSE, successor_id=urban)
    assert busy.value.code == "unit_change_under_way"
    units.resume(job, boss)
    assert units.run(job)
    assert (state(job), row(Job, job).done) == ("DONE", 3)
    assert {lead_unit(no) for no in numbers} == {urban}
    assert all(events(database, no).count("handed_over") == 1 for no in numbers)
    assert recount(FIRST, LAST) == []


def test_a_split_gives_matters_and_places_to_the_units_its_lines_name(city, boss):
    lift, park = city.categories["0101"], city.categories["0102"]
    schools, urban, housing = (city.units[code] for code in ("SCHOOLS", "URBAN", "HOUSING"))
    here, there = play.to_handling(city), play.to_handling(city, area_id=city.areas["D-W"])
    lines = (ShareLine(category_id=lift, area_id=None, unit_id=schools),
             ShareLine(category_id=lift, area_id=city.areas["D-W"], unit_id=urban))
    job = ordered(city, boss, "HOUSING", UnitChange.SPLIT, lines=lines, stays=True)
    assert units.run(job)
    assert (state(job), row(Unit, housing).active_to) == ("DONE", None)
    assert (lead_unit(here), lead_unit(there)) == (schools, urban)
    assert row(User, city.users["housing"]).unit_id == housing
    assert play.log(city).unit_id == schools
    assert play.log(city, area_id=city.areas["D-W"]).unit_id == urban
    held = database.session.scalars(select(CatalogueRule.category_id).where(
        CatalogueRule.unit_id == housing, CatalogueRule.valid_to.is_(None))).all()
    assert lift not in held
    assert park is not None


def split_of(city, *people, **more):
    """The lift goes to the schools, the rest stays or goes to whom `more` says; `people` as (account, unit)."""
    lines = (ShareLine(category_id=city.categories["0101"], area_id=None, unit_id=city.units["SCHOOLS"]),)
    whereto = tuple(PersonLine(account=account, unit_id=city.units[code]) for account, code in people)
    return {"lines": lines, "people": whereto, "stays": not more} | more


def test_people_go_where_the_split_says_and_the_others_with_the_rest(city, boss):
    schools, urban = city.units["SCHOOLS"], city.units["URBAN"]
    given = split_of(city, ("housing", "SCHOOLS"), successor_id=urban)
    plan = units.plan_change(city.units["HOUSING"], boss, ChangeOrder(change=UnitChange.SPLIT, **given))
    assert (plan.people, plan.whereto) == (
        2, (("housing", "住建经办人", schools), ("housing_lead", "住建分管领导", urban)))
    job = ordered(city, boss, "HOUSING", UnitChange.SPLIT, **given)
    assert units.run(job)
    assert (state(job), row(Job, job).params["people"]) == ("DONE", 2)
    assert [row(User, city.users[who]).unit_id for who in ("housing", "housing_lead")] == [schools, urban]
    told = database.session.scalars(select(SettingEvent).where(SettingEvent.subject == "USER")).all()
    assert {event.after["unit_id"] for event in told if event.action == "MOVED"} == {schools, urban}


def test_who_is_named_goes_though_the_unit_stays(city, boss):
    given = split_of(city, ("housing_lead", "SCHOOLS"))
    plan = units.plan_change(city.units["HOUSING"], boss, ChangeOrder(change=UnitChange.SPLIT, **given))
    assert (plan.people, [whereto for _, _, whereto in plan.whereto]) == (1, [None, city.units["SCHOOLS"]])
    job = ordered(city, boss, "HOUSING", UnitChange.SPLIT, **given)
    with transaction():
        row(User, city.users["housing_lead"]).active = False  # left before the day came
    assert units.run(job)
    assert (state(job), row(Job, job).params["people"]) == ("DONE", 0)
    assert {row(User, city.users[who]).unit_id for who in ("housing", "housing_lead")} == {city.units["HOUSING"]}


@pytest.mark.parametrize(("people", "problem"), [
    ([("urban", "SCHOOLS")], "person_not_of_unit"), ([("nobody", "SCHOOLS")], "person_not_of_unit"),
    ([("housing", "SCHOOLS"), ("housing", "SCHOOLS")], "person_twice"), ([("housing", "WATER")], "not_an_heir"),
    ([("housing", "HOUSING")], "not_an_heir"),
])
def test_people_who_cannot_go_there_are_named_at_once(city, boss, people, problem):
    with pytest.raises(Invalid) as wrong:
        ordered(city, boss, "HOUSING", UnitChange.SPLIT, **split_of(city, *people))
    assert wrong.value.fields == {"people": [problem]}


def test_only_of_a_split_is_it_said_where_people_go(city, boss):
    people = (PersonLine(account="housing", unit_id=city.units["URBAN"]),)
    with pytest.raises(Invalid) as wrong:
        ordered(city, boss, "HOUSING", UnitChange.MERGE, successor_id=city.units["URBAN"], people=people)
    assert wrong.value.fields == {"people": ["people_only_of_a_split"]}


@pytest.mark.parametrize(("change", "more", "wrong"), [
    (UnitChange.MERGE, {}, {"successor_id": ["required"]}),
    (UnitChange.MERGE, {"on": date(2026, 11, 15), "successor_id": "URBAN"}, {"on": ["day_past"]}),
    (UnitChange.MERGE, {"successor_id": "HOUSING"}, {"successor_id": ["unit_unknown"]}),
    (UnitChange.SPLIT, {"stays": True}, {"lines": ["required"]}),
    (UnitChange.RENAME, {"name": "城管局"}, {"short_name": ["required"]}),
], ids=["nobody gets it", "yesterday", "itself", "no lines", "half a name"])
def test_what_cannot_be_done_is_said_before_anything_is(city, boss, change, more, wrong):
    given = more | ({"successor_id": city.units[more["successor_id"]]} if "successor_id" in more else {})
    with pytest.raises(Invalid) as refused:
        ordered(city, boss, "HOUSING", change, **given)
    assert refused.value.fields == wrong
    with pytest.raises(NotAllowed):
        units.plan_change(city.units["HOUSING"], city.actor("supervisor"), ChangeOrder(change=change))


def test_what_accuses_the_heir_is_given_to_nobody_and_the_change_waits_for_it(city, boss):
    no = play.to_handling(city, respondent_unit_id=city.units["URBAN"])
    job = ordered(city, boss, "HOUSING", UnitChange.MERGE, successor_id=city.units["URBAN"])
    assert units.run(job)
    assert (state(job), row(Job, job).message, row(Job, job).params["stuck"]) == ("FAILED", "unit_has_open_tasks", [no])
    assert lead_unit(no) == city.units["HOUSING"]
    units.drop(job, boss)
    assert state(job) == "DONE"


def test_renamed_on_a_day_to_come_a_unit_keeps_its_code_and_history_its_name(city, boss):
    housing = city.units["HOUSING"]
    no = play.to_handling(city)
    code, old = row(Unit, housing).code, row(Unit, housing).name
    job = ordered(city, boss, "HOUSING", UnitChange.RENAME, name="住房保障局", short_name="住保局",
                  on=date(2026, 11, 17))
    assert units.start_waiting(5) == 0
    assert row(Unit, housing).name == old
    with play.at(NEXT):
        assert units.start_waiting(5) == 1
        assert (state(job), row(Unit, housing).name, row(Unit, housing).code) == ("DONE", "住房保障局", code)
        play.contact(city, no)
        page = ticket_page(no, city.actor("supervisor"))
        assert {event.kind: event.unit_name for event in page.events if event.actor_unit_id == housing} == {
            "contact": "住房保障局", "sign": old}
        assert page.lead.unit_name == "住房保障局"
        administer.change_unit(housing, boss, version=row(Unit, housing).version, name="住建委", short_name="住建委")
        assert reference().name_at(housing, play.moment(DAY)) == old


def test_a_unit_with_too_much_work_is_closed_by_a_change(city, boss, monkeypatch):
    monkeypatch.setattr(plain, "MOST_AT_ONCE", 0)
    play.to_handling(city)
    with pytest.raises(NotNow) as long:
        administer.close_unit(city.units["HOUSING"], boss, version=1, successor_id=city.units["URBAN"])
    assert long.value.code == "unit_change_is_long"
    assert database.session.scalar(select(func.count()).select_from(Assignment)) == 1
    assert database.session.scalar(select(TicketEvent.kind).where(TicketEvent.kind == "handed_over")) is None
