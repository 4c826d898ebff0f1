"""Play imported requests through the whole loop over the API, as the units and desks would.

    python bench/loop.py callers FILE OUT          the file with a made-up caller's number in every row
    python bench/loop.py play --base URL --hotline bin/hotline [--tickets N] [--seed 7]

`play` takes every ticket that waits for a unit and works it: signed, contacted, replied, reviewed, rung back; some
are returned, sent back, dissatisfied and handled again, some left lying. Tokens are drawn with `bin/hotline token`.
It ends with one line of JSON: how many of what, moves per second, and refusals, of which there must be none.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

REPLY = {
    "truth": "TRUE", "resolution": "RESOLVED", "internal_account": "已现场核查并处理。",
    "public_answer": "您反映的问题已核查处理，感谢监督。",
}
HAPPY = {"result": "ANSWERED", "contacted": True, "solved": "SOLVED", "satisfaction": "SATISFIED"}
UNHAPPY = {
    "result": "ANSWERED", "contacted": True, "solved": "UNSOLVED", "satisfaction": "DISSATISFIED",
    "reason": "RESULT_SHORT", "words": "问题依旧",
}


def add_callers(source: Path, target: Path) -> None:
    """Copy a CSV with a column of made-up numbers: real messages come without their callers."""
    with source.open(encoding="utf-8-sig", newline="") as given, target.open("w", encoding="utf-8-sig") as made:
        rows = csv.reader(given)
        writer = csv.writer(made)
        writer.writerow([*next(rows), "联系电话", "姓名"])
        for n, row in enumerate(rows):
            writer.writerow([*row, f"139{n:08d}", "测试来电人"])


Tokens = Callable[[str], str]


def drawn_by(command: str) -> Tokens:
    """Tokens by `bin/hotline token ACCOUNT`, one process each."""

    def draw(account: str) -> str:
        said = subprocess.run([command, "token", account, "--days", "2"], capture_output=True, text=True, check=True)
        return said.stdout.split()[-1]

    return draw


class Desk:
    """The API by one account's token."""

    def __init__(self, base: str, tokens: Tokens, account: str) -> None:
        self.base, self.token = base, tokens(account)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and answer."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}", method=method, data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def move(self, no: str, version: int, name: str, **data: Any) -> int:
        """Make a move; the ticket's new version. Raises RuntimeError where it is refused."""
        status, answer = self.call("POST", f"/tickets/{no}/moves", {"move": name, "version": version, **data})
        if status not in {200, 201}:
            raise RuntimeError(f"{name} {no}: {status} {answer}")
        return answer["version"]

    def listed(self, most: int, **filters: str) -> list[dict[str, Any]]:
        """Tickets by filters, page by page."""
        found: list[dict[str, Any]] = []
        after = ""
        while len(found) < most:
            query = "&".join(f"{k}={v}" for k, v in {**filters, "size": "200", "page": after}.items() if v)
            status, page = self.call("GET", f"/tickets?{query}")
            if status != 200:
                raise RuntimeError(page)
            found += page["items"]
            after = page.get("next") or ""
            if not after:
                break
        return found[:most]


class Play:
    """A round of the loop for many tickets."""

    def __init__(self, base: str, tokens: Tokens, seed: int, clerks: dict[str, str]) -> None:
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.moves = 0
        self.supervisor, self.dispatcher = Desk(base, tokens, "supervise1"), Desk(base, tokens, "dispatch1")
        self.reviewer, self.callback = Desk(base, tokens, "review1"), Desk(base, tokens, "callback1")
        self.clerks = {unit: Desk(base, tokens, account) for unit, account in clerks.items()}

    def send_out(self, tickets: list[dict[str, Any]], units: list[dict[str, Any]]) -> None:
        """What the catalogue could not place goes to one unit or another, as a dispatcher would decide."""
        keys = [unit["id"] for unit in units if unit["code"] in self.clerks and unit["kind"] == "BUREAU"]
        for ticket in tickets:
            self.step(self.dispatcher, ticket["no"], ticket["version"], "dispatch", unit_id=self.dice.choice(keys),
                      override_reason="经会商确定")
            self.done["sent_out"] += 1

    def work(self, ticket: dict[str, Any], fate: float) -> None:
        """What becomes of a ticket: `fate` between 0 and 1 decides."""
        unit = (ticket.get("unit") or {}).get("code")
        if unit not in self.clerks:
            self.done["no_clerk"] += 1
            return
        clerk, no, version = self.clerks[unit], ticket["no"], ticket["version"]
        try:
            self._way(clerk, no, version, fate, ticket)
        except RuntimeError as refused:
            self.done["refused"] += 1
            print(refused, file=sys.stderr)

    def _way(self, clerk: Desk, no: str, version: int, fate: float, ticket: dict[str, Any]) -> None:
        if fate < 0.08:
            self.done["left_lying"] += 1
            return
        if fate < 0.16:
            version = self.step(clerk, no, version, "apply_return", reason="UNCLEAR_DUTY", basis="三定方案未列此事项")
            granted = fate < 0.12
            deed = {"opinion": "同意"} if granted else {"opinion": "属贵单位职责，指定承办"}
            decider = self.supervisor if ticket["return_count"] else self.dispatcher
            version = self.step(decider, no, version, "grant_return" if granted else "refuse_return", **deed)
            self.done["return_granted" if granted else "return_refused"] += 1
            if granted:
                return
        else:
            version = self.step(clerk, no, version, "sign")
        version = self.step(clerk, no, version, "contact", result="REACHED", note="已电话联系")
        version = self.answer(clerk, no, version, send_back=fate > 0.95)
        if 0.80 < fate <= 0.92:
            version = self.step(self.callback, no, version, "record_callback", **UNHAPPY)
            version = self.step(self.supervisor, no, version, "rework", reason="RESULT_SHORT")
            version = self.answer(clerk, no, version, send_back=False)
            self.done["reworked"] += 1
        self.step(self.callback, no, version, "record_callback", **HAPPY)
        self.done["closed"] += 1

    def answer(self, clerk: Desk, no: str, version: int, *, send_back: bool) -> int:
        """Reply, perhaps have it sent back, and have it accepted."""
        version = self.step(clerk, no, version, "reply", **REPLY)
        if send_back:
            version = self.step(self.reviewer, no, version, "send_back", defects=["D3"], opinion="缺少时间地点")
            version = self.step(clerk, no, version, "reply", **REPLY)
            self.done["sent_back"] += 1
        return self.step(self.reviewer, no, version, "accept_reply")

    def step(self, desk: Desk, no: str, version: int, name: str, **data: Any) -> int:
        """One move, counted."""
        self.moves += 1
        return desk.move(no, version, name, **data)


def clerks_of(accounts: Path, units: list[dict[str, Any]]) -> dict[str, str]:
    """Unit code → the account of its clerk in the demonstration city."""
    known = {line.split("\t")[0] for line in accounts.read_text(encoding="utf-8").splitlines()}
    named = {unit["code"]: f"clerk-{unit['code'].lower()}" for unit in units}
    return {code: account for code, account in named.items() if account in known}


def play(options: argparse.Namespace) -> dict[str, Any]:
    """Work what waits; figures at the end."""
    tokens = json.loads(options.tokens.read_text()).__getitem__ if options.tokens else drawn_by(options.hotline)
    _, units = Desk(options.base, tokens, "supervise1").call("GET", "/units")
    stage = Play(options.base, tokens, options.seed, clerks_of(Path(options.accounts), units["items"]))
    stage.send_out(stage.supervisor.listed(options.tickets, state="TO_DISPATCH"), units["items"])
    waiting = stage.supervisor.listed(options.tickets, state="DISPATCHED")
    fates = [stage.dice.random() for _ in waiting]
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(stage.work, waiting, fates))
    took = time.monotonic() - start
    return {"tickets": len(waiting), "moves": stage.moves, "moves_per_s": round(stage.moves / took, 1), **stage.done}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    todo = parser.add_subparsers(dest="what", required=True)
    callers = todo.add_parser("callers")
    callers.add_argument("source", type=Path)
    callers.add_argument("target", type=Path)
    playing = todo.add_parser("play")
    playing.add_argument("--base", default="http://127.0.0.1:8000")
    playing.add_argument("--hotline", default="bin/hotline")
    playing.add_argument("--tokens", type=Path, help="a JSON file of account → token, instead of drawing them")
    playing.add_argument("--accounts", default="var/accounts.tsv")
    playing.add_argument("--tickets", type=int, default=10_000)
    playing.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if options.what == "callers":
        add_callers(options.source, options.target)
    else:
        print(json.dumps(play(options)))


if __name__ == "__main__":
    main()
