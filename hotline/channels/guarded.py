"""HTTP to another system, kept from where it must not go.

The name is resolved once, every address it has is looked at, and the connection goes to one that was looked at:
a name that answers differently the second time gains nothing. Redirects are not followed, the answer is read up to a
limit, and the whole exchange ends after some seconds however slowly the other side drips.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, IncompleteRead
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from workflows.delivery import Failure

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Seconds of a whole exchange, and the most of an answer that is read.
PATIENCE, MOST_BYTES = 5.0, 1024 * 1024
#: Addresses that stand for others, which they would hide.
_TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
#: Refusals that are about this message: sending it again gets the same answer. Others are about us (a secret, an
#: address) or about now, and mend.
FOR_GOOD = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451})


class Refused(Exception):  # noqa: N818  the address is refused, nothing failed
    """The target is not one we connect to."""


class Timeout(Exception):  # noqa: N818  named as what it is
    """The exchange took too long."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def permitted(address: Address, private: Sequence[Network]) -> bool:
    """Whether an address is public, or of a network the settings name."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return permitted(mapped, private)
    if any(address in net for net in private if net.version == address.version):
        return True
    hidden = any(address in net for net in _TUNNELS if net.version == address.version)
    return address.is_global and not address.is_multicast and not hidden


def resolve(host: str, port: int, private: Sequence[Network]) -> str:
    """One checked address of a host. Raises Refused where any address of it is not permitted, OSError unresolved."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise Refused("name refused") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not all(permitted(ipaddress.ip_address(each), private) for each in addresses):
        raise Refused("address refused")
    return addresses[0]


class Pinned(HTTPConnection):
    """A connection to a checked address, speaking to the host of the URL."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address, self.tls = address, tls
        self.kept: socket.socket | None = None

    def connect(self) -> None:
        """Go where was looked at, and nowhere else."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self.kept = plain
        if self.tls is not None:
            self.sock = self.kept = self.tls.wrap_socket(plain, server_hostname=self.host)


@contextmanager
def at_most(seconds: float, owner: Any, name: str) -> Iterator[None]:
    """End whatever waits on the socket `owner.<name>` after so many seconds. Raises Timeout then."""
    over = False

    def end() -> None:
        nonlocal over
        over = True
        if (kept := getattr(owner, name)) is not None:
            with suppress(OSError):
                socket.socket.shutdown(kept, socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException, ValueError) as problem:
        if over or isinstance(problem, TimeoutError):
            raise Timeout from problem
        raise
    finally:
        timer.cancel()
    if over:
        raise Timeout


def post(url: str, body: bytes, headers: Mapping[str, str], private: Sequence[Network]) -> Answer:
    """Send a body. Raises Refused, Timeout, or what the network raises."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    address = resolve(host, port, private)
    connection = Pinned(host, port, address, ssl.create_default_context() if secure else None)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with at_most(PATIENCE, connection, "kept"):
            connection.request("POST", path, body, {**headers, "Connection": "close"})
            response = connection.getresponse()
            with response:
                return Answer(response.status, _read(response))
    finally:
        connection.close()


def _read(response: Any) -> bytes:
    got = response.read(MOST_BYTES + 1)
    if len(got) > MOST_BYTES:
        raise Refused("answer too long")
    if response.length:  # closed before it was complete: whatever the status said, this is no answer
        raise IncompleteRead(got)
    return got


def attempt(url: str, body: bytes, headers: Mapping[str, str], private: Sequence[Network]) -> Answer | Failure:
    """`post`, with everything that can go wrong as a Failure: words of our own, none of the other side's."""
    try:
        answer = post(url, body, headers, private)
    except Refused as refused:
        return Failure(str(refused))
    except Timeout:
        return Failure("no answer in time")
    except (OSError, HTTPException, ValueError) as problem:
        return Failure(type(problem).__name__)
    if 200 <= answer.status < 300:
        return answer
    return Failure(f"HTTP {answer.status}", permanent=answer.status in FOR_GOOD)
