"""Unfinished forms, kept on the server so that a dead browser or an ended session loses nothing."""
