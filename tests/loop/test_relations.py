"""关联与回避: tickets linked to one another, and whoever one accuses kept from it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_accounts import events
from workflows import outbox, relate, resolve
from workflows.errors import Invalid, NotAllowed, Unknown
from workflows.model.base import db as database
from workflows.model.outbox import Notice
from workflows.model.related import Recusal
from workflows.model.ticket import Ticket
from workflows.read.departments import department_queue
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import TicketRelation
from workflows.scope import visible_to


@pytest.fixture
def city(db):
    with play.at("2026-11-16 10:00"):
        yield play.make_city()


def key(no):
    return database.session.scalar(select(Ticket.id).where(Ticket.no == no))


def related(city, no, who):
    return [(one.no, one.kind) for one in ticket_page(no, city.actor(who)).related]


def told(kind):
    outbox.relay_notices()
    return [tuple(row) for row in database.session.execute(
        select(Notice.unit_id, Notice.role).where(Notice.kind == kind).order_by(Notice.id))]


def test_linked_tickets_are_shown_on_both_and_only_to_whom_may_open_the_other(city):
    of_housing, of_schools = play.to_handling(city), play.log(city, "0201").no
    agent = city.actor("agent")
    with pytest.raises(Invalid):  # for a unit there is no other ticket
        relate.link(of_housing, city.actor("housing"), ticket=of_schools, relation=TicketRelation.DUP)
    with pytest.raises(NotAllowed):
        relate.link(of_housing, city.actor("reviewer"), ticket=of_schools, relation=TicketRelation.DUP)
    with pytest.raises(Invalid):
        relate.unlink(of_housing, agent, ticket=of_schools)
    relate.link(of_housing, agent, ticket=of_schools, relation=TicketRelation.DUP, note="同一小区")
    assert related(city, of_housing, "agent") == [(of_schools, "DUP")]
    assert related(city, of_schools, "supervisor") == [(of_housing, "DUP")]
    assert related(city, of_housing, "housing") == []
    assert (events(database, of_housing)[-1], events(database, of_schools)[-1]) == ("link", "linked")
    for wrong, code in ((of_schools, "linked_already"), (of_housing, "links_itself"), ("20260101000000017", None)):
        with pytest.raises(Invalid) as refused:
            relate.link(of_housing, agent, ticket=wrong, relation=TicketRelation.RELATED)
        assert code is None or refused.value.fields == {"ticket": [code]}
    relate.unlink(of_schools, city.actor("dispatcher"), ticket=of_housing)
    assert related(city, of_housing, "agent") == related(city, of_schools, "agent") == []
    assert events(database, of_housing)[-1] == "unlinked"
    relate.link(of_schools, agent, ticket=of_housing, relation=TicketRelation.RELATED)
    assert related(city, of_housing, "agent") == [(of_schools, "RELATED")]


def test_discipline_inspection_is_told_of_what_accuses_a_unit_and_the_director_where_it_is_its_own(city):
    play.log(city, "0201", respondent_unit_id=city.units["HOUSING"])
    assert told("accusation") == [(city.units["DISTRICT"], "DISCIPLINE")]
    play.log(city, "0201", respondent_unit_id=city.units["DISTRICT"])
    assert told("accusation")[1:] == [(city.units["HOTLINE"], "HOTLINE_DIR")]


def test_a_person_it_accuses_neither_sees_it_nor_signs_handles_or_reviews_it(city):
    no, other = play.log(city).no, play.log(city).no
    boss = city.actor("supervisor")
    for account, note in (("nobody", "被投诉"), ("supervisor", "被投诉"), ("housing", "")):
        with pytest.raises(Invalid):
            relate.recuse(no, boss, account=account, note=note)
    for account in ("housing", "reviewer"):
        relate.recuse(no, boss, account=account, note="被投诉态度恶劣")
    relate.recuse(no, boss, account="housing", note="再次核实")
    assert database.session.query(Recusal).count() == 2
    assert told("accusation") == [(city.units["DISTRICT"], "DISCIPLINE")] * 3
    clerk, reviewer = (city.recused(account, key(no)) for account in ("housing", "reviewer"))
    assert [row.no for row in department_queue(clerk, "TO_SIGN").items] == [other]
    assert database.session.scalars(select(Ticket.no).where(visible_to(reviewer))).all() == [other]
    with pytest.raises(Unknown):
        ticket_page(no, clerk)
    with pytest.raises(Unknown):
        resolve.sign(no, clerk)
    resolve.sign(no, city.actor("housing_lead"))
    resolve.sign(other, clerk)
    play.contact(city, no, by="housing_lead")
    play.reply(city, no, by="housing_lead")
    with pytest.raises(Unknown):
        resolve.accept_reply(no, reviewer)
    page = ticket_page(no, city.actor("agent"))
    assert [one.name for one in page.recused] == ["住建经办人", "审核员"]
    assert ticket_page(no, city.actor("housing_lead")).recused == ()
