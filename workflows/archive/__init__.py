"""归档: what is over for good is put away in packages that nobody can change, and that are checked."""

from workflows.archive.checking import Flaw, Manifest, flaws, manifest
from workflows.archive.putting_away import archive_ended

__all__ = ["Flaw", "Manifest", "archive_ended", "flaws", "manifest"]
