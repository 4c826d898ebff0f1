"""Overdue, figures and on-time verdicts on requests of two cities, against counts by hand from their files.

On made-up files of a few lines, whose counts are written here; and on a slice of the real ones, where they are.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from bench import place, settled, town, us311, us311_load, us311_recount
from hotline import database as migrations
from tests.conftest import environment
from tests.database import Database

REAL = place.DATA / "us311"
#: A day on which some of these were overdue.
MIDDLE = date(2023, 11, 30)
MOVED = "UPDATE clock SET fired_at = NULL, due_at = due_at + %s::interval WHERE code = 'HANDLING' AND ticket_id = %s"
REQUESTS = """\
unique_key,account,opendate,closedate,complaint_type,descriptor,borough
A1,East,2023-11-01,2023-11-08,Finance,,
A2,East,2023-11-01,2023-11-09,Finance,,
A3,West,2023-11-22,,Finance,,
A4,West,2023-11-21,2023-12-04,Finance,,
A5,West,2023-11-01,,Housing and Buildings,,
A6,East,2023-12-30,2023-12-30,,,
A6,East,2023-12-30,,,,
"""
CASES = """\
case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,department,type
in-time,2022-03-01 10:00:00,2022-03-04 08:30:00,2022-03-04 08:30:00,ONTIME,Closed,Works,Light
late,2022-03-01 10:00:00,2022-03-04 08:30:00,2022-03-04 08:30:01,OVERDUE,Closed,Works,Light
open-late,2022-03-01 10:00:00,2022-03-05 08:30:00,,OVERDUE,Open,Works,Light
open-free,2022-03-01 10:00:00,,,ONTIME,Open,Works,Light
free,2022-03-01 10:00:00,,2022-03-01 11:00:00,ONTIME,Closed,Works,Light
wrong,2022-03-01 10:00:00,2022-03-04 08:30:00,2022-03-02 08:30:01,OVERDUE,Closed,Works,Light
"""


@pytest.fixture(scope="module")
def environ(servers: dict[str, str], redis_url: str, worker_number: int) -> Iterator[dict[str, str]]:
    """A database of its own with the town in it."""
    made = Database(servers["HOTLINE_TEST_DATABASE_URL"], f"hotline_test_us311_{worker_number}")
    known = environment(made, redis_url) | {place.ADMIN: made.admin_url}
    with place.opened(known):
        migrations.upgrade()
        town.found()
    yield known
    made.drop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / us311_recount.NEW_YORK, "wt") as made:
        made.write(REQUESTS)
    (tmp_path / us311_recount.BOSTON).write_text(CASES)
    return tmp_path


def test_the_count_by_hand_is_what_somebody_would_count(folder):
    day = MIDDLE
    lines = us311_recount.overdue_lines(us311_recount.new_york(folder, day), day)
    # A3 and A4 have five working days, A5 has fifteen; 30 November is worked
    assert lines == {("A3", "West", date(2023, 11, 29), 1): 1, ("A4", "West", date(2023, 11, 28), 2): 1,
                     ("A5", "West", date(2023, 11, 22), 6): 1}
    assert us311_recount.ages(lines) == {("West", "UP_TO_1"): 1, ("West", "UP_TO_3"): 1, ("West", "UP_TO_10"): 1}
    last = date(2023, 12, 30)
    found = us311_recount.figures(us311_recount.new_york(folder, last), last)
    assert found["2023-11", "East", "ON_TIME"] == (1, 2)
    assert found["2023-11", "East", "MINUTES"] == (13 * 420 - 2 * 30, 2)
    assert found["2023-11", "", "OVERDUE"] == (4, 5)
    assert found["2023-11", "", "CLOSED_OF_DUE"] == (3, 5)
    assert found["2023-12", "", "CLOSED"] == (2, 2)
    # on Saturday 30 December two come and one is answered; they are due on 8 January
    assert found["2023-12", "East", "CLOSED_OF_DISPATCHED"] == (1, 2)
    assert found["2024-01", "East", "ON_TIME"] == (1, 1)


def test_product_and_hand_agree_and_a_due_that_is_moved_is_noticed(folder, environ):
    found = us311.new_york(environ, folder, busy=MIDDLE)
    assert found == {
        "tickets": 7, "overdue_lines": 6 + 3, "overdue_2023-11-30": 3, "overdue_2023-12-30": 2,
        "overdue_differences": 0, "figure_lines": 40, "figure_differences": 0,
        "recount_differences": 0,
    }
    last = date(2023, 12, 30)
    with psycopg.connect(environ[place.ADMIN], autocommit=True) as admin:
        assert {what: n for what, sql in settled.NEVER.items() if (n := admin.execute(sql).fetchone()[0])} == {}
        admin.execute(MOVED, ["1 day", 3])
    with place.opened(environ):
        assert us311.compare_overdue(folder, last, 1)["differences"] == 2
        assert us311.compare_figures(folder, date(2023, 11, 1), last, 1)["differences"] == 0
    with psycopg.connect(environ[place.ADMIN], autocommit=True) as admin:
        admin.execute(MOVED, ["-9 days", 1])
    with place.opened(environ):
        # East and the whole, in time and late, each counted otherwise
        assert us311.compare_figures(folder, date(2023, 11, 1), last, 1)["differences"] > 8


def test_a_flag_that_is_not_ours_has_a_cause(folder, environ):
    assert us311.boston(environ, folder) == {
        "boston_cases": 6, "boston_closed": 4, "boston_agree": 4,
        "boston_disagree": {"no_target": 1, "flag_contradicts_its_times": 1}, "boston_flags_contradicted": 1,
        "recount_differences": 0,
    }


@pytest.mark.parametrize(("target", "closed", "status", "flag", "cause"), [
    ("2022-03-04 08:30:00", "2022-03-04 08:30:00", "Closed", "ONTIME", "closed_the_second_it_was_due"),
    ("2022-03-04 08:30:00", "2022-03-03 08:30:00", "Open", "ONTIME", "status_contradicts_its_times"),
    ("2022-03-04 08:30:00", "2022-03-03 08:30:00", "Closed", "ONTIME", "unexplained"),
    # between the two the clocks are put forward: what is written as 02:30 was never shown
    ("2022-03-13 03:10:00", "2022-03-13 02:30:00", "Closed", "ONTIME", "clock_change"),
])
def test_causes_are_told_apart(target, closed, status, flag, cause):
    assert us311_recount.Flagged("1", target, closed, status, flag).cause("2022-05-01 00:00:00") == cause


@pytest.fixture
def real() -> Path:
    if not REAL.exists():
        pytest.skip("the real data are not here: set HOTLINE_SHARED_DATA")
    return REAL


@pytest.mark.data
def test_every_line_of_real_requests_equals_the_count_by_hand(environ, real):
    found = us311.new_york(environ, real, us311.TICKETS // 5_000)
    assert found["tickets"] >= 5_000
    assert found["overdue_lines"] > 300
    assert found["figure_lines"] > 10_000
    assert {what: n for what, n in found.items() if what.endswith("_differences")} == {
        "overdue_differences": 0, "figure_differences": 0, "recount_differences": 0}


@pytest.mark.data
def test_real_flags_are_ours_where_the_city_named_a_target(environ, real):
    found = us311.boston(environ, real)
    without = sum(bool(case.closed and not case.target) for case in us311_recount.boston(real))
    assert found["boston_agree"] + without == found["boston_cases"] == len(us311_load.boston(real))
    assert set(found["boston_disagree"]) <= {"no_target"}
    assert (found["boston_flags_contradicted"], found["recount_differences"]) == (0, 0)
