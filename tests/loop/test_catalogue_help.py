"""协办单位 in the catalogue: proposed beside the lead, never to whom the ticket accuses, and a person sends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_unit_changes import ordered, state
from workflows import administer, dispatch
from workflows.administer import CatalogueLine
from workflows.administer import unit_changes as units
from workflows.errors import Invalid
from workflows.model.base import db as database
from workflows.model.settings import CatalogueRule
from workflows.model.ticket import Assignment
from workflows.read import queues
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import Kind, UnitChange

DAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    with play.at(DAY):
        yield play.make_city()


def helped(city, *codes, lead="HOUSING", matter="0101", **more):
    line = CatalogueLine(category_id=city.categories[matter], basis="三定方案", unit_id=city.units[lead],
                         co_unit_ids=tuple(city.units[code] for code in codes), **more)
    return administer.create_catalogue_rule(city.actor("admin"), line=line)


def proposed(city, no):
    [found] = ticket_page(no, city.actor("dispatcher")).candidates
    return found.unit_id, found.co_unit_ids


def test_a_person_sends_what_others_are_to_help_with(city):
    helped(city, "URBAN", "WATER")
    no = play.log(city).no
    page = ticket_page(no, city.actor("dispatcher"))
    assert page.ticket.state == "TO_DISPATCH"
    assert proposed(city, no) == (city.units["HOUSING"], [city.units["URBAN"], city.units["WATER"]])
    [row] = queues.dispatch_queue(city.actor("dispatcher")).items
    assert row.candidates == page.candidates
    dispatch.dispatch(no, city.actor("dispatcher"), unit_id=city.units["HOUSING"],
                      co_units=page.candidates[0].co_unit_ids)
    parts = database.session.execute(select(Assignment.unit_id, Assignment.role).order_by(Assignment.id)).all()
    assert [tuple(part) for part in parts] == [
        (city.units["HOUSING"], "LEAD"), (city.units["URBAN"], "CO"), (city.units["WATER"], "CO")]


def test_whom_it_accuses_and_who_is_closed_is_not_proposed(city):
    helped(city, "URBAN", "WATER")
    no = play.log(city, respondent_unit_id=city.units["URBAN"]).no
    assert proposed(city, no) == (city.units["HOUSING"], [city.units["WATER"]])
    both = helped(city, "URBAN", matter="0102")
    alone = play.log(city, "0102", respondent_unit_id=city.units["URBAN"]).no
    assert ticket_page(alone, city.actor("dispatcher")).ticket.lead_unit_id == city.units["HOUSING"]
    assert both.co_unit_ids == [city.units["URBAN"]]
    administer.close_unit(city.units["WATER"], city.actor("admin"), version=1, successor_id=city.units["URBAN"])
    assert proposed(city, no) == (city.units["HOUSING"], [])
    later = play.log(city).no
    assert city.units["WATER"] not in proposed(city, later)[1]


@pytest.mark.parametrize(("codes", "problem"), [
    (["HOUSING"], "unit_has_a_part"), (["URBAN", "URBAN"], "unit_has_a_part"), (["HOTLINE"], "unit_unknown")])
def test_who_cannot_help_is_refused(city, codes, problem):
    with pytest.raises(Invalid) as wrong:
        helped(city, *codes)
    assert wrong.value.fields["co_unit_ids"] == [problem]


def test_a_selected_lead_does_not_help_itself(city):
    line = CatalogueLine(category_id=city.categories["0102"], basis="履职清单", selector="STREET_OF_PLACE",
                         kind=Kind.HELP, grassroots_allowed=True, co_unit_ids=(city.units["EAST"],))
    administer.create_catalogue_rule(city.actor("admin"), line=line)
    for area, lead, state_of in (("D-E-1", "EAST", "DISPATCHED"), ("D-W-1", "WEST", "TO_DISPATCH")):
        no = play.log(city, "0102", area=area, kind=Kind.HELP).no
        assert ticket_page(no, city.actor("dispatcher")).ticket.state == state_of
        assert proposed(city, no)[0] == city.units[lead]


def test_the_heir_of_a_unit_helps_in_its_place(city):
    rule = helped(city, "URBAN", "WATER")
    job = ordered(city, city.actor("admin"), "URBAN", UnitChange.MERGE, successor_id=city.units["SCHOOLS"])
    units.run(job)
    assert state(job) == "DONE"
    line = database.session.scalars(
        select(CatalogueRule).where(CatalogueRule.category_id == rule.category_id, CatalogueRule.valid_to.is_(None),
                                    CatalogueRule.unit_id == city.units["HOUSING"])
        .execution_options(populate_existing=True)).one()
    assert line.co_unit_ids == [city.units["SCHOOLS"], city.units["WATER"]]
    assert proposed(city, play.log(city).no)[1] == line.co_unit_ids
