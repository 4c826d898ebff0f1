"""The seeded calendar against the State Council's notices for 2025 and 2026, written out by hand."""

from collections import Counter
from datetime import date, timedelta

import pytest

from hotline.seed.calendar import calendar_days
from tests.rules.official import OFFICE_BLOCKS, at
from workflows.rules.calendar import Basis, Calendar, due, is_provisional

ROWS = list(calendar_days())
BY_DATE = {row["date"]: row for row in ROWS}

MAKE_UP_DAYS = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
WEEKDAY_HOLIDAYS = {
    2025: ["01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04", "04-04", "05-01", "05-02", "05-05",
           "06-02", "10-01", "10-02", "10-03", "10-06", "10-07", "10-08"],
    2026: ["01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04",
           "05-05", "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07"],
}  # fmt: skip


def test_every_day_from_2004_through_2027_has_one_row_in_order():
    assert [row["date"] for row in ROWS] == [date(2004, 1, 1) + timedelta(days=n) for n in range(8766)]
    assert ROWS[-1]["date"] == date(2027, 12, 31)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_year_is_as_the_notice_says(year):
    days = [row for row in ROWS if row["date"].year == year]
    worked = [row["date"] for row in days if row["kind"] == "WORKDAY"]
    off = [row["date"] for row in days if row["kind"] == "OFFDAY"]
    assert len(worked) == 248
    assert [f"{day:%m-%d}" for day in worked if day.weekday() >= 5] == MAKE_UP_DAYS[year]
    assert [f"{day:%m-%d}" for day in off if day.weekday() < 5] == WEEKDAY_HOLIDAYS[year]


def test_holidays_and_make_up_days_are_named_in_chinese_and_ordinary_days_are_not():
    dates = ("2026-10-01", "2026-10-10", "2026-10-17", "2026-10-19", "2015-09-03", "2027-02-06")
    names = {text: BY_DATE[date.fromisoformat(text)]["name"] for text in dates}
    assert names == {
        "2026-10-01": "国庆节", "2026-10-10": "国庆节调休上班", "2026-10-17": "", "2026-10-19": "",
        "2015-09-03": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日", "2027-02-06": "春节",
    }  # fmt: skip


def test_only_the_year_without_a_notice_is_provisional():
    assert Counter(row["date"].year for row in ROWS if row["provisional"]) == {2027: 365}
    assert {row["source"] for row in ROWS if not row["provisional"]} == {"国务院办公厅通知"}
    assert "推算" in BY_DATE[date(2027, 3, 1)]["source"]


def test_the_projected_year_has_its_statutory_holidays_and_plain_weekends():
    days = [row for row in ROWS if row["date"].year == 2027]
    off = [f"{row['date']:%m-%d}" for row in days if row["kind"] == "OFFDAY" and row["date"].weekday() < 5]
    assert off == ["01-01", "02-05", "02-08", "02-09", "02-10", "04-05", "05-03", "05-04", "06-09", "09-15",
                   "10-01", "10-04", "10-05"]  # fmt: skip
    assert not [row for row in days if row["kind"] == "WORKDAY" and row["date"].weekday() >= 5]


def test_a_calendar_made_from_the_rows_counts_across_the_new_year_and_marks_it():
    rows = ((row["date"], row["kind"], row["provisional"]) for row in ROWS)
    calendar = Calendar.from_days(rows, OFFICE_BLOCKS, version=1)
    start = at("2026-12-30 10:00")
    answer = due(calendar, start, Basis.WD, 2)
    assert answer == at("2027-01-04 17:30")
    assert is_provisional(calendar, start, answer)
    assert not is_provisional(calendar, at("2026-02-13 16:00"), due(calendar, at("2026-02-13 16:00"), Basis.WD, 5))
