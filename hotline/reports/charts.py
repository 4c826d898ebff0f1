"""What js/charts.js draws; the same numbers stand in a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from workflows.read.bulletin import Topic


def lines(counts: Mapping[date, int], form: str) -> dict[str, Any]:
    """Requests by day or month, as a line."""
    return {"kind": "line", "names": [day.strftime(form) for day in counts],
            "series": [{"name": gettext("受理"), "values": list(counts.values())}]}


def bars(topics: Sequence[Topic]) -> dict[str, Any]:
    """Matters beside the period before, and what is usual where that is known; the first stands on top."""
    turned = list(reversed(topics))
    series = [{"name": gettext("本时段"), "values": [topic.count for topic in turned]},
              {"name": gettext("上一时段"), "values": [topic.before for topic in turned]}]
    if any(topic.usual for topic in turned):
        usual = [round(topic.usual.mean, 1) if topic.usual else None for topic in turned]
        series.append({"name": gettext("基线均值"), "values": usual})
    return {"kind": "bar", "names": [topic.name.rpartition(" › ")[2] for topic in turned], "series": series}
