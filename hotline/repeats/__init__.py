"""重复来电人: callers who ask again and again, with a reason and on record."""
