"""Each channel against a real server of its protocol: what it sends, and what it makes of every kind of answer."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hotline.channels import email as mail
from hotline.channels import guarded
from hotline.channels.email import Email
from hotline.channels.guarded import Refused, permitted, resolve
from hotline.channels.sms import Sms
from hotline.channels.webhook import Webhook
from tests.channels import servers
from tests.channels.servers import Gateway
from workflows.delivery import Failure, Letter, Sent

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1")]
TEXT = Letter("sms:7:3", "+8613800000001", "", "【12345热线】工单即将超期：20261116-000001。", AT)
MAIL = Letter("email:7:3", "clerk@unit.example", "【12345热线】工单已超期", "工单编号：20261116-000001\n", AT)
BODY = {"to": ["{phone}"], "msg": "{text}", "ref": {"id": "{key}", "n": 1}}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with servers.gateway() as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second instead of five or fifteen."""
    monkeypatch.setattr(guarded, "PATIENCE", 0.5)
    monkeypatch.setattr(mail, "PATIENCE", 0.5)


def sms(url: str, **changes: Any) -> Sms:
    settings = {"url": url, "body": BODY, "auth": "none", "secret": "", "success": "", "private": LOOPBACK}
    return Sms(**settings | changes)


def email(port: int, **changes: Any) -> Email:
    settings = {"host": "127.0.0.1", "port": port, "security": "none", "user": "", "password": "",
                "sender": "12345热线 <notice@city.example>"}
    return Email(**settings | changes)


def digest(secret: str, post: servers.Post) -> str:
    signed = post.headers["X-Hotline-Timestamp"].encode() + b"." + post.body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def test_a_gateway_gets_its_own_json_with_the_key_that_tells_repeats(gateway: Gateway) -> None:
    assert sms(gateway.url, auth="bearer", secret="t0ken").send(TEXT) == Sent()

    (post,) = gateway.got
    assert post.path == "/send?app=7"
    assert json.loads(post.body) == {"to": ["13800000001"], "msg": TEXT.body, "ref": {"id": "sms:7:3", "n": 1}}
    assert post.headers["Idempotency-Key"] == "sms:7:3"
    assert post.headers["Authorization"] == "Bearer t0ken"


def test_blanks_in_what_was_filled_in_stay_words(gateway: Gateway) -> None:
    sms(gateway.url).send(Letter("k", "+861", "", "看 {phone} 和 {key}", AT))
    assert json.loads(gateway.got[0].body)["msg"] == "看 {phone} 和 {key}"


def test_the_receiver_can_check_the_signature(gateway: Gateway) -> None:
    Webhook(gateway.url, "a secret of theirs", LOOPBACK).send(Letter("webhook:7", "", "", '{"event": "expired"}', AT))
    sms(gateway.url, auth="hmac", secret="another").send(TEXT)

    hook, text = gateway.got
    assert hook.headers["X-Hotline-Timestamp"] == str(int(AT.timestamp()))
    assert hook.headers["X-Hotline-Signature"] == digest("a secret of theirs", hook)
    assert text.headers["X-Hotline-Signature"] == digest("another", text)
    assert digest("wrong", hook) != hook.headers["X-Hotline-Signature"]


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        (servers.saying(500), Failure("HTTP 500")),
        (servers.saying(429), Failure("HTTP 429")),
        (servers.saying(401), Failure("HTTP 401")),
        (servers.saying(422), Failure("HTTP 422", permanent=True)),
        (servers.saying(400), Failure("HTTP 400", permanent=True)),
        (servers.saying(302, Location="http://127.0.0.1/elsewhere"), Failure("HTTP 302")),
        (servers.reset, Failure("ConnectionResetError")),
        (servers.half_an_answer, Failure("IncompleteRead")),
        (servers.endless, Failure("answer too long")),
    ],
    ids=["500", "429", "401", "422", "400", "redirect", "reset", "200 cut short", "endless"],
)
def test_what_a_gateway_says_is_understood(gateway: Gateway, behave: Callable[..., None], outcome: Failure) -> None:
    gateway.behave = behave
    assert sms(gateway.url).send(TEXT) == outcome
    assert len(gateway.got) == 1


@pytest.mark.parametrize("behave", [servers.hang, servers.drip], ids=["hang", "drip"])
def test_a_gateway_that_hangs_or_drips_costs_a_moment(
    gateway: Gateway, impatient: None, behave: Callable[..., None]
) -> None:
    gateway.behave = behave
    begun = time.monotonic()
    assert sms(gateway.url).send(TEXT) == Failure("no answer in time")
    assert time.monotonic() - begun < 3


def test_an_answer_of_200_that_does_not_say_success_is_none(gateway: Gateway) -> None:
    gateway.behave = lambda handler, _: servers.answer(handler, 200, b'{"code": 9, "to": "13800000001"}')
    outcome = sms(gateway.url, success='"code": 0').send(TEXT)
    assert outcome == Failure("the answer does not say success")


def test_nobody_there_is_a_failure_that_may_mend() -> None:
    assert sms(f"http://127.0.0.1:{servers.free_port()}/").send(TEXT) == Failure("ConnectionRefusedError")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0", "2130706433", "0x7f000001", "１２７.０.０.１", "::1", "::ffff:127.0.0.1",
     "169.254.169.254", "100.64.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "fe80::1", "fc00::1", "224.0.0.1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "255.255.255.255", "localhost"],
)
def test_no_message_goes_into_the_house(host: str) -> None:
    with pytest.raises(Refused):
        resolve(host, 80, [])


def test_networks_of_the_settings_are_let_through_and_no_others() -> None:
    named = [ipaddress.ip_network("10.20.0.0/16")]
    assert permitted(ipaddress.ip_address("10.20.3.4"), named)
    assert permitted(ipaddress.ip_address("::ffff:10.20.3.4"), named)
    assert not permitted(ipaddress.ip_address("10.21.3.4"), named)
    assert permitted(ipaddress.ip_address("203.119.25.1"), named)


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was looked at; the name is not asked again."""
    asked = []

    def rebinding(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    def connect(where: tuple[str, int], *_more: Any) -> None:
        connected.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(guarded.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(guarded.socket, "create_connection", connect)
    sms("http://gateway.example:8080/").send(TEXT)
    assert (asked, connected) == (["gateway.example"], [("93.184.215.14", 8080)])


def test_a_name_with_one_address_in_the_house_is_refused(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(guarded.socket, "getaddrinfo", lambda *_, **__: both)
    assert sms("http://gateway.example/").send(TEXT) == Failure("address refused")


# --- e-mail


def test_an_email_is_plain_text_in_utf_8_with_the_key_in_its_id() -> None:
    with servers.mailbox() as box:
        assert email(box.port).send(MAIL) == Sent()

    (envelope,) = box.took
    message = message_from_bytes(envelope.original_content, policy=policy.default)
    assert envelope.rcpt_tos == ["clerk@unit.example"]
    assert message["Subject"] == MAIL.subject
    assert message["From"].addresses[0].display_name == "12345热线"
    assert message["Message-ID"] == "<email.7.3@city.example>"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == MAIL.body
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = timedelta(days=1)
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today - day).not_valid_after(today + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_password_and_the_message_go_through_tls(
    security: str, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with servers.mailbox(tls=certificate, at_once=security == "tls") as box:
        assert email(box.port, security=security, user="hotline", password="right").send(MAIL) == Sent()
        wrong = email(box.port, security=security, user="hotline", password="wrong").send(MAIL)
    assert len(box.took) == 1
    assert box.passwords[0] == (b"hotline", b"right")
    assert isinstance(wrong, Failure)
    assert not wrong.permanent  # a password can be put right


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    security: str, certificate: tuple[Path, Path]
) -> None:
    with servers.mailbox(tls=certificate, at_once=security == "tls") as box:
        outcome = email(box.port, security=security, user="hotline", password="right").send(MAIL)
    assert outcome == Failure("SSLCertVerificationError")
    assert not box.passwords


def test_a_server_without_tls_is_not_spoken_to_where_it_is_asked_for() -> None:
    with servers.mailbox() as box:
        assert email(box.port, security="starttls").send(MAIL) == Failure("SMTPNotSupportedError")
    assert not box.took


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ({"rcpt": "550 no such user"}, Failure("SMTP 550 recipient", permanent=True)),
        ({"rcpt": "451 try later"}, Failure("SMTP 451 recipient")),
        ({"data": "554 refused: clerk@unit.example"}, Failure("SMTP 554", permanent=True)),
        ({"data": "452 full"}, Failure("SMTP 452")),
    ],
    ids=["unknown", "greylisted", "refused", "full"],
)
def test_what_a_mail_server_says_is_understood(says: dict[str, str], outcome: Failure) -> None:
    with servers.mailbox(**says) as box:
        assert email(box.port).send(MAIL) == outcome
    assert not box.took


@pytest.mark.parametrize("first", [b"", b"220-"], ids=["hang", "drip"])
def test_a_mail_server_that_hangs_or_drips_costs_a_moment(first: bytes, impatient: None) -> None:
    with servers.dripping(first) as port:
        begun = time.monotonic()
        assert email(port).send(MAIL) == Failure("no answer in time")
        assert time.monotonic() - begun < 3


def test_a_mail_server_that_takes_a_message_and_forgets_to_say_goodbye_has_taken_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(_server: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", gone)
    with servers.mailbox() as box:
        assert email(box.port).send(MAIL) == Sent()
    assert len(box.took) == 1
