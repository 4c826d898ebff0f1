"""Whom notices reach: delegates of those who are away, leaders in the morning, and channels as rows say."""

from __future__ import annotations

from datetime import date

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from hotline import notices
from tests import builders as play
from tests.builders import City
from workflows import administer, delivery, outbox
from workflows.errors import Invalid, NotAllowed, Outdated
from workflows.model.base import transaction
from workflows.model.directory import User
from workflows.model.outbox import Notice, Outbox, Subscription
from workflows.model.settings import SettingEvent
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Carrier

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 18)


@pytest.fixture
def city(db: SQLAlchemy) -> City:
    return play.make_city()


def away(city: City, by: str = "housing", delegate: str = "housing_lead", last: date = LAST) -> int:
    return administer.set_absence(city.actor(by), user_id=city.users["housing"], delegate_account=delegate,
                                  first_day=FIRST, last_day=last).id


def test_the_delegate_sees_the_notices_in_those_days_and_no_longer(city: City) -> None:
    lead = city.actor("housing_lead")
    with play.at("2026-11-16 09:00"):
        away(city)
        play.log(city)
    with play.at("2026-11-16 09:10"):
        outbox.relay_notices()
        play.now()  # the rehearsed time holds for the transaction that asks for it
        assert [n.kind for n in notices.newest(lead, None, 10)] == ["dispatched"]
        assert notices.unread(lead, None) == 1
        assert notices.unread(city.actor("housing"), None) == 1
    with play.at("2026-11-19 09:00"):
        play.now()
        assert notices.newest(lead, None, 10) == []
        assert notices.unread(lead, None) == 0


def test_an_absence_ended_early_is_over_at_once_and_on_record(city: City) -> None:
    with play.at("2026-11-16 09:00"):
        key = away(city)
        play.log(city)
    with play.at("2026-11-16 10:00"):
        outbox.relay_notices()
        me = city.actor("housing")
        administer.end_absence(key, me, user_id=city.users["housing"], version=1)
        play.now()
        assert notices.newest(city.actor("housing_lead"), None, 10) == []
        with pytest.raises(Outdated):
            administer.end_absence(key, me, user_id=city.users["housing"], version=1)
    assert list(play.db.session.scalars(select(SettingEvent.action).order_by(SettingEvent.id))) == ["CREATED", "ENDED"]


@pytest.mark.parametrize("delegate", ["housing", "urban", "nobody", "east"])
def test_who_is_not_of_the_unit_or_above_stands_in_for_nobody(city: City, delegate: str) -> None:
    with play.at("2026-11-16 09:00"), pytest.raises(Invalid) as refused:
        away(city, delegate=delegate)
    assert refused.value.fields == {"delegate": ["delegate_wrong"]}


def test_somebody_above_may_stand_in_and_an_administrator_may_say_so(city: City) -> None:
    with play.at("2026-11-16 09:00"):
        away(city, by="admin", delegate="coordinator")
        with pytest.raises(Invalid) as refused:
            away(city)
        assert refused.value.fields == {"first_day": ["absent_already"]}
        with pytest.raises(NotAllowed):
            away(city, by="urban")


def test_leaders_are_told_once_each_working_morning(city: City) -> None:
    with transaction():
        lead = play.db.session.get(User, city.users["housing_lead"])
        lead.email = "lead@unit.example"
    with play.at("2026-11-16 09:00"):
        numbers = [play.to_handling(city) for _ in range(12)]
        due = play.db.session.scalar(play.text("SELECT min(due_at) FROM clock WHERE code = 'HANDLING'"))
    day = due.astimezone(play.SHANGHAI).date()
    with play.at(f"{day} 08:40"):
        assert delivery.digest() == 1
        assert delivery.digest() == 1
        outbox.relay_notices(carriers=[Carrier.EMAIL])
        (told,) = play.db.session.scalars(select(Notice).where(Notice.kind == "digest"))
        assert told.data == {"today": 12, "overdue": 0, "supervised": 0, "numbers": numbers[:10]}
        mails = select(func.count()).where(Outbox.topic == Carrier.EMAIL, Outbox.payload["kind"].astext == "digest")
        assert play.db.session.scalar(mails) == 1
    with play.at("2026-11-28 08:40"):  # a Saturday
        assert delivery.digest() == 0


def test_channels_of_a_kind_and_role_are_changed_with_history(city: City) -> None:
    row = play.db.session.scalar(select(Subscription).where(Subscription.kind == "dispatched"))
    administer.change_subscription(row.id, city.actor("admin"), version=1, carriers=[Carrier.SMS, Carrier.EMAIL])
    assert row.carriers == ["email", "sms"]
    with pytest.raises(Outdated):
        administer.change_subscription(row.id, city.actor("admin"), version=1, carriers=[])
    with pytest.raises(NotAllowed):
        administer.change_subscription(row.id, city.actor("supervisor"), version=2, carriers=[])
    event = play.db.session.scalars(select(SettingEvent)).one()
    assert (event.before, event.after) == ({"carriers": ["email"]}, {"carriers": ["email", "sms"]})


def test_a_role_that_had_the_screen_alone_gets_channels_once(city: City) -> None:
    wanted = {"kind": "warned", "role": Role.REVIEWER, "carriers": [Carrier.EMAIL]}
    row = administer.add_subscription(city.actor("admin"), **wanted)
    assert (row.kind, row.role, row.carriers, row.version) == ("warned", "REVIEWER", ["email"], 1)
    with pytest.raises(Invalid):
        administer.add_subscription(city.actor("admin"), **wanted)
    with pytest.raises(NotAllowed):
        administer.add_subscription(city.actor("supervisor"), **wanted | {"role": Role.DISPATCHER})
