"""The relay: who gets what, once; what is tried again and when; what is a dead letter; what is not sent any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from tests import builders as play
from tests.builders import City
from workflows import delivery, outbox, supervise
from workflows.delivery import Failure, Letter, Parcel, Sent, relay
from workflows.model.base import now, transaction
from workflows.model.directory import Absence, User
from workflows.model.outbox import Notice, Outbox
from workflows.rules.quiet import ALWAYS, Hours
from workflows.rules.vocabulary import Carrier, Dropped

MORNING, SOON = "2026-11-16 10:00", "2026-11-16 10:01"
NIGHT = Hours(time(21), time(8, 30))


@dataclass
class Recorder:
    """A channel that remembers what it was given, and answers as it is told."""

    says: Callable[[Letter], Sent | Failure] = lambda _: Sent()
    got: list[Letter] = field(default_factory=list)

    def write(self, parcel: Parcel) -> Letter:
        return Letter(parcel.key, parcel.to, parcel.kind, parcel.ticket_no, parcel.claimed_at)

    def send(self, letter: Letter) -> Sent | Failure:
        self.got.append(letter)
        return self.says(letter)

    @property
    def told(self) -> list[tuple[str, str]]:
        return sorted((letter.to, letter.subject) for letter in self.got)


@pytest.fixture
def sms() -> Recorder:
    return Recorder()


@pytest.fixture
def email() -> Recorder:
    return Recorder()


@pytest.fixture
def channels(sms: Recorder, email: Recorder) -> Iterator[None]:
    delivery.install({Carrier.SMS: (sms, ALWAYS), Carrier.EMAIL: (email, ALWAYS)})
    yield
    delivery.install({})


@pytest.fixture
def city(db: SQLAlchemy, channels: None) -> City:
    """A city whose people at the housing bureau can be reached."""
    made = play.make_city()
    for number, account in enumerate(("housing", "housing_lead", "urban")):
        reach(made, account, work_phone=f"+861380000000{number}", email=f"{account}@unit.example")
    return made


def reach(city: City, account: str, **how: Any) -> None:
    with transaction():
        play.db.session.execute(update(User).where(User.id == city.users[account]).values(**how))


def pass_on(at: str | datetime = SOON) -> None:
    """Relay the notices, then send."""
    with play.at(at):
        outbox.relay_notices(carriers=delivery.carriers())
        for carrier in Carrier:
            delivery.deliver(carrier)


def messages(topic: Carrier) -> list[Outbox]:
    play.db.session.expire_all()
    return list(play.db.session.scalars(select(Outbox).where(Outbox.topic == topic).order_by(Outbox.id)))


def dispatched(city: City, **changes: Any) -> str:
    with play.at(MORNING):
        return play.log(city, **changes).no


def hand_again(topic: Carrier, **changes: Any) -> None:
    """As if the time of the next attempt had come."""
    with transaction():
        play.db.session.execute(update(Outbox).where(Outbox.topic == topic).values(**{
            "not_before": Outbox.created_at, **changes}))


def test_holders_of_the_role_are_written_to_once_by_the_channels_of_their_row(
    city: City, email: Recorder, sms: Recorder
) -> None:
    no = dispatched(city)
    pass_on()
    pass_on()

    assert email.told == [("housing@unit.example", "dispatched")]
    assert sms.told == []
    assert email.got[0].body == no
    assert [m.sent_at is not None for m in messages(Carrier.EMAIL)] == [True]


def test_a_notice_that_was_there_before_the_channel_is_not_sent_by_it(city: City, email: Recorder) -> None:
    dispatched(city)
    delivery.install({})
    pass_on()
    delivery.install({Carrier.EMAIL: (email, ALWAYS)})
    pass_on()
    assert email.got == []


@pytest.mark.parametrize("gone", [{"active": False}, {"email": ""}], ids=["disabled", "no address"])
def test_who_cannot_be_reached_any_more_when_it_leaves_is_not_written_to(
    city: City, email: Recorder, gone: dict[str, Any]
) -> None:
    dispatched(city)
    with play.at(SOON):
        outbox.relay_notices(carriers=delivery.carriers())
    reach(city, "housing", **gone)
    pass_on("2026-11-16 10:02")
    assert email.got == []
    assert [m.dropped for m in messages(Carrier.EMAIL)] == [Dropped.NO_ADDRESS]


def test_a_failure_is_tried_again_ever_later_and_then_is_a_dead_letter(
    city: City, email: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MOST_ATTEMPTS", 4)
    email.says = lambda _: Failure("HTTP 500")
    dispatched(city)
    pauses = []
    for _ in range(4):
        pass_on()
        (message,) = messages(Carrier.EMAIL)
        pauses.append(message.not_before - play.moment(SOON))
        pass_on()
        hand_again(Carrier.EMAIL)
    assert len(email.got) == 4
    for pause, nominal in zip(pauses, (30, 60, 120, 240), strict=True):
        assert timedelta(seconds=nominal * 0.75) <= pause <= timedelta(seconds=nominal * 1.25 + 5)
    assert (message.dead_at is not None, message.attempts, message.last_error) == (True, 4, "HTTP 500")
    assert len({letter.key for letter in email.got}) == 1


def test_what_is_refused_for_good_is_a_dead_letter_at_once(city: City, email: Recorder) -> None:
    email.says = lambda _: Failure("SMTP 550 recipient", permanent=True)
    dispatched(city)
    pass_on()
    (message,) = messages(Carrier.EMAIL)
    assert message.dead_at is not None
    assert message.attempts == 1


def test_pauses_grow_to_an_hour_and_differ() -> None:
    assert {relay.pause_after(15) <= timedelta(hours=1.25) for _ in range(20)} == {True}
    assert len({relay.pause_after(5) for _ in range(20)}) > 1


def test_a_worker_that_died_after_sending_repeats_once_under_the_same_key(
    city: City, email: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    dispatched(city)
    with monkeypatch.context() as dying:
        dying.setattr(relay, "_settle", killed)
        with pytest.raises(Killed):
            pass_on()
    pass_on()
    assert len(email.got) == 1  # leased

    hand_again(Carrier.EMAIL, claimed_until=play.moment(MORNING))
    pass_on()
    pass_on()
    assert len(email.got) == 2
    assert len({letter.key for letter in email.got}) == 1


def test_two_workers_never_send_the_same_message(city: City, email: Recorder, app: Any) -> None:
    for _ in range(40):
        dispatched(city)
    with play.at(SOON):
        outbox.relay_notices(carriers=delivery.carriers())
    both = threading.Barrier(2)
    failures = []

    def work() -> None:
        try:
            with app.app_context():
                both.wait(10)
                delivery.deliver(Carrier.EMAIL)
        except Exception as failure:
            failures.append(failure)

    hand_again(Carrier.EMAIL, not_before=now() - timedelta(seconds=1))
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert failures == []
    assert len(email.got) == len({letter.key for letter in email.got}) == 40


def test_a_channel_that_fails_ends_its_job_after_one_batch_and_the_others_go_on(
    city: City, email: Recorder, sms: Recorder
) -> None:
    sms.says = lambda _: Failure("no answer in time")
    for _ in range(relay.BATCH + 8):
        dispatched(city)
    with play.at("2026-11-16 18:00"):
        supervise.sweep()  # not signed for in half an hour
    pass_on("2026-11-16 18:01")
    assert len(sms.got) == relay.BATCH
    assert len({letter.key for letter in email.got}) == len(email.got) > relay.BATCH


def test_quiet_hours_put_a_message_off_to_their_end_and_lose_and_double_nothing(city: City, sms: Recorder) -> None:
    delivery.install({Carrier.SMS: (sms, NIGHT)})
    dispatched(city)
    with play.at("2026-11-16 22:00"):
        supervise.sweep()
    for hour in ("22:01", "23:30"):
        pass_on(f"2026-11-16 {hour}")
    pass_on("2026-11-17 08:29")
    waiting = messages(Carrier.SMS)
    assert sms.got == []
    assert {m.not_before for m in waiting} == {play.moment("2026-11-17 08:30")}
    assert {m.attempts for m in waiting} == {0}
    pass_on("2026-11-17 08:31")
    pass_on("2026-11-17 08:32")
    assert sms.got
    assert len(sms.got) == len(waiting)


def test_an_urgent_ticket_does_not_wait_for_the_morning(city: City, sms: Recorder) -> None:
    delivery.install({Carrier.SMS: (sms, NIGHT)})
    with play.at("2026-11-16 21:10"):
        play.log(city, **play.URGENT)
    with play.at("2026-11-16 23:00"):
        assert supervise.sweep()
    pass_on("2026-11-16 23:01")
    assert sms.got


def test_a_reminder_whose_clock_has_stopped_meanwhile_is_dropped_with_a_mark(city: City, sms: Recorder) -> None:
    delivery.install({Carrier.SMS: (sms, NIGHT)})
    with play.at(MORNING):
        no = play.log(city).no
        play.sign(city, no)
        play.contact(city, no)
    with play.at("2026-11-23 21:30"):
        supervise.sweep()
    pass_on("2026-11-23 21:31")
    reminders = [m for m in messages(Carrier.SMS) if m.payload["kind"] in relay.REMINDERS]
    assert reminders
    with play.at("2026-11-23 21:40"):
        play.reply(city, no)
    pass_on("2026-11-24 08:31")
    assert {m.dropped for m in messages(Carrier.SMS) if m.payload["kind"] in relay.REMINDERS} == {
        Dropped.CLOCK_STOPPED}
    assert sms.got == []


def test_that_a_task_was_signed_for_by_the_system_is_still_said(city: City, sms: Recorder) -> None:
    """The clock to sign stops by its own expiry; that is no reason not to tell of it."""
    dispatched(city)
    with play.at("2026-11-16 18:00"):
        supervise.sweep()
    pass_on("2026-11-16 18:01")
    assert ("+8613800000000", "expired") in sms.told
    assert ("+8613800000001", "expired") in sms.told


def test_who_stands_in_is_written_to_as_well_and_only_in_those_days(city: City, email: Recorder) -> None:
    with transaction():
        play.db.session.add(Absence(
            user_id=city.users["housing"], delegate_id=city.users["housing_lead"],
            first_day=play.moment("2026-11-16 12:00").date(), last_day=play.moment("2026-11-17 12:00").date(),
        ))
    dispatched(city)
    pass_on()
    assert email.told == [("housing@unit.example", "dispatched"), ("housing_lead@unit.example", "dispatched")]

    with play.at("2026-11-18 10:00"):
        play.log(city)
    pass_on("2026-11-18 10:01")
    assert email.told.count(("housing_lead@unit.example", "dispatched")) == 1


def test_what_is_on_record_of_a_failure_repeats_nothing(city: City, email: Recorder) -> None:
    email.says = lambda letter: Failure("x" * 5000)
    dispatched(city)
    pass_on()
    assert len(messages(Carrier.EMAIL)[0].last_error) == 200


def test_the_notice_on_the_screen_is_there_whatever_becomes_of_the_message(city: City, email: Recorder) -> None:
    email.says = lambda _: Failure("HTTP 500")
    dispatched(city)
    pass_on()
    kinds = list(play.db.session.scalars(select(Notice.kind)))
    assert kinds == ["dispatched"]
