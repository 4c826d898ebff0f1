"""Benchmarks, run by hand: each builds a database of its own, measures, cleans up, and ends with one line of JSON."""
