"""How notices leave: e-mail by SMTP, text messages through a gateway, a signed call to another system, the log.

A channel without settings is off. `install` gives the loop's relay what is on, with the hours each keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotline.channels.console import Console
from hotline.channels.email import Email
from hotline.channels.sms import Sms
from hotline.channels.webhook import Webhook
from workflows import delivery
from workflows.delivery import Sender
from workflows.rules.quiet import ALWAYS, Hours
from workflows.rules.vocabulary import Carrier


def install(config: Mapping[str, Any]) -> None:
    """Switch on the channels the settings name."""
    made: dict[Carrier, Sender] = {}
    if config.get("NOTICES_TO_LOG"):
        made = {carrier: Console() for carrier in Carrier}
    if config.get("SMTP_HOST"):
        made[Carrier.EMAIL] = Email.from_config(config)
    if config.get("SMS_URL"):
        made[Carrier.SMS] = Sms.from_config(config)
    if config.get("WEBHOOK_URL"):
        made[Carrier.WEBHOOK] = Webhook.from_config(config)
    hours = {Carrier.EMAIL: _hours(config, "EMAIL"), Carrier.SMS: _hours(config, "SMS")}
    delivery.install({carrier: (sender, hours.get(carrier, ALWAYS)) for carrier, sender in made.items()})


def _hours(config: Mapping[str, Any], name: str) -> Hours:
    quiet_from, quiet_until = config.get(f"{name}_QUIET") or (None, None)
    return Hours(quiet_from, quiet_until, working=bool(config.get(f"{name}_WORKING_TIME")))
