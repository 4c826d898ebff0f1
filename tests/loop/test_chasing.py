"""Pressing: one ticket, or many in a batch that can be stopped, taken up again and read afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import builders as play
from tests.builders import City
from workflows import supervise
from workflows.engine.long_work import ABANDONED, JobState
from workflows.errors import Invalid, NotAllowed, NotNow
from workflows.model.base import db as database
from workflows.model.base import now, transaction
from workflows.model.ticket import Ticket, Urge
from workflows.model.work import Job
from workflows.rules.vocabulary import ChaseWay
from workflows.supervise import chasing

DAY = "2026-11-16 10:00"


@pytest.fixture
def city(db) -> City:
    return play.make_city()


def ordered(city: City, tickets: list[str], **more: object) -> int:
    return chasing.order_batch(city.actor("supervisor"), tickets=tickets, way=ChaseWay.PHONE, note="请今日反馈", **more)


def pressed() -> dict[str, int]:
    """Ticket → how often it was pressed for."""
    rows = database.session.execute(
        select(Ticket.no, func.count(Urge.id)).join(Urge, Urge.ticket_id == Ticket.id).group_by(Ticket.no)
    )
    return dict(rows.all())


def test_a_batch_presses_each_ticket_once_and_says_whom_it_did_not_reach(db, city) -> None:
    with play.at(DAY):
        open_ones = [play.to_handling(city) for _ in range(3)]
        over = play.to_closed(city)
        job_id = ordered(city, [*open_ones, over, open_ones[0]])
        assert chasing.run_batch(job_id)
    job = chasing.find_batch(job_id)
    assert (job.state, job.done, job.rejected) == (JobState.DONE, 4, 1)
    assert pressed() == dict.fromkeys(open_ones, 1)
    assert [(no, refusal.code) for no, refusal in chasing.refused(job)] == [(over, "wrong_state")]
    urge = db.session.scalars(select(Urge).limit(1)).one()
    assert (urge.source, urge.way, urge.note, urge.by_name) == ("HOTLINE", "PHONE", "请今日反馈", "督办员")


def test_a_batch_taken_up_by_another_worker_presses_nobody_twice(db, city) -> None:
    with play.at(DAY):
        tickets = [play.to_handling(city) for _ in range(3)]
        job_id = ordered(city, tickets)
        chasing.run_batch(job_id)
        with transaction():  # as if its worker had died before it could say how far it was
            db.session.execute(update(Job).values(
                state=JobState.RUNNING, done=0, heartbeat_at=now() - ABANDONED - timedelta(seconds=1)))
        assert chasing.start_waiting(steps=5) == 1
        assert chasing.find_batch(job_id).state == JobState.DONE
    assert pressed() == dict.fromkeys(tickets, 1)


def test_a_batch_is_stopped_and_what_is_over_cannot_be(db, city) -> None:
    with play.at(DAY):
        job_id = ordered(city, [play.to_handling(city)])
        chasing.cancel_batch(job_id, city.actor("director"))
        assert chasing.find_batch(job_id).state == JobState.CANCELLED
        assert not chasing.run_batch(job_id)
        with pytest.raises(NotNow):
            chasing.cancel_batch(job_id, city.actor("director"))
    assert pressed() == {}


@pytest.mark.parametrize(("how_many", "problem"), [(0, "required"), (chasing.MOST + 1, "too_many_chased")])
def test_a_batch_has_tickets_and_not_too_many(db, city, how_many, problem) -> None:
    with pytest.raises(Invalid) as refused:
        ordered(city, [str(n) for n in range(how_many)])
    assert refused.value.fields == {"tickets": [problem]}


def test_only_supervisors_and_the_director_press(db, city) -> None:
    with play.at(DAY):
        no = play.to_handling(city)
        for account in ("agent", "housing", "leader"):
            with pytest.raises(NotAllowed):
                supervise.chase(no, city.actor(account))
            with pytest.raises(NotAllowed):
                chasing.order_batch(city.actor(account), tickets=[no], way=ChaseWay.MESSAGE)
