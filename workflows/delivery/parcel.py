"""What is sent, and who sends it. The senders know protocols; they are installed as a process starts.

A parcel holds codes, numbers and names of units, never words of a caller and never who the caller is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workflows.rules.quiet import Hours
from workflows.rules.vocabulary import Carrier


@dataclass(frozen=True)
class Parcel:
    """One message to one address. `key` is the same however often it is sent: the receiver may tell repeats by it."""

    key: str
    carrier: Carrier
    #: An e-mail address or a telephone number; nothing for a webhook.
    to: str
    locale: str
    #: The kind of the notice behind it.
    kind: str
    role: str
    unit_name: str
    ticket_no: str
    request_kind: str
    matter: str
    at: datetime
    #: When it was claimed to be sent, by the database's clock.
    claimed_at: datetime
    clock: str = ""
    due_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    #: What the link ends in by which a caller rates an answer: made when it is sent, in no message that waits.
    rating: str = ""


@dataclass(frozen=True)
class Letter:
    """A parcel in words."""

    key: str
    to: str
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """The receiver has it."""


@dataclass(frozen=True)
class Failure:
    """The receiver has it not, or did not say so. `why` is short and repeats nothing of what was sent."""

    why: str
    #: Sending it again cannot help.
    permanent: bool = False


class Sender(Protocol):
    """A channel. It never raises for what a network or a receiver does."""

    def write(self, parcel: Parcel) -> Letter:
        """Put a parcel into words."""

    def send(self, letter: Letter) -> Sent | Failure:
        """Hand it over, within seconds. Called from several threads at once, outside any transaction."""


_senders: dict[Carrier, tuple[Sender, Hours]] = {}


def install(senders: Mapping[Carrier, tuple[Sender, Hours]]) -> None:
    """The channels of this installation, each with the hours it keeps; one that is absent is off."""
    _senders.clear()
    _senders.update(senders)


def carriers() -> list[str]:
    """The channels that are on."""
    return [str(carrier) for carrier in _senders]


def sender_of(carrier: Carrier) -> tuple[Sender, Hours] | None:
    """A channel and its hours; None where it is off."""
    return _senders.get(carrier)
