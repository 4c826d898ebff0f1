"""Other systems that hand in requests all the while, and write down what was acknowledged before they go on."""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.site import Site

#: Seconds between two requests of one client.
PACE = 0.3
CLIENTS = 3
TAKEN = 201
#: Seconds a client waits before it sends what got no good answer once more, to the other machine.
AGAIN = 0.2


@dataclass
class Log:
    """What clients were told: on disk before the next request, so that no crash of theirs forgets it."""

    path: Path
    statuses: Counter[int] = field(default_factory=Counter)
    sent: set[str] = field(default_factory=set)
    slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self) -> dict[str, str]:
        """Ticket numbers by what the request said."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return {entry["content"]: entry["no"] for entry in map(json.loads, lines)}

    def note(self, status: int, content: str, no: str | None, seconds: float) -> None:
        """Write down an answer, and how long it took."""
        with self._lock:
            self.slowest = max(self.slowest, seconds)
            self.statuses[status] += 1
            self.sent.add(content)
            if no is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps({"no": no, "content": content}) + "\n")
                    file.flush()
                    os.fsync(file.fileno())


@contextmanager
def handing_in(site: Site, name: str) -> Iterator[Log]:
    """Clients hand in requests while the block runs; what has no good answer is sent again under the same key."""
    log, stopping = Log(site.folder / f"{name}.acks"), threading.Event()
    numbers = itertools.count(1)
    threads = [
        threading.Thread(target=_client, args=(site, log, stopping, lambda: f"{name} 第{next(numbers)}件"))
        for _ in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield log
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def _client(site: Site, log: Log, stopping: threading.Event, next_content: Callable[[], str]) -> None:
    while not stopping.is_set():
        _hand_in(site, log, stopping, next_content())
        stopping.wait(PACE)


def _hand_in(site: Site, log: Log, stopping: threading.Event, content: str) -> None:
    body = {"kind": "COMPLAINT", "category": "0101", "content": content, "name": "林小满", "phone": "13800001234"}
    key = {"Idempotency-Key": content.encode().hex()}
    for machine in itertools.cycle(range(len(site.machines))):
        begun = time.monotonic()
        status, said = site.send(machine, "agent", "/tickets", body, **key)
        log.note(status, content, said["no"] if status == TAKEN else None, time.monotonic() - begun)
        if status == TAKEN or stopping.wait(AGAIN):
            return
