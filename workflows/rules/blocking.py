"""黑名单: for how long a number may be blocked, and what that keeps from the hotline."""

from __future__ import annotations

from workflows.rules.numbering import Channel

#: A block lasts so many days at least and at most (domain §10.2).
LEAST_DAYS, MOST_DAYS = 7, 30
#: Where people write without anybody listening; no agent logs a call by one of these. Calls are always answered.
SELF_SERVICE = frozenset({Channel.WEB, Channel.APP, Channel.API, Channel.SOCIAL, Channel.MESSAGE_BOARD})
