"""One rule of whose eyes: every list, page, search, likeness, board, figure and count shows the same tickets."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests import builders as play
from workflows import share, supervise, upkeep
from workflows.errors import Unknown
from workflows.read import bulletin, cockpit, profile
from workflows.read.agents import SEES_ALL, agents
from workflows.read.fates import Fate
from workflows.read.figures import Part, figures, tickets_behind
from workflows.read.overdue import ageing, due_soon, due_soon_counts, overdue
from workflows.read.queues import (
    DEPARTMENT_TABS,
    TicketFilter,
    all_tickets,
    department_counts,
    department_queue,
    desk_recent,
)
from workflows.read.search import search, similar
from workflows.read.tickets import ticket_page
from workflows.rules.indicators import Figure

PERIOD = (date(2026, 11, 1), date(2026, 11, 30))
SEES = {
    **dict.fromkeys(("agent", "agent2", "shift", "dispatcher", "supervisor", "reviewer", "callback", "director",
                     "leader", "discipline"),
                    frozenset({"housing", "kept", "given", "school", "east", "water", "shared", "below", "nobody"})),
    "coordinator": {"housing", "kept", "given", "school", "east", "water", "shared", "below"},
    "housing": {"housing", "kept", "given", "shared"},
    "housing_lead": {"housing", "kept", "given", "shared"},
    "urban": {"given", "shared"},
    "schools": {"school", "below"},
    "east": {"east"},
    "west": set(),
    "water": {"water", "shared"},
    "admin": set(),
    "auditor": set(),
}


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def stock(db, city):
    """A ticket for every unit but one; one given from unit to unit, one shared, one handed down, one that has none.

    All say the same.
    """
    with play.at("2026-11-09 10:00"):
        found = {
            "housing": play.to_closed(city),
            "kept": play.to_handling(city),
            "given": play.to_handling(city),
            "school": play.log(city, "0201").no,
            "east": play.log(city, "0501", "D-E").no,
            "water": play.log(city, "0601", **play.WITHHELD).no,
            "shared": play.log(city, "0502", **play.WITHHELD).no,
            "below": play.log(city, "99").no,
            "nobody": play.log(city, "99").no,
        }
        play.ask_return(city, found["given"])
        play.dispatch.grant_return(found["given"], city.actor("dispatcher"))
        play.send_to(city, found["given"], "URBAN", override_reason="退单建议")
        play.send_to(city, found["shared"], "HOUSING", co_units=[city.units["URBAN"]],
                     copy_units=[city.units["WATER"]])
        play.send_to(city, found["below"], "DISTRICT")
        play.sign(city, found["below"], "coordinator")
        share.delegate(found["below"], city.actor("coordinator"), unit_id=city.units["SCHOOLS"])
        upkeep.index_texts()
    with play.at("2026-11-18 10:00"):
        supervise.sweep()
        yield found


def test_there_is_an_answer_for_every_person():
    assert set(SEES) == set(play.PEOPLE)


def opens(no, actor):
    try:
        return ticket_page(no, actor).ticket.no == no
    except Unknown:
        return False


# all people in one test: making the tickets anew for each would take longer than all the questions
def test_every_way_to_a_ticket_shows_the_same(db, city, stock):
    names = {no: name for name, no in stock.items()}
    for who, sees in SEES.items():
        ask(city.actor(who), who, sees, stock, names)


def ask(actor, who, sees, stock, names):
    def seen(rows):
        return {names[row.no] for row in rows}

    assert {name for name, no in stock.items() if opens(no, actor)} == sees, who
    assert seen(all_tickets(actor).items) == sees
    assert seen(search(actor, "电梯").items) == sees
    assert {name for name, no in stock.items() if search(actor, no).items} == sees
    assert seen(similar(actor, title="电梯停运三天无人修", content="小区三号楼电梯停运三天")) <= sees - {"housing"}
    assert seen(desk_recent(actor)) == (sees if who == "agent" else set())
    assert seen([*overdue(actor).items, *due_soon(actor, days=3).items]) <= sees
    for figure in Figure:
        assert seen(tickets_behind(actor, figure, Part.DENOMINATOR, *PERIOD)) <= sees
    assert seen(all_tickets(actor, TicketFilter(counted=True)).items) <= sees


def test_every_count_is_the_length_of_its_list(db, city, stock):
    for who in SEES:
        count(city.actor(who))
        report(city, city.actor(who))


def report(city, actor):
    """What the reports count, and the requests behind their numbers."""
    def listed(**asked):
        return len(all_tickets(actor, TicketFilter(counted=True, **asked)).items)

    came = bulletin.intake_of(actor, *PERIOD)
    assert came.total == listed() == cockpit.cockpit(actor).days.total
    assert [came.direct, came.dispatched] == [listed(fate=Fate.DIRECT), listed(fate=Fate.DISPATCHED)]
    for code in ("D", "D-E"):
        there = profile.profile(actor, city.areas[code], *PERIOD)
        assert there.intake.total == sum(there.months.values()) == listed(area_id=city.areas[code])
    if actor.has(SEES_ALL):
        assert sum(line.taken for line in agents(actor, *PERIOD)) == listed()


def count(actor):
    counts = department_counts(actor)
    assert counts == {tab: len(department_queue(actor, tab).items) for tab in DEPARTMENT_TABS}
    assert sum(line.total for line in ageing(actor)) == len(overdue(actor).items)
    assert due_soon_counts(actor) == {days: len(due_soon(actor, days=days).items) for days in (1, 2, 3)}
    total = figures(actor, *PERIOD)[0]
    for figure in Figure:
        behind = tickets_behind(actor, figure, Part.DENOMINATOR, *PERIOD)
        assert len(behind) == total.ratios[figure].denominator
        assert sum((row.hit for row in behind), Fraction(0)) == total.ratios[figure].numerator


def test_no_list_carries_a_caller_to_those_who_only_handle_or_read(db, city, stock):
    for who in ("housing", "urban", "water", "coordinator", "leader", "discipline"):
        actor = city.actor(who)
        shown = [
            all_tickets(actor), search(actor, "电梯"), similar(actor, title="电梯停运三天"), overdue(actor),
            *(department_queue(actor, tab) for tab in DEPARTMENT_TABS), figures(actor, *PERIOD),
            tickets_behind(actor, Figure.ON_TIME, Part.DENOMINATOR, *PERIOD), cockpit.cockpit(actor),
            cockpit.mine(actor), profile.profile(actor, city.areas["D"], *PERIOD), agents(actor, *PERIOD),
        ]
        for said in ("小满", "林**", "138****"):
            assert said not in repr(shown), who
