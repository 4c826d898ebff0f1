"""A withheld caller is nowhere but in the sealed table: no page, answer, file, notice, log line or job tells a unit.

The caller has a name and numbers that occur nowhere else. A ticket of theirs goes its whole way with every kind of
unit beside it; then every address of the application that can be read is read by each of them, every row of every
table is searched, and what is in Valkey and in the logs.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import redis
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hotline.api.tokens import issue
from hotline.citizens.service import KEY
from tests import builders as play
from tests.builders import City
from tests.database import Database
from tests.pages.browser import Client
from workflows import conceal, outbox, share, supervise, upkeep
from workflows.model import base
from workflows.model.base import db, now
from workflows.model.directory import Area
from workflows.model.secrets import box
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import Resolution

Loop = Callable[..., Any]
NAME, PHONE, OTHER_PHONE = "端木金丝雀", "13794618305", "13794618306"
ID_NO, ADDRESS = "110101199003078515", "云雀里九号院"
#: What must not be read, and of a unit not even masked.
SECRETS = (NAME, PHONE, OTHER_PHONE, ID_NO, ADDRESS)
MASKED = ("端**", "端木", "137****8305", "137****8306")
UNITS = ("housing", "housing_lead", "urban", "coordinator")
READERS = ("leader", "discipline")
HOTLINE = ("agent", "dispatcher", "supervisor", "reviewer", "callback", "director", "admin", "auditor")
#: Not pages: they sign out, stream, or are files of the program.
LEFT_OUT = {"static", "sign_in.sign_out"}


def a_life(city: City) -> str:
    """Withheld, shared with another unit and copied to a third, answered, refused by the caller, handled again."""
    with play.at("2026-11-09 10:00"):
        no = play.log(city, "0502", "D-E", place="东街口", name=NAME, phone=PHONE,
                      alt_phone=OTHER_PHONE, id_no=ID_NO, address=ADDRESS, **play.WITHHELD).no
        play.send_to(city, no, "HOUSING", co_units=[city.units["URBAN"]], copy_units=[city.units["WATER"]])
        play.sign(city, no)
        conceal.ask_relay(no, city.actor("housing"), question="电梯是几号？")
        play.sign(city, no, "urban")
        share.contribute(no, city.actor("urban"), resolution=Resolution.RESOLVED, account="已查看。")
    with play.at("2026-11-17 10:00"):
        supervise.sweep()
        conceal.relay(no, city.actor("callback"), result=play.ContactResult.REACHED, answer="三号梯")
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no, rework=True, **play.UNHAPPY)
        supervise.supervise(no, city.actor("supervisor"), level=1, reason="诉求人不满意")
        outbox.relay_notices(carriers=["email", "sms", "webhook"])
        upkeep.index_texts()
    return no


def read_addresses(app: Flask, no: str) -> Iterator[str]:
    """Every address that can be read without knowing more than the ticket's number."""
    rule: Rule
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in LEFT_OUT and rule.arguments <= {"no", "move"}:
            values = {"no": no, "move": "urge"}
            with app.test_request_context():
                yield app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
    with app.app_context():
        places = list(db.session.scalars(select(Area.id)))
        base.db.session.remove()
    for key in places:
        yield from (f"/reports/profile?area_id={key}", f"/reports/profile.xlsx?area_id={key}")


def words_of(answer: TestResponse) -> str:
    """What an answer says: of a workbook, everything that is packed in it."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist())


def told(words: str, secrets: tuple[str, ...]) -> list[str]:
    """Which of the secrets stand there."""
    return [one for one in secrets if one in words]


def test_no_page_or_file_tells_a_unit_or_a_reader_who_called(
    app: Flask, loop: Loop, browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    no = loop(a_life)
    addresses = list(read_addresses(app, no))
    assert len(addresses) > 60
    opened = dict.fromkeys((*UNITS, *READERS), 0)
    for account in opened:
        seen = browser.as_user(account)
        for address in addresses:
            answer = seen.get(address)
            opened[account] += answer.status_code == 200
            assert answer.status_code != 500, address
            assert not told(words_of(answer), SECRETS + MASKED), (account, address)
    assert min(opened.values()) > 8, opened
    assert not told(caplog.text, SECRETS)


def test_no_page_of_the_hotline_shows_more_than_a_mask(app: Flask, loop: Loop, browser: Client) -> None:
    no = loop(a_life)
    masked = set()
    for account in HOTLINE:
        seen = browser.as_user(account)
        for address in read_addresses(app, no):
            words = words_of(seen.get(address))
            assert not told(words, SECRETS), (account, address)
            masked.update(told(words, MASKED))
    assert masked  # the canary was in the house


def test_repeat_callers_are_masked_for_few_and_shown_to_no_unit_and_no_reader(
    loop: Loop, browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    loop(a_life)
    loop(lambda city: play.log(city, "0502", name=NAME, phone=PHONE, **play.WITHHELD))
    form = {"first": "2026-11-01", "last": "2026-12-31", "least": "2", "reason": "研判重复来电"}
    shown = {}
    for account in (*UNITS, *READERS, *HOTLINE):
        seen = browser.as_user(account)
        answer = seen.post("/repeats/", data=form | {"csrf_token": seen.token()})
        words = words_of(answer)
        assert not told(words, SECRETS), account
        shown[account] = bool(told(words, MASKED))
        assert answer.status_code == (200 if shown[account] else 403), account
    assert {account for account, masked in shown.items() if masked} == {"supervisor", "director"}
    assert not told(words_of(browser.as_user("supervisor").get("/repeats/repeats.xlsx")), SECRETS + MASKED)
    assert not told(caplog.text, SECRETS)


def test_the_callers_own_pages_show_nobody_either(loop: Loop, browser: Client) -> None:
    no = loop(a_life)
    browser.get("/citizen/")
    later = loop(lambda _city: (now() + timedelta(minutes=5)).isoformat())
    with browser.session_transaction() as kept:
        kept[KEY] = [no, later]
    token = loop(lambda _city: box().rating_token(db.session.scalars(select(Ticket.id)).one(), 2))
    for address in ("/citizen/", "/citizen/ticket", f"/rate/{token}"):
        words = browser.get(address).get_data(as_text=True)
        assert not told(words, SECRETS + MASKED), address
    assert no in browser.page("/citizen/ticket").text()


def test_no_search_finds_who_called(loop: Loop, browser: Client) -> None:
    no = loop(a_life)
    for account in (*UNITS, *READERS, *HOTLINE):
        seen = browser.as_user(account)
        for words in (NAME, ADDRESS, NAME[:2], "电梯"):
            shown = seen.get("/tickets/", query_string={"q": words}).get_data(as_text=True)
            assert (no in shown) == (words == "电梯" and account not in {"admin", "auditor"}), (account, words)
            assert not told(shown.replace(f'value="{words}"', ""), SECRETS + MASKED[:2]), (account, words)
        for number in (PHONE, OTHER_PHONE):
            sent = seen.post("/tickets/", data={"q": number, "csrf_token": seen.token()})
            assert sent.status_code in {422, 403}, account
            assert no not in sent.get_data(as_text=True)


def test_no_answer_of_the_api_tells_a_unit_who_called(app: Flask, loop: Loop) -> None:
    no = loop(a_life)
    for account in UNITS:
        with app.app_context():
            token = issue(account, days=1)
            base.db.session.remove()
        system, headers = app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"}
        for address in (a for a in read_addresses(app, no) if a.startswith("/api/v1/")):
            answer = system.get(address, headers=headers)
            assert not told(answer.get_data(as_text=True), SECRETS + MASKED), (account, address)


def test_no_table_but_the_sealed_one_knows_and_that_one_only_sealed(
    loop: Loop, clean: Database, redis_url: str
) -> None:
    loop(a_life)
    with psycopg.connect(clean.admin_url) as connection:
        tables = [name for (name,) in connection.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = 'public'")]
        assert len(tables) > 50
        for table in tables:
            for (row,) in connection.execute(f"SELECT t::text FROM {table} t"):
                assert not told(row, SECRETS), table
    with redis.Redis.from_url(redis_url, decode_responses=True) as valkey:
        assert not told(" ".join(valkey.scan_iter()), SECRETS)
        for key in valkey.scan_iter(_type="string"):
            assert not told(valkey.get(key) or "", SECRETS), key
        for key in valkey.scan_iter(_type="hash"):
            assert not told(repr(redis.Redis.from_url(redis_url).hgetall(key)), SECRETS), key
