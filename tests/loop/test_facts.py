"""日事实: what is kept of every day is what its tickets say, whatever becomes of them, and whoever looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from tests import builders as play
from workflows import collect, dispatch, facts, merge, supervise
from workflows.model.fact import FactSpan, FigureFact
from workflows.read import facts as kept
from workflows.read.figures import figures
from workflows.read.intake import intake_of
from workflows.read.periods import Period
from workflows.read.recount import recount
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM
from workflows.rules.satisfaction import AttemptResult
from workflows.rules.tallying import GRACE

FIRST, LAST = date(2026, 10, 1), date(2026, 11, 30)
PERIOD = Period(FIRST, LAST)


@pytest.fixture
def city(db):
    return play.make_city()


def from_tickets(actor, first=FIRST, last=LAST):
    """The same questions with nothing kept."""
    found = kept.kept_of
    try:
        kept.kept_of = lambda period, **_: (kept.Kept(), [period])
        return figures(actor, first, last), intake_of(actor, first, last)
    finally:
        kept.kept_of = found


def agree(city, *seats):
    """Whether facts and tickets say the same, for whoever looks."""
    for actor in (SYSTEM, *(city.actor(seat) for seat in seats)):
        lines, came = from_tickets(actor)
        assert rounded(figures(actor, FIRST, LAST, exact=True)) == rounded(lines)
        assert intake_of(actor, FIRST, LAST) == came
    assert recount(FIRST, LAST) == []


def rounded(lines):
    """Means of working days as they are shown: parts of them were added up in another order."""
    return [replace(line, handling=line.handling.mean) for line in lines]


def used(exact=True):
    return kept.kept_of(PERIOD, exact=exact)[0]


@pytest.fixture
def played(city):
    """Weeks of work, the facts kept after each of them: answers, re-handling, returns, lateness, merging."""
    with play.at("2026-10-08 10:00"):
        facts.keep_facts()
        first = play.to_callback(city)
        play.to_callback(city, kind=play.Kind.CONSULT)
        collect.answer(play.request(city, kind=play.Kind.CONSULT), city.actor("agent"), play.ARTICLE)
        late = play.to_handling(city)
        play.contact(city, late)
        master = play.log(city).no
        facts.keep_facts()
    with play.at("2026-10-12 10:00"):
        play.ring(city, first, rework=True, **play.UNHAPPY)
        returned = play.log(city, "0501", "D-E-1").no
        play.ask_return(city, returned, by="east", to="URBAN")
        merge.merge(play.log(city, phone="13900000077").no, city.actor("supervisor"), master=master, note="同一事项")
        facts.keep_facts()
    with play.at("2026-10-20 10:00"):
        supervise.sweep()
        dispatch.grant_return(returned, city.actor("dispatcher"), opinion="同意")
        facts.keep_facts()
    with play.at("2026-11-03 10:00"):
        play.to_callback(city)  # of the same caller
        silent = play.to_callback(city, phone="13900000078")
        play.ring(city, silent, result=AttemptResult.NO_ANSWER)
        facts.keep_facts()
        yield late


def test_what_is_kept_is_what_the_tickets_say(city, played):
    with play.at("2026-11-03 10:00"):
        assert used().months == (Period(FIRST, date(2026, 10, 31)),)
        assert date(2026, 11, 2) in used().days
        agree(city, "supervisor", "housing", "east")


def test_days_pass_and_what_is_kept_keeps_up(city, played):
    with play.at("2026-11-04 00:30"):
        # yesterday was counted while clocks could still pass their dues
        assert date(2026, 11, 3) not in used().days
        agree(city)
        facts.keep_facts()
        assert date(2026, 11, 3) in used().days
        agree(city)
    with play.at("2026-11-11 12:00"):
        # whether the calls of the 3rd helped comes to be known today
        facts.keep_facts()
        agree(city)
        assert date(2026, 11, 2) in used().days


def test_what_was_not_read_yet_is_counted_from_its_tickets_where_it_must_be_exact(city, played):
    with play.at("2026-11-03 10:02"):
        before = figures(SYSTEM, FIRST, LAST)
        play.reply(city, played)
        assert figures(SYSTEM, FIRST, LAST) == before
        agree(city)
        assert kept.as_of(PERIOD) <= play.now()
    with play.at("2026-11-03 10:30"):
        # nobody keeps the facts any more: the tickets themselves are counted
        assert used(exact=False).spans == ()
        assert figures(SYSTEM, FIRST, LAST) == from_tickets(SYSTEM)[0]


def test_a_pass_may_run_twice_and_be_cut_off(city, played, monkeypatch):
    with play.at("2026-11-03 10:30"):
        play.reply(city, played)

        def cut_off(*_):
            raise RuntimeError("cut off")

        with monkeypatch.context() as patched:
            patched.setattr(facts, "_came", cut_off)
            with pytest.raises(RuntimeError):
                facts.keep_facts()
        agree(city)
        facts.keep_facts()
        rows = facts.db.session.scalars(select(FigureFact.numerator)).all()
        agree(city)
        assert facts.keep_facts() == 0
        assert facts.db.session.scalars(select(FigureFact.numerator)).all() == rows


def test_who_commits_late_is_read_all_the_same(city, played):
    with play.at("2026-11-03 10:30"), facts.db.engine.connect() as other:
        ticket = facts.db.session.execute(text("SELECT id, lead_assignment_id FROM ticket WHERE no = :no"),
                                          {"no": played}).one()
        other.execute(text("SELECT pg_current_xact_id()"))
        number = other.scalar(text("SELECT nextval(pg_get_serial_sequence('ticket_event', 'id'))"))
        play.log(city)  # a higher number, and earlier there
        facts.keep_facts()
        assert facts.db.session.scalar(text("SELECT done_id < :number FROM fact_cursor"), {"number": number})
        other.execute(text("UPDATE assignment SET suspension_count = 1 WHERE id = :id"),
                      {"id": ticket.lead_assignment_id})
        other.execute(text(
            "INSERT INTO ticket_event (id, at, ticket_id, kind, actor_name, actor_role, note)"
            " OVERRIDING SYSTEM VALUE VALUES (:id, hotline_now(), :ticket, 'suspend', '', 'SYSTEM', '')"),
            {"id": number, "ticket": ticket.id})
        other.commit()
    with play.at("2026-11-03 10:40"):
        facts.keep_facts()
        assert not facts.db.session.scalar(text("SELECT done_id < :number FROM fact_cursor"), {"number": number})
        lines, _ = from_tickets(SYSTEM)
        assert rounded(figures(SYSTEM, FIRST, LAST, exact=True)) == rounded(lines)
        assert lines[0].ratios[Figure.SUSPENSION].numerator == 1
        assert date(2026, 10, 8) not in {day for day in PERIOD.days if day not in used().days and not used().months}


def test_a_fact_somebody_changed_is_found_and_counted_anew(city, played):
    with play.at("2026-11-03 10:30"):
        facts.keep_facts()
        facts.db.session.execute(text("UPDATE figure_fact SET numerator = numerator + 1 WHERE line = 'ON_TIME'"))
        facts.db.session.commit()
        assert {one.figure for one in recount(FIRST, LAST)} == {Figure.ON_TIME}
        facts.forget(PERIOD)
    with play.at("2026-11-03 10:40"):
        facts.keep_facts()
        agree(city)


def test_what_was_there_before_the_first_pass_is_counted(city):
    with play.at("2026-10-08 10:00"):
        play.ring(city, play.to_callback(city))
    with play.at("2026-11-03 10:00"):
        assert facts.keep_facts() == 34, "from the first of the month, so that the month is whole"
        assert facts.db.session.scalar(select(FactSpan.first_day).order_by(FactSpan.first_day)) == date(2026, 10, 1)
        agree(city)


def test_definitions_that_change_have_everything_counted_anew(city, played, monkeypatch):
    with play.at("2026-11-03 10:30"):
        facts.keep_facts()
        for module in (facts, kept):
            monkeypatch.setattr(module, "FORMULA_VERSION", "2099.1")
        assert used().spans == ()
    with play.at("2026-11-03 10:40"):
        assert facts.keep_facts() == 34
        assert used().spans


def test_the_pass_keeps_within_its_time(city):
    with play.at("2026-06-01 10:00"):
        play.log(city)
    with play.at("2026-11-03 10:00"):
        assert facts.keep_facts(longest=0) == facts.DAYS
        assert facts.keep_facts() == 156 - facts.DAYS
        assert GRACE > facts.REST
