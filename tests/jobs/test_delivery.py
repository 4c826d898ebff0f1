"""Messages leave by the workers as they run: a channel that hangs, one that fails now and then, dead letters."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.builders import City, make_city
from tests.channels import servers
from tests.channels.servers import Gateway
from tests.conftest import environment
from tests.database import Database
from tests.jobs.processes import Programs, soon
from workflows.administer.letters import replay_all
from workflows.jobs import SMS, WEBHOOK
from workflows.model import base
from workflows.rules.vocabulary import Carrier

MANY = 500
#: Seconds 500 messages may take on a machine busy with other tests.
LONG = 180
#: Of each ten these are not taken at first; of each fifty one is never taken.
BUSY = {3, 4, 5}
NOT_AT_FIRST, NEVER = MANY // 10 * len(BUSY), MANY // 50
MESSAGES = """
    INSERT INTO outbox (key, topic, payload, created_at, not_before, attempts, last_error)
    SELECT %(topic)s || ':' || n, %(topic)s, jsonb_build_object('user_id', %(user)s::bigint, 'kind', 'dispatched',
           'role', 'UNIT_CLERK', 'unit_id', %(unit)s::bigint, 'ticket_no', '20261127-000001', 'data', '{}'::jsonb),
           now(), now(), 0, ''
      FROM generate_series(1, %(many)s) AS n
"""
STATE = """
    SELECT count(*) FILTER (WHERE sent_at IS NOT NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),
           count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL AND attempts = 0)
      FROM outbox WHERE topic = %s
"""
#: What waits for another attempt: how many, and in how many seconds from their first one, at least and at most.
PUT_OFF = """
    SELECT count(*), extract(epoch FROM min(not_before) - now()) > 0, extract(epoch FROM max(not_before) - now()) < 38
      FROM outbox WHERE topic = %s AND sent_at IS NULL AND dead_at IS NULL AND attempts = 1 AND claimed_until IS NULL
"""
LATER = """
    UPDATE outbox SET not_before = now() WHERE topic = %s AND sent_at IS NULL AND dead_at IS NULL AND attempts > 0
"""


class Moody:
    """A system that is busy now and then, and will never take some messages, until it is mended."""

    def __init__(self) -> None:
        self.tried: Counter[int] = Counter()
        self.took: Counter[int] = Counter()
        self.mended = False
        self._one = threading.Lock()

    def __call__(self, handler: BaseHTTPRequestHandler, gateway: Gateway) -> None:
        number = int(handler.headers["Idempotency-Key"].rpartition(":")[2])
        with self._one:
            self.tried[number] += 1
            status = self._status(number)
            self.took[number] += status == 200
        servers.answer(handler, status)

    def _status(self, number: int) -> int:
        if number % 50 == 0 and not self.mended:
            return 422
        return 503 if number % 10 in BUSY and self.tried[number] == 1 else 200


@pytest.fixture
def city(app: Flask, clean: Database, admin: psycopg.Connection) -> Iterator[City]:
    with app.app_context():
        made = make_city()
        base.db.session.remove()
        admin.execute("UPDATE user_account SET work_phone = '+8613800000001' WHERE id = %s", [made.users["housing"]])
        yield made
        base.db.session.remove()


def put(admin: psycopg.Connection, city: City, topic: Carrier, many: int) -> None:
    admin.execute(MESSAGES, {"topic": topic, "user": city.users["housing"], "unit": city.units["HOUSING"],
                             "many": many})


def test_a_channel_that_hangs_holds_up_no_other_and_500_messages_arrive_once_each(
    city: City, admin: psycopg.Connection, clean: Database, redis_url: str, tmp_path: Path
) -> None:
    system = Moody()
    with servers.gateway() as hung, servers.gateway() as other:
        hung.behave, other.behave = servers.hang, system
        programs = Programs(environment(clean, redis_url) | {
            "HOTLINE_SMS_URL": hung.url, "HOTLINE_SMS_QUIET": "", "HOTLINE_WEBHOOK_URL": other.url,
            "HOTLINE_WEBHOOK_SECRET": "s" * 32, "HOTLINE_OUTBOUND_NETWORKS": "127.0.0.0/8",
        }, tmp_path)
        try:
            put(admin, city, Carrier.SMS, MANY)
            for name in (SMS, WEBHOOK, "beat"):
                programs.start("hotline.worker", name)
            soon(lambda: hung.got)
            put(admin, city, Carrier.WEBHOOK, MANY)

            # whatever the other one does: none waits for a first attempt, the busy ones are put off by half a minute
            soon(lambda: admin.execute(STATE, [WEBHOOK]).fetchone()[2] == 0, LONG)
            soon(lambda: admin.execute(PUT_OFF, [WEBHOOK]).fetchone() == (NOT_AT_FIRST, True, True), LONG)
            assert admin.execute(STATE, [SMS]).fetchone()[:2] == (0, 0)
            assert admin.execute(STATE, [SMS]).fetchone()[2] > MANY // 2

            admin.execute(LATER, [WEBHOOK])
            soon(lambda: admin.execute(STATE, [WEBHOOK]).fetchone() == (MANY - NEVER, NEVER, 0), LONG)

            system.mended = True
            assert replay_all(Carrier.WEBHOOK, city.actor("supervisor")) == NEVER
            soon(lambda: admin.execute(STATE, [WEBHOOK]).fetchone() == (MANY, 0, 0), LONG)
        finally:
            programs.end()
    assert system.took == Counter(range(1, MANY + 1))
    assert system.tried.total() == MANY + NOT_AT_FIRST + NEVER
    assert {json.loads(post.body)["key"] for post in other.got} == {f"webhook:{n}" for n in range(1, MANY + 1)}
