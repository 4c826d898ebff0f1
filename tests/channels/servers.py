"""Real servers on loopback, well and ill behaved: a gateway over HTTP and a mail server."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

LOOPBACK = "127.0.0.1"


@dataclass
class Post:
    """What a gateway was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """A gateway: what it got, and how it behaves. `over` is set when the test ends, so that nothing waits for it."""

    url: str
    got: list[Post] = field(default_factory=list)
    behave: Callable[[BaseHTTPRequestHandler, Gateway], None] = lambda handler, _: answer(handler, 200)
    over: threading.Event = field(default_factory=threading.Event)


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b'{"code": 0}', **headers: str) -> None:
    """A whole answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def saying(status: int, **headers: str) -> Callable[..., None]:
    """It answers so."""
    return lambda handler, _: answer(handler, status, **headers)


def hang(_handler: BaseHTTPRequestHandler, gateway: Gateway) -> None:
    """It takes the message and says nothing."""
    gateway.over.wait(60)


def reset(handler: BaseHTTPRequestHandler, _gateway: Gateway) -> None:
    """It slams the door."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def half_an_answer(handler: BaseHTTPRequestHandler, _gateway: Gateway) -> None:
    """It says 200 and goes away in the middle of the sentence."""
    handler.send_response(200)
    handler.send_header("Content-Length", "400")
    handler.end_headers()
    handler.wfile.write(b'{"code"')
    handler.wfile.flush()


def drip(handler: BaseHTTPRequestHandler, gateway: Gateway) -> None:
    """It says a letter now and then, for ever, so that no single wait is long."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not gateway.over.wait(0.1):
            handler.wfile.write(b"a")
            handler.wfile.flush()
    except OSError:
        pass


def endless(handler: BaseHTTPRequestHandler, gateway: Gateway) -> None:
    """Its answer has no end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not gateway.over.is_set():
            handler.wfile.write(b"a" * 65536)
    except OSError:
        pass


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(Post(self.path, dict(self.headers), body))
            made.behave(self, made)

        def log_message(self, *_words: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_where: Any) -> None:
            pass

    server = Server((LOOPBACK, 0), Handler)
    made = Gateway(f"http://{LOOPBACK}:{server.server_port}/send?app=7")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """A mail server: what it took, and what it says to recipients, to data, and to passwords."""

    port: int = 0
    took: list[Envelope] = field(default_factory=list)
    rcpt: str = ""
    data: str = "250 taken"
    passwords: list[tuple[bytes, bytes]] = field(default_factory=list)
    good_password: bytes = b"right"

    async def handle_RCPT(  # noqa: N802  named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse a message."""
        if self.data.startswith("250"):
            self.took.append(envelope)
        return self.data

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        """Look at a password."""
        self.passwords.append((given.login, given.password))
        return AuthResult(success=given.password == self.good_password)


@contextmanager
def mailbox(tls: tuple[Path, Path] | None = None, at_once: bool = False, **says: Any) -> Iterator[Mailbox]:
    """A mail server on a port of its own; `tls` is certificate and key, by STARTTLS unless `at_once`."""
    made = Mailbox(**says)
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, tls))
    made.port = free_port()
    more = {"authenticator": made.authenticate} if tls else {}
    controller = Controller(
        made, hostname=LOOPBACK, port=made.port, ssl_context=context if at_once else None,
        tls_context=None if at_once else context, require_starttls=tls is not None and not at_once,
        auth_require_tls=not at_once, **more,
    )
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """A server that says `first` and then a letter now and then; its port."""
    over = threading.Event()

    def talk() -> None:
        while not over.is_set():
            try:
                peer, _ = listening.accept()
            except TimeoutError:
                continue
            with peer:
                try:
                    peer.sendall(first)
                    while not over.wait(0.1):
                        peer.sendall(b"a")
                except OSError:
                    pass

    with socket.create_server((LOOPBACK, 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()
