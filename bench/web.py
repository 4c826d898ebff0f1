"""The application served as bin/run serves it, and a client that costs next to nothing itself."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from bench import place
from hotline.access import SESSION_KEY, hash_of
from hotline.local.__main__ import application
from hotline.local.processes import stop
from workflows.model.base import db, now, transaction
from workflows.model.directory import UserSession

START_SECONDS = 60
_END = b"\r\n\r\n"


class Connection:
    """One kept-alive HTTP/1.1 connection; requests are written as they are, answers read by their length."""

    def __init__(self, bind: str) -> None:
        host, _, port = bind.rpartition(":")
        self.host = bind
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer. Raises ConnectionError where the server hangs up."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {text}" for name, text in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode() + _END + body)
        return self._answer()

    def _answer(self) -> tuple[int, bytes]:
        got = b""
        while _END not in got:
            got += self._more()
        head, _, rest = got.partition(_END)
        length = next(
            int(line.split(b":", 1)[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        while len(rest) < length:
            rest += self._more()
        return int(head[9:12]), rest

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        return part

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


@contextmanager
def served(environ: dict[str, str], *, workers: bool = True) -> Iterator[str]:
    """The web server runs inside the block, with workers and beat or alone; its address."""
    bind = f"127.0.0.1:{_free_port()}"
    told = place.settings(environ) | {"HOTLINE_BIND": bind}
    told.pop("HOTLINE_DATABASE_OWNER_URL", None)
    with ExitStack() as held:
        log = held.enter_context(open(f"{told['HOTLINE_VAR']}/bench.log", "ab"))  # noqa: PTH123  beside the servers' own
        for program in application(told, workers=1):
            if program.name != "web" and not workers:
                continue
            child = program.start(log)
            held.callback(stop, program, child)
            if program.name == "web":
                _wait(bind, child)
        yield bind


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(bind: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        with suppress(OSError):
            if Connection(bind).ask("GET", "/healthz", {})[0] == 200:
                return
        time.sleep(0.1)
    sys.exit("the web server does not answer; see bench.log in HOTLINE_VAR")


def signed_in(app: Flask, user_id: int) -> dict[str, str]:
    """What the browser of somebody signed in sends along, the token of its forms too. Needs an application context."""
    secret = secrets.token_urlsafe(32)
    with transaction():
        at = now()
        db.session.add(UserSession(token_hash=hash_of(secret), user_id=user_id, created_at=at, seen_at=at))
    serializer: Any = app.session_interface.get_signing_serializer(app)
    raw = secrets.token_hex(20)
    cookie = serializer.dumps({SESSION_KEY: secret, "csrf_token": raw})
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}", "X-CSRFToken": token}
