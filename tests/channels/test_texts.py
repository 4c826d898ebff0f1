"""What notices say: in both languages, short enough, and nothing of the caller or of what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, update

from hotline import channels, labels
from hotline.channels import texts
from hotline.channels.texts import ONE_ASCII_PART, ONE_PART
from tests import builders as play
from tests.builders import City
from tests.channels import servers
from tests.channels.servers import Gateway
from workflows import delivery, outbox
from workflows.delivery import Letter, parcel
from workflows.model.base import transaction
from workflows.model.clock import Clock
from workflows.model.directory import User, UserRole
from workflows.model.outbox import Outbox, Subscription
from workflows.model.ticket import Ticket
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Carrier

#: The digest is about no ticket; tests/channels/test_people.py reads it.
KINDS = sorted(set(labels.VOCABULARIES["Notice"]) - {"digest", "bulletin"})
CANARY = {
    "name": "诸葛金丝雀", "phone": "13987654321", "title": "金丝雀标题在此", "content": "金丝雀内容住在幸福里十八号",
    "address": "幸福里十八号", "id_no": "350102199001011234",
}
CHINESE = re.compile("[一-鿿]")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway and a mail server that take all, and the channels that speak to them."""
    with servers.gateway() as made, servers.mailbox() as box:
        real_channels(made, box.port)
        yield made


@pytest.fixture
def city(db: SQLAlchemy) -> City:
    made = play.make_city()
    reach = {"work_phone": "+8613800000001", "email": "clerk@unit.example"}
    with transaction():
        db.session.execute(update(User).where(User.id == made.users["housing"]).values(**reach))
        db.session.execute(update(User).where(User.id == made.users["housing_lead"]).values(**reach, locale="en"))
        db.session.add(UserRole(user_id=made.users["housing_lead"], role=Role.UNIT_CLERK))
    return made


def every_notice(city: City, no: str) -> None:
    """One of each kind, to the clerks of the bureau, by every channel."""
    asked = select(Ticket.id, Ticket.no, Clock.due_at).join(Clock, Clock.ticket_id == Ticket.id)
    ticket = play.db.session.execute(asked.where(Ticket.no == no, Clock.code == "HANDLING")).one()
    with transaction():
        known = {(s.kind, s.role): s for s in play.db.session.scalars(select(Subscription))}
        for kind in KINDS:
            row = known.get((kind, "UNIT_CLERK")) or Subscription(kind=kind, role="UNIT_CLERK", carriers=[])
            row.carriers = [str(carrier) for carrier in Carrier]
            play.db.session.add(row)
        play.db.session.flush()
        at = play.now()
        outbox.put_all([
            outbox.notice(f"test:{kind}", kind, ticket, at, unit_id=city.units["HOUSING"], role=Role.UNIT_CLERK,
                          clock="HANDLING", due_at=ticket.due_at.isoformat())
            for kind in KINDS
        ])


def written(city: City) -> dict[Carrier, list[tuple[str, Letter]]]:
    """Everything the channels that are on would send, with its language."""
    found: dict[Carrier, list[tuple[str, Letter]]] = {}
    for carrier in Carrier:
        sender = parcel.sender_of(carrier)[0]
        write = sender.write

        def kept(what: parcel.Parcel, carrier: Carrier = carrier, write: Any = write) -> Letter:
            letter = write(what)
            found.setdefault(carrier, []).append((what.locale, letter))
            return letter

        object.__setattr__(sender, "write", kept)
        delivery.deliver(carrier)
    return found


def real_channels(gateway: Gateway, mail_port: int) -> None:
    """As the settings of an installation would have it."""
    loopback = [ip_network("127.0.0.0/8")]
    channels.install({
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": mail_port, "SMTP_SECURITY": "none", "SMTP_USER": "",
        "SMTP_PASSWORD": "", "SMTP_FROM": "a@b.example", "SMS_URL": gateway.url, "SMS_BODY": {"t": "{text}"},
        "SMS_AUTH": "none", "SMS_SECRET": "", "SMS_SUCCESS": "", "OUTBOUND_NETWORKS": loopback,
        "WEBHOOK_URL": gateway.url, "WEBHOOK_SECRET": "sixteen letters or more",
    })


def test_nothing_of_a_withheld_caller_leaves_by_any_channel(city: City, gateway: Gateway) -> None:
    no = play.log(city, **play.WITHHELD, name=CANARY["name"], phone=CANARY["phone"], title=CANARY["title"],
                  content=CANARY["content"]).no
    every_notice(city, no)
    outbox.relay_notices(carriers=delivery.carriers())
    letters = written(city)

    assert {carrier: len(made) >= len(KINDS) for carrier, made in letters.items()} == dict.fromkeys(Carrier, True)
    said = "\n".join(f"{each.subject}\n{each.body}" for made in letters.values() for _, each in made)
    said += "\n".join(str(m.payload) + m.last_error for m in play.db.session.scalars(select(Outbox)))
    said += "\n".join(post.body.decode() + str(post.headers) for post in gateway.got)
    assert no in said
    for word in (*CANARY.values(), "金丝雀", "幸福里", "3987654321"):
        assert word not in said


def test_text_messages_fit_in_one_part_in_the_readers_language(city: City, gateway: Gateway) -> None:
    no = play.log(city).no
    every_notice(city, no)
    outbox.relay_notices(carriers=delivery.carriers())
    letters = written(city)[Carrier.SMS]
    assert {locale for locale, _ in letters} == {"zh", "en"}
    for locale, letter in letters:
        assert len(letter.body) <= (ONE_PART if locale == "zh" else ONE_ASCII_PART)
        assert no in letter.body
        assert letter.body[-1] == "。" or locale == "en"  # not cut off
        assert bool(CHINESE.search(letter.body)) is (locale == "zh")


@pytest.mark.parametrize(("locale", "digits", "most"), [
    ("zh", "回复1已解决2部分解决3未解决", ONE_PART), ("en", "reply 1 solved, 2 partly, 3 not", ONE_ASCII_PART)])
def test_a_caller_is_asked_for_a_digit_where_the_gateway_passes_them_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, city: City, locale: str, digits: str, most: int
) -> None:
    at = play.now()
    asked = parcel.Parcel(
        key="k", carrier=Carrier.SMS, to="+8613800000001", locale=locale, kind="survey", role=Role.CITIZEN,
        unit_name="", ticket_no="20261128150000015", request_kind="HELP", matter="", at=at, claimed_at=at,
        data={"days": 3},
    )
    assert digits not in texts.sms(asked).body
    monkeypatch.setitem(app.config, "SMS_INBOUND_TOKEN", "of the gateway")
    told = texts.sms(asked).body
    assert digits in told
    assert len(told) < most
    assert told.endswith(("逾期将办结。", "it will be closed."))


def test_an_email_names_ticket_unit_matter_and_due(city: City, gateway: Gateway) -> None:
    no = play.log(city).no
    every_notice(city, no)
    outbox.relay_notices(carriers=delivery.carriers())
    letter = next(each for locale, each in written(city)[Carrier.EMAIL] if "即将超期" in each.subject)
    assert no in letter.subject
    for words in ("区住房和建设局", "物业服务", "办理", "到期时间", no):
        assert words in letter.body


def test_the_log_is_a_channel_for_development(city: City) -> None:
    channels.install({"NOTICES_TO_LOG": True})
    assert delivery.carriers() == [str(carrier) for carrier in Carrier]
    play.log(city)
    outbox.relay_notices(carriers=delivery.carriers())
    assert delivery.deliver(Carrier.EMAIL) == 2  # the clerk, and the leader who is one here


def test_a_channel_without_settings_is_off(db: SQLAlchemy) -> None:
    channels.install({})
    assert delivery.carriers() == []
    assert delivery.deliver(Carrier.SMS) == 0


#: Kinds that tell nobody any more: they stand in old histories.
FORMER = {"urge", "add"}


def test_an_administrator_can_choose_the_channels_of_every_kind_of_notice(city: City) -> None:
    rows = play.db.session.execute(select(Subscription.kind, Subscription.role)).all()
    assert set(labels.VOCABULARIES["Notice"]) - FORMER == {row.kind for row in rows}
    assert {Role(row.role) for row in rows} <= set(Role)
