"""What happens to a citizen's request: collected, dispatched, resolved, fed back, supervised.

Read from the bottom up: `rules` (pure: the table of moves, the calendar, limits, routing, the metric) →
`model` (every table) → `outbox` (what leaves the building) → `scope` (whose eyes) → `engine` (the one way
anything changes state) and `read` (lists and figures) → the stages, named by the verbs people say
(`collect dispatch resolve feedback supervise`) → `jobs` (what workers run).
This package knows no HTTP, HTML, JSON or sign-in; `hotline` is who meets it.
"""
