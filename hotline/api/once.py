"""The header Idempotency-Key: a request sent again, by a gateway or an impatient hand, acts once.

The key belongs to the account that sends it and is kept for two days. Sent again with the same body, the answer is
that of the first time with the header `Idempotent-Replayed: true`; with another body it is refused. A refused
request leaves no key behind, so that it can be mended and sent again under the same one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import request

from hotline.api.body import fingerprint
from hotline.api.problems import Unreadable
from workflows.model import idempotency
from workflows.rules.roles import Actor

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotent-Replayed": "true"}
_KEY = re.compile(r"[!-~]{1,255}")

Body = dict[str, Any]


def acted_once(actor: Actor, act: Callable[[], Body], again: Callable[[Body], Body]) -> Body | tuple[Body, Body]:
    """What `act` says, or, where the key has acted before, what `again` makes of what was kept, with the header.

    Raises Unreadable for a key that is none, KeyReused where it came with another body.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        raise Unreadable("idempotency_key_bad")
    try:
        with idempotency.once(actor.user_id, key, fingerprint()):
            return act()
    except idempotency.AlreadyDone as done:
        return again(done.result), REPLAYED
