"""运行通报 told in the morning: the day before, on Mondays the week, on the first the month; numbers alone, once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import builders as play
from workflows import delivery, jobs, outbox, upkeep
from workflows.delivery.bulletins import periods
from workflows.model import leaps
from workflows.model.outbox import Notice, Outbox


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.mark.parametrize(("day", "told"), [
    (date(2026, 11, 18), [(17, 17)]),
    (date(2026, 11, 16), [(15, 15), (9, 15)]),
    (date(2026, 12, 1), [(30, 30), (1, 30)]),
])
def test_a_day_tells_what_ended_before_it(day, told):
    assert [(first.day, last.day) for first, last in periods(day)] == told


def test_supervisors_director_and_leaders_are_told_once_with_numbers_and_no_words_of_callers(db, city):
    with play.at("2026-11-17 10:00"):
        play.log(city, content="我家漏水，电话13800138000")
    with play.at("2026-11-18 07:30"):
        assert jobs.tell_bulletins() == delivery.tell_bulletins() > 0
        outbox.relay_notices()
        rows = db.session.scalars(select(Notice).where(Notice.kind == "bulletin")).all()
        assert {row.role for row in rows} >= {"SUPERVISOR", "HOTLINE_DIR"}
        assert len({(row.role, row.unit_id) for row in rows}) == len(rows)
        assert all(row.data["total"] == 1 and "13800138000" not in str(row.data) for row in rows)
    assert db.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.key.like("bulletin:%"))) == len(rows)


def test_a_clock_that_leapt_tells_no_bulletin_before_somebody_has_looked(db, city):
    upkeep.sign_of_life(leaps.HELD)
    assert delivery.tell_bulletins() == 0
    assert db.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.key.like("bulletin:%"))) == 0
