"""附件: files that belong to a ticket, as what the caller sent in or as a unit's evidence."""

from workflows.attach.keeping import Opened, Upload, attach, discard, open_file, release, sweep
from workflows.attach.store import Limits, install

__all__ = ["Limits", "Opened", "Upload", "attach", "discard", "install", "open_file", "release", "sweep"]
