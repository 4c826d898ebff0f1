"""How many tickets a second one machine takes in: POST /api/v1/tickets, identity encrypted, routed, committed.

Web server, workers, beat, PostgreSQL and Valkey run on this machine, and so does the client. `raw_sql_per_s` is the
same rows written by plain SQL, one transaction a ticket, over as many connections: what is left when all our own
work is taken away.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, town, web
from bench.bulk import SENTENCE
from hotline.api import tokens

CONNECTIONS = 8
#: How PostgreSQL names the type of a JSON column; its driver would take a list for an array.
JSONB = psycopg.adapters.types["jsonb"].oid
WARM_UP = 200
#: The rows of a ticket just taken in, in the order they are written again.
TABLES = ("ticket", "ticket_identity", "assignment", "clock", "ticket_event", "outbox")
BY_DATABASE = {"clock": {"id"}, "ticket_event": {"id", "sequence", "previous_hash", "hash"}, "outbox": {"id"}}


@dataclass
class Measured:
    """Seconds each request took, and all of them together."""

    each: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    @property
    def p95_ms(self) -> float:
        """The time 95 of 100 requests kept within, in milliseconds."""
        return quantiles(self.each, n=20)[-1] * 1000


def request_of(number: int) -> bytes:
    """A made-up request, another caller and another matter each time."""
    community = number % (town.STREETS * town.COMMUNITIES)
    return json.dumps({
        "kind": "COMPLAINT", "category": f"{number % town.TOPICS + 1:02d}{number % town.MATTERS + 1:02d}",
        "area": f"01{community // town.COMMUNITIES:02d}{community % town.COMMUNITIES:02d}",
        "title": f"第{number}件 垃圾没有清运", "content": f"第{number}次反映：{SENTENCE * 4}", "name": "林小满",
        "phone": f"138{number:08d}", "address": f"幸福路{number % 999 + 1}号",
    }, ensure_ascii=False).encode()


def together(jobs: Sequence[Callable[[], list[float]]]) -> Measured:
    """Run jobs side by side."""
    begun = perf_counter()
    with ThreadPoolExecutor(len(jobs)) as pool:
        each = [seconds for job in [pool.submit(job) for job in jobs] for seconds in job.result()]
    return Measured(each, perf_counter() - begun)


def post(bind: str, token: str, first: int, tickets: int) -> Measured:
    """Send so many requests over CONNECTIONS connections."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(numbers: range) -> list[float]:
        connection, each = web.Connection(bind), []
        for number in numbers:
            body, begun = request_of(number), perf_counter()
            status, answer = connection.ask("POST", "/api/v1/tickets", headers, body)
            each.append(perf_counter() - begun)
            if status != 201:
                raise RuntimeError(f"{status}: {answer.decode()}")
        connection.close()
        return each

    return together([lambda n=n: send(range(first + n, first + tickets, CONNECTIONS)) for n in range(CONNECTIONS)])


def write(url: str, tickets: int) -> Measured:
    """Write the rows of one ticket again and again under new numbers, without any of our code."""
    with psycopg.connect(url) as connection:
        rows = {table: list(_rows(connection, table)) for table in TABLES}

    def insert(numbers: range) -> list[float]:
        each = []
        with psycopg.connect(url, autocommit=True) as connection:
            for number in numbers:
                begun = perf_counter()
                with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
                    for statement, values in _again(rows, number):
                        cursor.execute(statement, values)
                each.append(perf_counter() - begun)
        return each

    return together([lambda n=n: insert(range(n, tickets, CONNECTIONS)) for n in range(CONNECTIONS)])


def _rows(connection: psycopg.Connection, table: str) -> Iterator[dict[str, Any]]:
    key = "id" if table == "ticket" else "ticket_id"
    found = connection.execute(f"SELECT * FROM {table} WHERE {key} = (SELECT max(ticket_id) FROM assignment)")
    columns = [(column.name, column.type_code == JSONB) for column in found.description]
    for row in found:
        yield {
            name: Jsonb(value) if is_json and value is not None else value
            for (name, is_json), value in zip(columns, row, strict=True) if name not in BY_DATABASE.get(table, ())
        }


def _again(rows: dict[str, list[dict[str, Any]]], number: int) -> Iterator[tuple[str, list[Any]]]:
    key = 10_000_000 + number
    own = {"ticket_id": key, "lead_assignment_id": key, "assignment_id": key, "no": f"R{number:016d}"}
    for table in TABLES:
        for place_in_table, row in enumerate(rows[table]):
            fresh = {**row, **{name: value for name, value in own.items() if row.get(name) is not None}}
            if "id" in fresh:
                fresh["id"] = key
            if table == "outbox":
                fresh["key"] = f"raw:{number}:{place_in_table}"
            marks = ", ".join(["%s"] * len(fresh))
            yield f"INSERT INTO {table} ({', '.join(fresh)}) VALUES ({marks})", list(fresh.values())


def client(asked: dict[str, Any]) -> None:
    """The client's own process: what it measured goes to standard output."""
    measured = post(asked["bind"], asked["token"], asked["first"], asked["tickets"])
    print(json.dumps({"each": measured.each, "seconds": measured.seconds}))


def in_a_process_of_its_own(bind: str, token: str, first: int, tickets: int) -> Measured:
    """`post`, away from this process."""
    asked = json.dumps({"bind": bind, "token": token, "first": first, "tickets": tickets})
    done = subprocess.run([sys.executable, __file__, "--client", asked], check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout))


def main() -> None:
    """Measure, and say the figures."""
    asked = place.arguments(__doc__, tickets=6_000)
    with place.prepared() as environ, place.opened(environ), web.served(environ) as bind:
        token = tokens.issue("desk1", days=1)
        in_a_process_of_its_own(bind, token, 0, WARM_UP)
        taken = in_a_process_of_its_own(bind, token, WARM_UP, asked.tickets)
        url = environ["HOTLINE_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
        raw = write(url, asked.tickets)
    place.finish({
        "tickets": asked.tickets, "tickets_per_s": round(taken.per_second, 1), "p95_ms": round(taken.p95_ms, 1),
        "raw_sql_per_s": round(raw.per_second, 1), "share_of_raw": round(taken.per_second / raw.per_second, 3),
        "connections": CONNECTIONS,
    })


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        client(json.loads(sys.argv[2]))
    else:
        main()
