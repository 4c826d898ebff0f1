"""The administrator's seat: importing the pages registers them with the blueprint."""

from hotline.admin import (
    chains,
    channels,
    days,
    ladder,
    people,
    profiles,
    proposals,
    record,
    recounts,
    risks,
    rules,
    scoring,
    trees,
    unit_changes,
    units,
)
from hotline.admin.base import bp

__all__ = [
    "bp", "chains", "channels", "days", "ladder", "people", "profiles", "proposals", "record", "recounts", "risks",
    "rules", "scoring", "trees", "unit_changes", "units",
]
