"""A due that depends on days not yet official says so wherever it is read, until the notice is imported."""

from __future__ import annotations

from datetime import date

import pytest

from tests import builders as play
from workflows import administer
from workflows.administer import DayRow, LimitLine
from workflows.model.reference import reference
from workflows.read.tickets import ticket_page
from workflows.rules.calendar import Basis, DayKind
from workflows.rules.limits import ClockCode


@pytest.fixture
def city(db):
    return play.make_city()


def handling(city, no):
    return ticket_page(no, city.actor("housing")).clock("HANDLING")


def test_a_due_in_a_year_without_notice_is_provisional_until_it_is_imported(city):
    with play.at("2026-12-28 10:00"):
        no = play.to_handling(city)
        assert handling(city, no).due_at > play.moment("2027-01-01 00:00")
        assert handling(city, no).provisional
        boss = city.actor("admin")
        rows = [DayRow(date(2027, 1, 1), DayKind.OFFDAY, "元旦")]
        plan = administer.plan_year(2027, rows)
        administer.import_year(boss, year=2027, rows=rows, source="通知", seen=plan.seen)
        assert not handling(city, no).provisional


def test_a_due_in_an_official_year_and_one_counted_in_hours_are_not(city):
    with play.at("2026-12-01 10:00"):
        assert not handling(city, play.to_handling(city)).provisional
    with play.at("2026-12-31 16:00"):
        administer.create_limit(city.actor("admin"), line=LimitLine(
            ClockCode.HANDLING, 48, Basis.H, "按小时", category_id=city.categories["01"]))
        no = play.to_handling(city)
        assert handling(city, no).due_at > play.moment("2027-01-01 00:00")
        assert not handling(city, no).provisional


def test_a_stopped_clock_is_what_it_is(city):
    with play.at("2026-12-28 10:00"):
        no = play.to_replied(city)
        assert not handling(city, no).provisional


@pytest.mark.parametrize(("day", "year"), [
    (date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2027, 1, 1), 2027), (date(2027, 6, 1), 2027),
    (date(2031, 6, 1), 2031),
])
def test_the_year_to_see_to_is_named_from_november_on(city, day, year):
    assert reference().uncertain_year(day) == year


def test_a_year_nothing_is_known_of_counts_by_weekdays_and_never_raises(city):
    with play.at("2035-09-28 10:00"):
        no = play.to_handling(city)
        clock = handling(city, no)
        assert clock.due_at == play.moment("2035-10-05 17:30")
        assert clock.provisional
