"""A signed call to another system for each notice: numbers, codes and names of units as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.channels.guarded import Network, attempt
from hotline.channels.signing import signed
from workflows.delivery import Failure, Letter, Parcel, Sent

#: What of a notice's details is passed on: closed, so that nothing slips out that was put there for the screen.
DETAILS = ("clock", "due_at", "level", "order_no", "today", "overdue", "supervised")


@dataclass(frozen=True)
class Webhook:
    """The other system: where it is and the secret it knows us by."""

    url: str
    secret: str
    private: Sequence[Network]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Webhook:
        """The system the settings name."""
        return cls(config["WEBHOOK_URL"], config["WEBHOOK_SECRET"], config["OUTBOUND_NETWORKS"])

    def write(self, parcel: Parcel) -> Letter:
        """The body as it is signed and sent."""
        told = {
            "key": parcel.key, "event": parcel.kind, "at": parcel.at.isoformat(), "role": parcel.role,
            "unit": parcel.unit_name, "ticket_no": parcel.ticket_no, "kind": parcel.request_kind,
            "matter": parcel.matter,
            "details": {name: parcel.data[name] for name in DETAILS if name in parcel.data},
        }
        return Letter(parcel.key, "", "", json.dumps(told, ensure_ascii=False), parcel.claimed_at)

    def send(self, letter: Letter) -> Sent | Failure:
        """Post it, signed."""
        body = letter.body.encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": letter.key}
        answer = attempt(self.url, body, headers | signed(self.secret, body, letter.at), self.private)
        return answer if isinstance(answer, Failure) else Sent()
