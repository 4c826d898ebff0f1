"""话务员报表: every number is the one worked out by hand, for the person it belongs to; an agent reads their own."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from hotline.drafts import service as drafts
from tests import builders as play
from workflows import admit, collect, dispatch
from workflows.errors import Invalid
from workflows.read.agents import agents
from workflows.rules.numbering import Channel
from workflows.rules.satisfaction import Satisfaction
from workflows.rules.vocabulary import DetailWanted, Kind, RiskKind

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 17)
BEFORE, MONDAY, TUESDAY = "2026-11-14 10:00", "2026-11-16 10:00", "2026-11-17 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


def by(city, account, **changes):
    """A request somebody takes and sends on."""
    return collect.submit(play.request(city, **changes), city.actor(account)).no


@pytest.fixture
def worked(db, city):
    """Of the first agent 6 requests, one refused, two answered at once; of the second 2; one the day before."""
    with play.at(BEFORE):
        play.log(city)
    with play.at(MONDAY):
        for _ in range(2):
            collect.answer(play.request(city, kind=Kind.CONSULT), city.actor("agent"), play.ARTICLE)
        play.refuse(city, play.ask_refusal(city))
        # kept by its unit, rated; given back by its unit
        kept = play.to_callback(city)
        back = play.log(city, **play.URGENT).no
        by(city, "agent", risk=RiskKind.EXTREME)
        # by hand: the second agent's, first sent by the dispatcher to a unit that gives it back
        hand = by(city, "agent2", category_id=city.categories["0502"])
        play.send_to(city, hand, "HOUSING")
        for no in (back, hand):
            play.ask_return(city, no)
            dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
        play.send_to(city, back, "URBAN", override_reason="退单建议")
    with play.at(TUESDAY):
        play.ring(city, kept, service=Satisfaction.VERY_SATISFIED)
        play.review_first(Channel.WEB)
        no = by(city, "agent2", channel=Channel.WEB)
        admit.ask_details(no, city.actor("reviewer"), reason=DetailWanted.PLACE, note="哪栋楼")
        other = play.to_callback(city)
        play.ring(city, other, service=Satisfaction.DISSATISFIED)
        drafts.keep(city.users["agent"], "desk:new", {"title": ["电梯"]})
        yield city


def lines(city, account="supervisor", first=FIRST, last=LAST):
    return {line.account: line for line in agents(city.actor(account), first, last)}


def ratio(found):
    return found.numerator, found.denominator


def test_every_number_is_the_one_worked_out_by_hand(worked):
    found = lines(worked)
    mine = found["agent"]
    # two answered, one refused, kept, back, the danger, and the one of Tuesday
    assert (mine.taken, ratio(mine.direct)) == (7, (2, 6))
    assert (mine.urgent, mine.risks, mine.corrected, mine.drafts) == (1, 1, 0, 1)
    # the catalogue sent kept, back and Tuesday's by itself; back was given back
    assert (ratio(mine.right_first), mine.wrong) == ((2, 3), 1)
    assert (ratio(mine.service), mine.service.percent) == ((1, 2), 50)
    assert (found["agent2"].taken, found["agent2"].corrected, found["agent2"].drafts) == (2, 1, 0)
    assert ratio(found["agent2"].right_first) == (0, 0)
    # sent by hand, and given back: the dispatcher's, not the agent's
    assert (found["dispatcher"].taken, ratio(found["dispatcher"].right_first)) == (0, (0, 1))
    assert next(iter(found)) == "agent"


def test_the_lines_add_up_to_the_hotlines_own_indicators(worked):
    found = lines(worked).values()
    assert sum(line.taken for line in found) == 9
    assert sum((line.direct.numerator for line in found), Fraction(0)) == 2


def test_an_agent_reads_their_own_line_and_nobody_elses(worked):
    assert set(lines(worked, "agent2")) == {"agent2"}
    assert lines(worked, "agent")["agent"] == lines(worked)["agent"]
    assert set(lines(worked, "shift")) == set(lines(worked, "director")) == set(lines(worked))
    # who did nothing reads a line of nothing
    nothing = lines(worked, "agent2", date(2026, 11, 2), date(2026, 11, 3))["agent2"]
    assert (nothing.taken, nothing.direct.percent, nothing.service.percent) == (0, None, None)


def test_nobody_rates_their_own_work(db, worked):
    before = lines(worked)["agent"].service
    db.session.execute(db.text(
        "UPDATE callback_attempt SET by_id = :agent WHERE service = 'DISSATISFIED'"), {"agent": worked.users["agent"]})
    db.session.flush()
    assert (ratio(before), ratio(lines(worked)["agent"].service)) == ((1, 2), (1, 1))


def test_a_period_is_a_year_at_most(worked):
    with pytest.raises(Invalid) as refused:
        agents(worked.actor("supervisor"), date(2025, 1, 1), date(2026, 11, 17))
    assert refused.value.fields == {"to": ["period_too_long"]}
    with pytest.raises(Invalid):
        agents(worked.actor("supervisor"), LAST, FIRST)


def test_no_caller_stands_in_it(worked):
    said = repr(agents(worked.actor("supervisor"), FIRST, LAST))
    assert "林" not in said
    assert "138" not in said
