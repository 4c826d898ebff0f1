"""回避: whom a ticket accuses is neither given it nor sees it; who accuses is withheld unless they say otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import collect, confer, share
from workflows.engine import work
from workflows.errors import Invalid, Unknown
from workflows.model.base import db as database
from workflows.model.ticket import Ticket
from workflows.read.search import search
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import Anonymity, ConferenceReason, Kind

DAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    with play.at(DAY):
        yield play.make_city()


def accuse(city, unit="HOUSING", **changes):
    return play.log(city, respondent_unit_id=city.units[unit], **changes)


def wrong(call, *given, **more):
    with pytest.raises(Invalid) as refused:
        call(*given, **more)
    return refused.value.fields


def test_the_catalogue_sends_nothing_to_whom_it_accuses(city):
    receipt = accuse(city)
    assert (receipt.state, receipt.unit_id) == ("TO_DISPATCH", None)
    assert accuse(city, "SCHOOLS").unit_id == city.units["HOUSING"]


def test_nobody_gives_it_to_them_or_below_them_nor_calls_them_to_confer(city):
    no = accuse(city).no
    housing, district = city.units["HOUSING"], city.units["DISTRICT"]
    assert wrong(play.send_to, city, no, "HOUSING") == {"unit_id": ["unit_is_accused"]}
    assert wrong(play.send_to, city, no, "URBAN", override_reason="回避", co_units=[housing]) == {
        "co_units": ["unit_is_accused"]}
    assert wrong(confer.confer, no, city.actor("dispatcher"), reason=ConferenceReason.OTHER, question="谁办理",
                 unit_ids=[housing, district]) == {"unit_ids": ["unit_is_accused"]}
    play.send_to(city, no, "DISTRICT", override_reason="由上级单位办理")
    assert wrong(share.copy, no, city.actor("dispatcher"), unit_ids=[housing]) == {"unit_ids": ["unit_is_accused"]}
    assert wrong(share.delegate, no, city.actor("coordinator"), unit_id=housing) == {"unit_id": ["unit_is_accused"]}
    of_all = accuse(city, "DISTRICT").no
    assert wrong(play.send_to, city, of_all, "URBAN", override_reason="回避") == {"unit_id": ["unit_is_accused"]}


def test_they_do_not_see_it_even_where_they_had_it_and_who_watches_does(city):
    no = play.log(city).no
    assert ticket_page(no, city.actor("housing")).ticket.no == no
    for unit, barred in (("HOUSING", ("housing", "housing_lead")), ("DISTRICT", ("housing", "coordinator", "leader"))):
        ticket = database.session.scalars(select(Ticket).where(Ticket.no == no)).one()
        with work(city.actor("agent")):
            database.session.merge(ticket).respondent_unit_id = city.units[unit]
        for account in barred:
            with pytest.raises(Unknown):
                ticket_page(no, city.actor(account))
            assert search(city.actor(account), no).items == ()
        assert ticket_page(no, city.actor("supervisor")).ticket.no == no
    assert ticket_page(accuse(city).no, city.actor("leader")).ticket.state == "TO_DISPATCH"


def test_only_complaints_and_reports_accuse_and_only_units_that_handle(city):
    assert wrong(accuse, city, kind=Kind.CONSULT) == {"respondent_unit_id": ["nobody_accused"]}
    assert wrong(accuse, city, "HOTLINE") == {"respondent_unit_id": ["unit_unknown"]}


def test_who_accuses_a_unit_is_withheld_by_default():
    assert collect.default_anonymity(Kind.COMPLAINT, 7) is Anonymity.WITHHELD
    assert collect.default_anonymity(Kind.COMPLAINT) is Anonymity.OPEN
