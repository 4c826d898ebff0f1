"""The administrator's seat: importing the pages registers them with the blueprint."""

from hotline.admin import people, record, rules, trees, units
from hotline.admin.base import bp

__all__ = ["bp", "people", "record", "rules", "trees", "units"]
