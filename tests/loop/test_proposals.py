"""目录修订建议 and 派单质量: what returns teach, and how well tickets are dispatched."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import administer, dispatch
from workflows.administer import CatalogueLine
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.proposal import CatalogueProposal
from workflows.model.reference import reference
from workflows.model.settings import CatalogueRule, SettingEvent
from workflows.read import dispatching
from workflows.read.proposals import one_proposal, open_groups
from workflows.rules.passing import Threshold
from workflows.rules.vocabulary import RecallReason

MONDAY = "2026-11-16 10:00"
DAYS = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def city(db):
    return play.make_city()


def proposals(db):
    return db.session.scalars(
        select(CatalogueProposal).order_by(CatalogueProposal.id).execution_options(populate_existing=True)
    ).all()


def returned(city, to="URBAN"):
    """A complaint about property management that its unit gave back and the desk sent on."""
    no = play.to_handling(city)
    play.ask_return(city, no, to="SCHOOLS")
    dispatch.grant_return(no, city.actor("dispatcher"), opinion="同意")
    if to:
        play.send_to(city, no, to, override_reason="改派")
    return no


def test_every_granted_return_proposes_a_change_and_knows_where_the_ticket_went(db, city):
    with play.at(MONDAY):
        returned(city)
        returned(city)
        returned(city, to="")
    first, second, third = proposals(db)
    assert (first.category_id, first.from_unit_id) == (city.categories["0101"], city.units["HOUSING"])
    assert (first.suggested_unit_id, first.dispatched_unit_id) == (city.units["SCHOOLS"], city.units["URBAN"])
    assert first.rule_id is not None
    assert third.dispatched_unit_id is None
    groups = [(one.target_id, one.count, one.id) for one in open_groups()]
    assert groups == [(city.units["URBAN"], 2, second.id), (city.units["SCHOOLS"], 1, third.id)]
    assert len(one_proposal(first.id).ticket_nos) == 2


def test_taken_up_it_is_a_line_of_the_catalogue_and_all_alike_are_done_with(db, city):
    with play.at(MONDAY):
        returned(city)
        returned(city)
        returned(city, to="")
        first = proposals(db)[0]
        line = CatalogueLine(category_id=first.category_id, unit_id=city.units["URBAN"], basis="权责清单")
        with pytest.raises(NotAllowed):
            administer.accept_proposal(first.id, city.actor("dispatcher"), line=line)
        made = administer.accept_proposal(first.id, city.actor("director"), line=line, opinion="采纳").id
        route = reference().route(first.category_id, None, "COMPLAINT", enterprise=False, on=date(2026, 11, 16))
        with pytest.raises(Outdated):
            administer.reject_proposal(first.id, city.actor("director"), opinion="重复")
    assert route.unit_id == city.units["URBAN"]
    assert [(one.state, one.made_rule_id) for one in proposals(db)] == [
        ("ACCEPTED", made), ("ACCEPTED", made), ("OPEN", None)]
    subjects = db.session.scalars(select(SettingEvent.subject).where(SettingEvent.subject_id == str(made))).all()
    assert subjects == ["CATALOGUE"]


def test_the_line_that_was_wrong_ends_only_where_it_is_of_just_this_matter(db, city):
    with play.at(MONDAY):
        returned(city)
        general = proposals(db)[0]
        line = CatalogueLine(category_id=general.category_id, unit_id=city.units["URBAN"], basis="权责清单")
        with pytest.raises(Invalid) as refusal:
            administer.accept_proposal(general.id, city.actor("admin"), line=line, ends_old=True)
        assert refusal.value.fields == {"ends_old": ["no_line_of_this_matter"]}
        no = play.log(city, "0502").no
        play.send_to(city, no, "HOUSING")
        play.ask_return(city, no)
        dispatch.grant_return(no, city.actor("dispatcher"))
        own = proposals(db)[1]
        line = CatalogueLine(category_id=own.category_id, area_id=city.areas["D"], unit_id=city.units["URBAN"],
                             basis="权责清单")
        administer.accept_proposal(own.id, city.actor("admin"), line=line, ends_old=True)
    assert db.session.get(CatalogueRule, own.rule_id).valid_to == date(2026, 11, 15)


def test_set_aside_it_says_why_and_the_catalogue_stays(db, city):
    with play.at(MONDAY):
        returned(city)
        before = db.session.scalars(select(CatalogueRule.id)).all()
        key = proposals(db)[0].id
        with pytest.raises(Invalid):
            administer.reject_proposal(key, city.actor("director"), opinion="")
        administer.reject_proposal(key, city.actor("director"), opinion="个案，不改目录")
    assert (proposals(db)[0].state, proposals(db)[0].opinion) == ("REJECTED", "个案，不改目录")
    assert db.session.scalars(select(CatalogueRule.id)).all() == before
    assert open_groups() == ()


def test_dispatch_is_counted_by_what_came_back_and_who_sent_it(city):
    with play.at(MONDAY):
        play.to_handling(city)
        returned(city)
        no = play.log(city, "0502").no
        with pytest.raises(NotNow) as refusal:
            play.send_to(city, no, "EAST", override_reason="就近")
        assert refusal.value.code == "grassroots_not_allowed"
        dispatch.dispatch(no, city.actor("supervisor"), unit_id=city.units["EAST"], override_reason="街道已在处置")
        kept = play.to_handling(city)
        play.ask_return(city, kept)
        dispatch.refuse_return(kept, city.actor("dispatcher"), opinion="属你局职责")
        wrong = play.log(city, "0502").no
        play.send_to(city, wrong, "URBAN")
        dispatch.recall(wrong, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        supervisor = city.actor("supervisor")
        found = dispatching.quality(supervisor, *DAYS)
        worst = dispatching.worst_categories(supervisor, *DAYS)
        people = {line.name: line for line in dispatching.by_dispatcher(supervisor, *DAYS)}
    assert (found.right_first.part, found.right_first.whole, found.right_first.percent) == (3, 5, 60.0)
    assert (found.mean_hops, found.many_units) == (1.2, 0)
    assert {(line.category_id, line.given_back.part, line.given_back.whole) for line in worst} == {
        (city.categories["0101"], 1, 4), (city.categories["0502"], 1, 2)}
    assert (people["督办员"].dumped, people["派单员"].dumped, people["派单员"].recalled) == (1, 0, 1)


def test_a_raised_ticket_stands_on_the_board(city):
    with play.at(MONDAY):
        no = play.log(city).no
        for unit in ("URBAN", "SCHOOLS"):
            dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
            play.send_to(city, no, unit, override_reason="改派")
        assert dispatching.raised(city.actor("supervisor")).items == ()
        dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)
        [row] = dispatching.raised(city.actor("supervisor")).items
        assert (row.no, row.escalation_level, row.hops) == (no, 2, 3)
        assert dispatching.raised(city.actor("water")).items == ()


def test_thresholds_are_settings_with_a_history(db, city):
    director = city.actor("director")
    with play.at(MONDAY):
        with pytest.raises(NotAllowed):
            administer.change_threshold(city.actor("supervisor"), code=Threshold.CONFER_RETURNS, version=1, amount=1,
                                        source="区办法")
        administer.change_threshold(director, code=Threshold.CONFER_RETURNS, version=1, amount=1, source="区办法")
        with pytest.raises(Outdated):
            administer.change_threshold(director, code=Threshold.CONFER_RETURNS, version=1, amount=3, source="区办法")
        no = returned(city, to="")
        with pytest.raises(NotNow) as refusal:
            play.send_to(city, no, "URBAN", override_reason="改派")
    assert refusal.value.code == "confer_first"
    [change] = db.session.scalars(select(SettingEvent).where(SettingEvent.subject == "THRESHOLD")).all()
    assert (change.before["amount"], change.after["amount"]) == (2, 1)
