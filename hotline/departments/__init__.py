"""A unit's queue (承办): what waits for it, sorted by due; signing for one ticket or for many."""
