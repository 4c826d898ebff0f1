"""Text messages through a gateway over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.channels import texts
from hotline.channels.guarded import Network, attempt
from hotline.channels.signing import signed
from workflows.delivery import Failure, Letter, Parcel, Sent

#: The national number, the text, and the key that stays the same when a message is sent again.
BLANKS = ("{phone}", "{text}", "{key}")
_BLANK = re.compile("|".join(re.escape(blank) for blank in BLANKS))


@dataclass(frozen=True)
class Sms:
    """A gateway: where it is, the JSON it wants with blanks for number, text and key, and how we prove who we are."""

    url: str
    body: Any
    auth: str
    secret: str
    success: str
    private: Sequence[Network]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Sms:
        """The gateway the settings name."""
        return cls(config["SMS_URL"], config["SMS_BODY"], config["SMS_AUTH"], config["SMS_SECRET"],
                   config["SMS_SUCCESS"], config["OUTBOUND_NETWORKS"])

    def write(self, parcel: Parcel) -> Letter:
        """The text, in one part."""
        return texts.sms(parcel)

    def send(self, letter: Letter) -> Sent | Failure:
        """Post it. An answer without the words of success is a failure that may mend."""
        blanks = {"{phone}": letter.to.removeprefix("+86"), "{text}": letter.body, "{key}": letter.key}
        body = json.dumps(filled(self.body, blanks), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": letter.key}
        if self.auth == "bearer":
            headers["Authorization"] = f"Bearer {self.secret}"
        if self.auth == "hmac":
            headers |= signed(self.secret, body, letter.at)
        answer = attempt(self.url, body, headers, self.private)
        if isinstance(answer, Failure):
            return answer
        if self.success and self.success not in answer.body.decode(errors="replace"):
            return Failure("the answer does not say success")
        return Sent()


def filled(body: Any, blanks: Mapping[str, str]) -> Any:
    """The gateway's JSON with its blanks filled in, at any depth."""
    if isinstance(body, dict):
        return {name: filled(value, blanks) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, blanks) for value in body]
    if isinstance(body, str):
        return _BLANK.sub(lambda found: blanks[found[0]], body)
    return body
