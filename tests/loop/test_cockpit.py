"""领导驾驶舱: every number is the one of the page it opens to; what waits is what waits for the reader."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.loop.test_chains import ask
from workflows import administer, extend, supervise
from workflows.model.scoring import ScoringPlan
from workflows.read.bulletin import bulletin
from workflows.read.cockpit import cockpit, mine
from workflows.read.lists import TicketFilter, all_tickets
from workflows.read.orders import open_orders
from workflows.rules.indicators import Figure
from workflows.rules.scoring import Part, ScoreModel
from workflows.rules.vocabulary import ExtensionReason, Kind, UnitKind

DAY = date(2026, 11, 16)
OCTOBER, MONDAY = "2026-10-12 10:00", "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def stands(db, city):
    """A late one and an answered one of October; of the day a content caller, an unhappy one, and a danger."""
    with play.at(OCTOBER):
        play.to_handling(city)
        play.to_closed(city)
    with play.at(MONDAY):
        supervise.sweep()
        play.to_closed(city)
        unhappy = play.to_callback(city)
        play.ring(city, unhappy, **play.UNHAPPY)
        play.log(city, "0501", "D-E-1", content="有人要跳楼")
        supervise.supervise(unhappy, city.actor("supervisor"), level=1, reason="诉求人不满意")
        yield city


def test_every_number_is_the_one_of_its_page(stands):
    found = cockpit(stands.actor("leader"))
    assert (found.day, found.today.total, found.days.total, found.before.total) == (DAY, 3, 3, 2)
    assert found.change == 50.0
    assert (found.first, found.topics_from, found.month) == (date(2026, 10, 18), date(2026, 11, 10), date(2026, 11, 1))
    rates = {line.figure: line for line in found.rates}
    satisfied = rates[Figure.SATISFIED]
    assert (satisfied.now.percent, satisfied.before.percent, satisfied.change) == (50, 100, -50)
    assert (satisfied.targets, satisfied.short) == ([], None)
    assert found.dangers == {"EXTREME": 1}
    assert [(topic.name, topic.count) for topic in found.topics] == [
        ("住房与房产 › 物业服务", 2), ("市容环卫 › 垃圾清运", 1)]
    assert found.bottom == []
    assert sum(found.overdue.values()) >= 1


def test_a_target_is_that_of_the_scoring_plans(db, stands):
    row = db.session.scalars(select(ScoringPlan).where(ScoringPlan.kind == str(UnitKind.BUREAU))).one()
    parts = (Part(Figure.SATISFIED, Decimal(25), Decimal(95), Decimal("0.5"), Decimal(12)),)
    line = administer.ScoringLine(ScoreModel.LINEAR, parts, 10, True, False, "区政府办通知")
    administer.replace_plan(row.id, stands.actor("director"), version=row.version, line=line)
    line = next(line for line in cockpit(stands.actor("leader")).rates if line.figure is Figure.SATISFIED)
    assert (line.targets, line.short) == ([95], True)


def test_what_waits_is_what_waits_for_the_reader(stands):
    no = play.to_handling(stands)
    play.contact(stands, no)
    extend.apply_extension(no, stands.actor("housing"), reason=ExtensionReason.CONSTRUCTION, plan="配件到货后安装。",
                           amount=2, caller_informed=True)
    orders = len(open_orders(stands.actor("leader")).items)
    assert orders > 1  # that of the day, and those the sweep gave for what is late since October
    waits = {who: mine(stands.actor(who)) for who in ("leader", "supervisor", "housing_lead", "urban")}
    found = {who: (one.extensions, one.orders, one.dangers, one.approvals) for who, one in waits.items()}
    assert found == {"leader": (0, orders, 1, 0), "supervisor": (1, orders, 1, 0),
                     "housing_lead": (0, orders, 0, 0), "urban": (0, 0, 0, 0)}
    assert {(one.raised, one.suspended, one.reviews_late) for one in waits.values()} == {(0, 0, 0)}


def test_a_suspension_asked_for_waits_for_the_leader_of_the_unit(stands):
    with play.at(MONDAY):
        no = play.to_handling(stands)
        play.contact(stands, no)
        ask(stands, no)
    assert [mine(stands.actor(who)).approvals for who in ("housing_lead", "supervisor", "leader")] == [1, 0, 0]


def test_a_unit_reads_its_own_and_no_others_places(stands):
    found = cockpit(stands.actor("housing_lead"))
    assert (found.days.total, found.dangers, found.bottom) == (2, {}, [])
    listed = all_tickets(stands.actor("leader"), TicketFilter(in_danger=True, counted=True)).items
    assert [row.category_name for row in listed] == ["市容环卫 › 垃圾清运"]


def test_a_matter_far_above_its_baseline_is_flagged(db, city):
    """One about the lift each Monday for eight weeks, then ten; nine about schools are too few to mean something."""
    monday = play.moment(MONDAY)
    for back in range(8, 0, -1):
        with play.at(monday - timedelta(weeks=back)):
            play.log(city)
    with play.at(MONDAY):
        for _ in range(10):
            play.log(city, kind=Kind.HELP)
        for _ in range(9):
            play.log(city, "0201")
        topics = bulletin(city.actor("supervisor"), DAY, DAY).topics
        week = cockpit(city.actor("supervisor")).topics
    assert [(topic.count, topic.usual.mean, topic.usual.spread, topic.hot) for topic in topics] == [
        (10, 1, 0, True), (9, 0, 0, False)]
    assert [(topic.count, topic.usual.mean, topic.hot) for topic in week] == [(10, 1, True), (9, 0, False)]


def test_a_young_installation_knows_nothing_usual(stands):
    # five weeks since the first request, of which the last day is not the first's weekday's eighth
    topic = bulletin(stands.actor("supervisor"), DAY, DAY).topics[0]
    assert topic.usual.mean == pytest.approx(2 / 5)
    assert bulletin(stands.actor("supervisor"), date(2026, 11, 2), date(2026, 11, 2)).topics == ()
