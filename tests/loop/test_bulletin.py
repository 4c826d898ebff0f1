"""运行通报: every part of a bulletin is what a plain count of the same days says; a unit reads its own."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from tests import builders as play
from workflows import collect, dispatch
from workflows.errors import Invalid
from workflows.read import wall
from workflows.read.bulletin import bulletin
from workflows.rules.indicators import Figure
from workflows.rules.numbering import Channel
from workflows.rules.satisfaction import DissatisfactionReason, Satisfaction, Solved
from workflows.rules.vocabulary import Kind

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 17)
BEFORE, MONDAY, TUESDAY = "2026-11-14 10:00", "2026-11-16 10:00", "2026-11-17 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def told(db, city):
    """Two days of work, and a call on the days before."""
    with play.at(BEFORE):
        play.log(city)
    with play.at(MONDAY):
        play.ring(city, play.to_callback(city))
        unhappy = play.to_callback(city)
        play.ring(city, unhappy, solved=Solved.UNSOLVED, satisfaction=Satisfaction.DISSATISFIED,
                  reason=DissatisfactionReason.RESULT_SHORT, words="没修")
        collect.answer(play.request(city, kind=Kind.CONSULT), city.actor("agent"), play.ARTICLE)
        play.refuse(city, play.ask_refusal(city))
    with play.at(TUESDAY):
        given_back = play.log(city, "0501", "D-E-1", channel=Channel.WEB).no
        play.ask_return(city, given_back, by="east", to="URBAN")
        dispatch.grant_return(given_back, city.actor("dispatcher"), opinion="同意")
        play.log(city, content="有人要跳楼")
    return city


def test_every_part_is_what_a_plain_count_says(db, told):
    with play.at(TUESDAY):
        found = bulletin(told.actor("supervisor"), FIRST, LAST)
    intake = found.intake
    assert (intake.total, intake.direct, intake.refused, intake.by_phone) == (6, 1, 1, 5)
    assert intake.days == {FIRST: 4, LAST: 2}
    counted = dict(db.session.execute(text(
        "SELECT kind, count(*) FROM ticket WHERE created_at >= '2026-11-16 00:00+08' GROUP BY kind")).all())
    assert dict(intake.kinds) == counted
    assert (found.before.total, found.change) == (1, 500.0)
    assert [(topic.name, topic.count, topic.before) for topic in found.topics] == [
        ("住房与房产 › 物业服务", 5, 1), ("市容环卫 › 垃圾清运", 1, 0)]
    assert (found.calls.finished, found.calls.valid, found.calls.attempts) == (2, 2, 2)
    assert found.calls.grades == {"SATISFIED": 1, "DISSATISFIED": 1} or found.calls.grades["DISSATISFIED"] == 1
    assert found.calls.reasons == {"RESULT_SHORT": 1}
    assert (found.returns.total, found.returns.states["GRANTED"]) == (1, 1)
    assert found.dangers == {"EXTREME": 1}
    solved = found.total.ratios[Figure.SOLVED]
    assert (solved.numerator, solved.denominator) == (1, 2)


def test_a_unit_reads_what_it_leads_and_no_dangers(told):
    with play.at(TUESDAY):
        found = bulletin(told.actor("housing"), FIRST, LAST)
        assert (found.intake.total, found.intake.direct, found.dangers) == (2, 0, {})
        assert [line.name for line in found.units[1:]] == ["区住房和建设局"]
        assert bulletin(told.actor("east"), FIRST, LAST).returns.total == 1


def test_a_period_that_runs_backwards_is_refused(told):
    with pytest.raises(Invalid):
        bulletin(told.actor("supervisor"), LAST, FIRST)


def test_the_wall_counts_the_day_and_its_places(told):
    with play.at(TUESDAY):
        now = wall.now_on(told.actor("supervisor"))
    assert (now.day, now.intake.total, now.dangers, now.waiting["dispatch"]) == (LAST, 2, 1, 2)
    assert now.areas == {"D": 1, "D-E": 1, "D-E-1": 1}
    assert now.topics[0].count == 1
