"""Limits in stages: one rule, several successive clocks, the next begins when the unit says how far it has got."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import administer, resolve, supervise
from workflows.administer import LimitLine, dues
from workflows.errors import Invalid
from workflows.model.base import db as database
from workflows.model.clock import Clock
from workflows.model.settings import LimitRule
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read.departments import department_queue
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode

DAY = "2026-11-16 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    with play.at(DAY):
        yield city.actor("admin")


def stage(city, number, amount, basis, name, matter="01", **more):
    return LimitLine(ClockCode.STAGE, amount, basis, "消防隐患办理规定", category_id=city.categories[matter],
                     stage=number, stage_name=name, **more)


def staged(city, boss):
    administer.create_limit(boss, line=stage(city, 1, 24, Basis.H, "现场核查"))
    return administer.create_limit(boss, line=stage(city, 2, 3, Basis.WD, "整改"))


def stages(no):
    return database.session.scalars(
        select(Clock).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == "STAGE")
        .order_by(Clock.id).execution_options(populate_existing=True)).all()


def test_the_first_stage_begins_at_dispatch_and_the_next_when_the_unit_says_so(city, boss):
    staged(city, boss)
    no = play.to_handling(city)
    first, = stages(no)
    assert (first.round, first.rule["stage_name"]) == (1, "现场核查")
    assert first.due_at == first.started_at + play.timedelta(days=1)
    with play.at("2026-11-17 09:00"):
        resolve.interim(no, city.actor("housing"), text="已核查，通道被占。")
        first, second = stages(no)
        assert first.stopped_at == second.started_at
        assert (second.round, second.rule["stage_name"], second.due_at) == (2, "整改", play.moment("2026-11-20 17:30"))
        resolve.interim(no, city.actor("housing"), text="正在清理。")
        assert [clock.stopped_at is None for clock in stages(no)] == [False, False]
        resolve.interim(no, city.actor("housing"), text="还在清理。")
        assert len(stages(no)) == 2


def test_the_queue_says_which_stage_runs(city, boss):
    clerk = city.actor("housing")
    plain = play.to_handling(city)
    staged(city, boss)
    no = play.to_handling(city)

    def shown():
        return {row.no: row.stage for row in department_queue(clerk, "WORKING").items}

    assert shown() == {plain: None, no: "现场核查"}
    resolve.interim(no, clerk, text="已核查。")
    assert shown() == {plain: None, no: "整改"}


def test_a_reply_ends_the_stage_and_one_sent_back_begins_none(city, boss):
    staged(city, boss)
    no = play.to_replied(city)
    assert [clock.stopped_at is None for clock in stages(no)] == [False]
    play.send_back(city, no)
    resolve.interim(no, city.actor("housing"), text="补充材料。")
    assert len(stages(no)) == 1


def test_another_unit_begins_with_the_first_stage(city, boss):
    staged(city, boss)
    no = play.to_handling(city)
    resolve.interim(no, city.actor("housing"), text="已核查。")
    play.ask_return(city, no)
    play.dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
    assert all(clock.stopped_at and clock.void for clock in stages(no))
    play.send_to(city, no, "URBAN", override_reason="退单后改派")
    assert [(clock.round, clock.stopped_at is None) for clock in stages(no)] == [(1, False), (2, False), (1, True)]


def test_a_ticket_without_stages_has_none_and_one_at_work_gets_none_afterwards(city, boss):
    no = play.to_handling(city)
    staged(city, boss)
    resolve.interim(no, city.actor("housing"), text="进展。")
    assert stages(no) == []
    assert stages(play.to_handling(city, "0201", by="schools")) == []


def test_later_stages_are_of_the_same_rule_as_the_first(city, boss):
    administer.create_limit(boss, line=stage(city, 1, 1, Basis.WD, "核查", "0101"))
    staged(city, boss)
    no = play.to_handling(city)
    assert stages(no)[0].rule["stage_name"] == "核查"
    resolve.interim(no, city.actor("housing"), text="已核查。")
    assert len(stages(no)) == 1, "the rule of the matter above has a second stage, its own has not"


def test_a_stage_that_runs_out_turns_red_and_the_handling_goes_on(city, boss):
    staged(city, boss)
    no = play.to_handling(city)
    with play.at("2026-11-17 11:00"):
        supervise.sweep()
        fired = database.session.scalars(select(TicketEvent).where(TicketEvent.kind == "expired")).all()
        assert "STAGE" in {event.data["clock"] for event in fired}
        assert stages(no)[0].fired_at is not None
        resolve.interim(no, city.actor("housing"), text="晚到的核查。")
        assert stages(no)[1].stopped_at is None


def test_a_staged_clock_is_judged_anew_by_its_own_stage(city, boss):
    staged(city, boss)
    no = play.to_handling(city)
    rule = database.session.scalars(select(LimitRule).where(LimitRule.stage == 1)).one()
    administer.replace_limit(rule.id, boss, version=1, line=stage(city, 1, 30, Basis.H, "现场核查"))
    job = dues.order_limits(boss, code=ClockCode.STAGE)
    dues.run(job)
    dues.begin(job, boss)
    dues.run(job)
    clock, = stages(no)
    assert clock.due_at == clock.started_at + play.timedelta(hours=30)


@pytest.mark.parametrize(("changes", "fields"), [
    ({"stage": None}, {"stage"}), ({"stage": 10}, {"stage"}), ({"stage_name": ""}, {"stage_name"}),
    ({"category_id": None}, {"code"}), ({"code": ClockCode.SIGN}, {"stage"}),
])
def test_a_stage_that_cannot_be_is_refused(city, boss, changes, fields):
    form = vars(stage(city, 1, 24, Basis.H, "核查")) | changes
    with pytest.raises(Invalid) as refused:
        administer.create_limit(boss, line=LimitLine(**form))
    assert set(refused.value.fields) == fields


def test_two_stages_are_two_rules_and_the_same_stage_twice_is_refused(city, boss):
    staged(city, boss)
    with pytest.raises(Invalid) as refused:
        administer.create_limit(boss, line=stage(city, 2, 5, Basis.WD, "整改"))
    assert refused.value.fields == {"code": ["rule_exists"]}
    rule = database.session.scalars(select(LimitRule).where(LimitRule.stage == 2)).one()
    administer.end_limit(rule.id, boss, version=1)
    assert rule.valid_to < date(2026, 11, 16)
