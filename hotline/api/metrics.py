"""`/metrics` for Prometheus, in its text format: what of the clocks and of the outbox an alarm can be raised upon.

Open to this machine itself and to whoever brings HOTLINE_METRICS_TOKEN. A request that a proxy passed on is not this
machine's, whatever address it bears. Everything is read through indexes, and what may be many is counted to a bound.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, request
from sqlalchemy import Row, text

from hotline import pulse
from workflows.errors import NotAllowed
from workflows.model.base import db

#: Nothing is counted further.
MOST = 100_000
TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Seconds at which the histogram of lateness has its steps.
LATE = (1, 5, 10, 30, 60, 300, 3600)
#: What a proxy adds to a request it passes on.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

bp = Blueprint("metrics", __name__)

_DUE = text("SELECT count(*) FROM (SELECT FROM clock WHERE next_at <= hotline_now() LIMIT :most) AS due")
_WAITING = text(
    """
    SELECT topic, count(*), extract(epoch FROM hotline_now() - min(created_at))
      FROM (SELECT topic, created_at FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL
             ORDER BY not_before, id LIMIT :most) AS waiting
     GROUP BY topic ORDER BY topic
    """
)
_DEAD = text(
    """
    SELECT topic, count(*) FROM (SELECT topic FROM outbox WHERE dead_at IS NOT NULL LIMIT :most) AS dead
     GROUP BY topic ORDER BY topic
    """
)
# `beyond` is how many of LATE a step was later than.
_FIRED = text(
    """
    SELECT level, count(*) FILTER (WHERE collapsed) AS collapsed, width_bucket(late_seconds, :beyond) AS beyond,
           count(*) FILTER (WHERE NOT collapsed) AS fired,
           coalesce(sum(late_seconds) FILTER (WHERE NOT collapsed), 0) AS seconds
      FROM clock_firing
     WHERE at >= date_trunc('day', hotline_now() AT TIME ZONE :zone) AT TIME ZONE :zone
     GROUP BY level, beyond ORDER BY level, beyond
    """
)


class Sample(NamedTuple):
    """One value of a metric, told apart from its other values by labels and, in a histogram, by what it counts."""

    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


class Metric(NamedTuple):
    """A name, what it means, its kind in Prometheus' words, and its values."""

    name: str
    meaning: str
    kind: str
    samples: Iterable[Sample]


@bp.before_request
def _only_watchers() -> None:
    if not (_from_this_machine() or _knows_the_token()):
        raise NotAllowed("role_may_not_enter")


def _from_this_machine() -> bool:
    passed_on = any(name in request.headers for name in PASSED_ON)
    return not passed_on and ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104


def _knows_the_token() -> bool:
    token, given = current_app.config["METRICS_TOKEN"], request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


@bp.get("/metrics")
def show() -> Response:
    """Every metric; 503 while the database is away, for a scrape that fails is an alarm of its own."""
    lines = [line for metric in collect() for line in written(metric)]
    return Response("\n".join([*lines, ""]), content_type=TYPE)


def collect() -> Iterator[Metric]:
    """What there is to see now."""
    found = pulse.take()
    due = db.session.scalar(_DUE, {"most": MOST})
    waiting = db.session.execute(_WAITING, {"most": MOST}).all()
    dead = db.session.execute(_DEAD, {"most": MOST}).all()
    yield Metric("hotline_clocks_due", f"Steps of clocks due and not fired, at most {MOST}", "gauge", [Sample(due)])
    yield Metric("hotline_clocks_oldest_due_seconds", "Seconds the oldest of them waits", "gauge",
                 [Sample(found.waiting)])
    yield Metric("hotline_clocks_held", "1 while a leap of the database's clock holds all clocks", "gauge",
                 [Sample(found.held)])
    yield Metric("hotline_outbox_waiting", f"Messages not yet sent, at most {MOST}", "gauge",
                 [Sample(count, {"topic": topic}) for topic, count, _ in waiting])
    yield Metric("hotline_outbox_oldest_seconds", "Seconds since the oldest of them was written", "gauge",
                 [Sample(float(age), {"topic": topic}) for topic, _, age in waiting])
    yield Metric("hotline_outbox_dead", f"Messages given up, at most {MOST}", "gauge",
                 [Sample(count, {"topic": topic}) for topic, count in dead])
    yield Metric("hotline_silent_seconds", "Seconds since a kind of process was last heard of; absent: never", "gauge",
                 [Sample(seconds, {"role": role}) for role, seconds in sorted(found.silent.items())])
    yield Metric("hotline_without_redis", "1 while the beat does the work itself", "gauge",
                 [Sample(found.without_redis)])
    yield Metric("hotline_clock_difference_seconds", "Web server's time of day less the database's", "gauge",
                 [Sample(found.difference)])
    yield from _fired()


def _fired() -> Iterator[Metric]:
    """Steps of the ladder taken today; the counts begin anew at the city's midnight, as counters may."""
    given = {"zone": current_app.config["TIME_ZONE"], "beyond": [le + 1 for le in LATE]}
    rows = db.session.execute(_FIRED, given).all()
    levels = {level: [row for row in rows if row.level == level] for level in sorted({row.level for row in rows})}
    collapsed = {level: sum(row.collapsed for row in found) for level, found in levels.items()}
    yield Metric("hotline_steps_collapsed_total", "Reminders overtaken by a later step, told to nobody", "counter",
                 [Sample(count, {"level": level}) for level, count in collapsed.items() if count])
    yield Metric("hotline_steps_late_seconds", "Steps of the ladder taken, by how late", "histogram",
                 [sample for level, found in levels.items() for sample in _spread(level, found)])


def _spread(level: str, found: Sequence[Row[Any]]) -> Iterator[Sample]:
    for place, le in enumerate((*LATE, "+Inf")):
        up_to = sum(row.fired for row in found if row.beyond <= place)
        yield Sample(up_to, {"level": level, "le": str(le)}, "_bucket")
    yield Sample(float(sum(row.seconds for row in found)), {"level": level}, "_sum")
    yield Sample(sum(row.fired for row in found), {"level": level}, "_count")


def written(metric: Metric) -> Iterator[str]:
    """A metric in the text format."""
    yield f"# HELP {metric.name} {metric.meaning}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for sample in metric.samples:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
        yield f"{metric.name}{sample.suffix}{f'{{{labels}}}' if labels else ''} {float(sample.value)}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
