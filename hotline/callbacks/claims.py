"""Who is ringing whom just now, so that two desks do not ring the same caller.

A claim is a courtesy, not a lock: it is kept in Valkey for a while, and without Valkey everybody sees everything.
What counts is the ticket's version, checked when a call is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError

from hotline import queues
from hotline.logs import log
from workflows.rules.roles import Actor

#: Seconds a call-back may take before its ticket is offered to others again.
LASTS = 15 * 60
_KEY = "hotline:callback:{}"


@lru_cache(maxsize=4)
def _valkey(url: str) -> Redis:
    return queues.connect(url)


def _store() -> Redis:
    return _valkey(current_app.config["REDIS_URL"])


def claim(no: str, actor: Actor) -> str:
    """Take a ticket for a call; returns who else has it, nothing where it is the actor's now."""
    try:
        _store().set(_KEY.format(no), f"{actor.user_id}:{actor.name}", nx=True, ex=LASTS)
    except RedisError:
        log.warning("claims_unavailable")
        return ""
    return held([no], actor).get(no, "")


def release(no: str, actor: Actor) -> None:
    """Give a ticket back after its call."""
    if held([no], actor):
        return
    try:
        _store().delete(_KEY.format(no))
    except RedisError:
        log.warning("claims_unavailable")


def held(numbers: Iterable[str], actor: Actor) -> dict[str, str]:
    """Ticket number → who else is ringing its caller."""
    wanted = list(numbers)
    try:
        holders = _store().mget([_KEY.format(no) for no in wanted]) if wanted else []
    except RedisError:
        log.warning("claims_unavailable")
        return {}
    found = {no: holder.decode() for no, holder in zip(wanted, holders, strict=True) if holder}
    return {no: who.partition(":")[2] for no, who in found.items() if who.partition(":")[0] != str(actor.user_id)}
