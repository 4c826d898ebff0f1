"""Moments and due dates in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask, g

from hotline.times import ago, due_in_words, duration, local, local_day
from workflows.rules.calendar import Calendar

OFFICE = Calendar(blocks=((time(9), time(12)), (time(13, 30), time(17, 30))))
ROUND_THE_CLOCK = Calendar(blocks=((time(0), time(0)),), all_days=True)


@pytest.fixture(autouse=True)
def reader(app: Flask) -> Iterator[None]:
    """A request, since words are in its reader's language."""
    with app.test_request_context("/"):
        yield


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in the city; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(("now", "due", "words", "tone"), [
    ((23, 9), (25, 12), "剩 2 工作日 3 小时", "good"),
    ((23, 16), (24, 10), "剩 2 小时 30 分钟", "good"),
    ((23, 9), (23, 9, 20), "剩 20 分钟", "good"),
    ((20, 17), (23, 9, 30), "剩 1 小时", "good"),           # over a weekend
    ((21, 10), (21, 20), "剩 10 小时", "good"),             # only closed hours between: by the wall clock
    ((23, 10), (23, 10), "剩 1 分钟", "good"),
    ((24, 9), (20, 17, 30), "超期 1 工作日", "bad"),
    ((23, 10), (23, 9, 30), "超期 30 分钟", "bad"),
    ((21, 10), (20, 17, 30), "超期 16 小时", "bad"),         # overdue, though no working time has passed since
])
def test_due_dates_are_told_in_working_time(now: tuple, due: tuple, words: str, tone: str) -> None:
    told = due_in_words(at(*due), calendar=OFFICE, at=at(*now))
    assert (told.words, told.tone) == (words, tone)


def test_units_on_duty_all_day_count_plain_days() -> None:
    assert due_in_words(at(25, 12), calendar=ROUND_THE_CLOCK, at=at(23, 9)).words == "剩 2 天 3 小时"


def test_yellow_begins_at_the_warning_and_red_after_the_due_date() -> None:
    tones = [
        due_in_words(at(24, 12), warn_at=at(23, 12), calendar=OFFICE, at=now).tone
        for now in (at(23, 11, 59), at(23, 12), at(24, 12), at(24, 12, 1))
    ]
    assert tones == ["good", "warn", "warn", "bad"]


def test_a_stopped_clock_tells_whether_it_stopped_in_time() -> None:
    assert due_in_words(at(24, 12), stopped_at=at(24, 12)).words == "按时"
    assert due_in_words(at(24, 12), stopped_at=at(24, 12, 1)).words == "超期完成"
    assert due_in_words(None) is None


def test_moments_are_shown_in_the_citys_time() -> None:
    moment = datetime(2026, 11, 22, 18, 5, 9, tzinfo=UTC)
    assert local(moment) == "11-23 02:05"
    assert local(moment, "full") == "2026-11-23 02:05"
    assert local(moment, "long") == "2026-11-23 02:05:09"
    assert local(moment, "input") == "2026-11-23T02:05"
    assert (local(None), local_day(None)) == ("", "")
    assert (local_day(moment), local_day(date(2026, 11, 23))) == ("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(("passed", "words"), [
    (timedelta(seconds=20), "刚刚"), (timedelta(minutes=5), "5 分钟前"), (timedelta(hours=47), "47 小时前"),
    (timedelta(days=3), "3 天前"),
])
def test_how_long_ago(passed: timedelta, words: str) -> None:
    g.moment = at(23, 12)
    assert ago(at(23, 12) - passed) == words


def test_lengths_of_time() -> None:
    assert [duration(s) for s in (None, 0, 90, 7200, 400_000)] == ["", "1 分钟", "1 分钟", "2 小时", "4 天"]
