"""The signature a receiver checks: HMAC-SHA256 over moment, dot and body, so that neither can be changed or kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

TIMESTAMP, SIGNATURE = "X-Hotline-Timestamp", "X-Hotline-Signature"


def signed(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of a signed body: seconds since 1970 and "sha256=" with the hexadecimal digest."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {TIMESTAMP: stamp, SIGNATURE: f"sha256={digest}"}
