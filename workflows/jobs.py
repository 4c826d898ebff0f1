"""What workers run, and when. Arguments are ids and plain values; every job may run twice.

A worker serves one queue; `SCHEDULE` is data the beat reads. A job that the beat could not put in a queue
(Redis away) is run by the beat itself, with the same effect, in a thread for each queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows import (
    administer,
    archive,
    attach,
    delivery,
    facts,
    feedback,
    imports,
    outbox,
    reconcile,
    spot_check,
    supervise,
    upkeep,
    withdraw,
)
from workflows.administer import dues, unit_changes
from workflows.rules.vocabulary import Carrier
from workflows.supervise import chasing

#: Short and never late; notices and search; the facts behind the figures; long work people wait for.
CLOCKS, OUTBOX, FIGURES, BULK = "clocks", "outbox", "figures", "bulk"
#: A queue for each channel: whoever waits for another's server keeps nobody else waiting.
EMAIL, SMS, WEBHOOK = map(str, (Carrier.EMAIL, Carrier.SMS, Carrier.WEBHOOK))
QUEUES = (CLOCKS, OUTBOX, EMAIL, SMS, WEBHOOK, FIGURES, BULK)

#: Batches long work gets from the schedule at a time, so that a beat working alone can be stopped within seconds.
SLICE = 5
#: Seconds such a job may run in one piece; what is left is taken up by the schedule.
LONG_SECONDS = 3 * 3600


@dataclass(frozen=True)
class Tick:
    """One line of the schedule: every so many seconds, or by a cron line in the city's time zone."""

    name: str
    queue: str
    job: str
    timeout: int
    every: int | None = None
    cron: str | None = None


def sweep_clocks() -> int:
    """Fire the clocks that are due."""
    return supervise.sweep()


def relay_outbox() -> int:
    """Show people what waits in the outbox, and put in it what must leave the building."""
    return outbox.relay_notices(carriers=delivery.carriers())


def tell_leaders() -> int:
    """Tell the leaders of units what their day holds."""
    return delivery.digest()


def tell_bulletins() -> int:
    """Tell supervisors and leaders the numbers of the day, week or month that ended."""
    return delivery.tell_bulletins()


def deliver_email() -> int:
    """Send e-mails."""
    return delivery.deliver(Carrier.EMAIL)


def deliver_sms() -> int:
    """Send text messages."""
    return delivery.deliver(Carrier.SMS)


def deliver_webhook() -> int:
    """Call the other system."""
    return delivery.deliver(Carrier.WEBHOOK)


def index_texts() -> int:
    """Make new tickets searchable."""
    return upkeep.index_texts()


def keep_facts() -> int:
    """Bring the facts behind the figures up to date."""
    return facts.keep_facts()


def forget_facts() -> int:
    """Have them counted anew."""
    return facts.forget_lately()


def run_import(job_id: int) -> bool:
    """Work at an import until it ends."""
    return imports.run(job_id)


def start_imports() -> int:
    """Take up imports nobody works at, a few thousand rows at a time."""
    return imports.start_waiting(batches=SLICE)


def run_recount(job_id: int) -> bool:
    """Judge running clocks anew until there are no more."""
    return dues.run(job_id)


def start_recounts() -> int:
    """Take up recounts nobody works at, a few thousand clocks at a time."""
    return dues.start_waiting(batches=SLICE)


def run_unit_change(job_id: int) -> bool:
    """Merge, split, close or rename a unit, step by step."""
    return unit_changes.run(job_id)


def start_unit_changes() -> int:
    """Take up changes of units whose day has come and nobody works at, some hundred tickets at a time."""
    return unit_changes.start_waiting(steps=SLICE)


def run_chase(job_id: int) -> bool:
    """Press units, one ticket after the other."""
    return chasing.run_batch(job_id)


def start_chases() -> int:
    """Take up batches of pressing nobody works at, a hundred tickets at a time."""
    return chasing.start_waiting(steps=SLICE)


def freeze_periods() -> int:
    """Freeze the periods that people agreed to lock."""
    return administer.freeze_granted()


def close_unreachable() -> int:
    """Close what callers who could not be rung did not answer in writing either."""
    return feedback.close_unreachable()


def close_unsampled() -> int:
    """Close what callers who were not drawn for a call-back did not rate; ring whom no message told."""
    return feedback.close_unsampled()


def sample_withdrawals() -> int:
    """Choose whose callers are asked about last month's withdrawals."""
    return withdraw.sample_withdrawals()


def sample_endings() -> int:
    """Choose which of last month's terminations and refusals are looked into."""
    return spot_check.sample_endings()


def archive_ended() -> int:
    """Put away for good what ended long ago."""
    return archive.archive_ended()


def forget_imports() -> int:
    """Delete uploaded files nobody came back for."""
    return imports.forget_files()


def prepare_months() -> int:
    """Make next months' partitions."""
    return upkeep.prepare_months()


def sweep_away() -> int:
    """Delete what has had its time."""
    return upkeep.sweep_away()


def sweep_attachments() -> int:
    """Delete files that belong to no ticket."""
    return attach.sweep()


def reconcile_all() -> int:
    """Look at everything as a whole, repair or list what cannot be so."""
    return reconcile.reconcile()


SCHEDULE = (
    Tick("sweep-clocks", CLOCKS, "workflows.jobs.sweep_clocks", timeout=300, every=5),
    Tick("relay-outbox", OUTBOX, "workflows.jobs.relay_outbox", timeout=120, every=5),
    Tick("deliver-email", EMAIL, "workflows.jobs.deliver_email", timeout=600, every=5),
    Tick("deliver-sms", SMS, "workflows.jobs.deliver_sms", timeout=600, every=5),
    Tick("deliver-webhook", WEBHOOK, "workflows.jobs.deliver_webhook", timeout=600, every=5),
    Tick("index-texts", OUTBOX, "workflows.jobs.index_texts", timeout=300, every=5),
    Tick("keep-facts", FIGURES, "workflows.jobs.keep_facts", timeout=3600, every=10),
    Tick("forget-facts", FIGURES, "workflows.jobs.forget_facts", timeout=600, cron="10 1 * * *"),
    Tick("start-imports", BULK, "workflows.jobs.start_imports", timeout=300, every=10),
    Tick("start-recounts", BULK, "workflows.jobs.start_recounts", timeout=300, every=10),
    Tick("start-unit-changes", BULK, "workflows.jobs.start_unit_changes", timeout=300, every=10),
    Tick("start-chases", BULK, "workflows.jobs.start_chases", timeout=300, every=10),
    Tick("freeze-periods", BULK, "workflows.jobs.freeze_periods", timeout=3600, every=10),
    Tick("close-unreachable", BULK, "workflows.jobs.close_unreachable", timeout=600, every=600),
    Tick("close-unsampled", BULK, "workflows.jobs.close_unsampled", timeout=600, every=600),
    Tick("sample-withdrawals", BULK, "workflows.jobs.sample_withdrawals", timeout=300, cron="50 7 * * *"),
    Tick("sample-endings", BULK, "workflows.jobs.sample_endings", timeout=300, cron="55 7 * * *"),
    Tick("tell-leaders", OUTBOX, "workflows.jobs.tell_leaders", timeout=120, cron="40 8 * * *"),
    Tick("tell-bulletins", BULK, "workflows.jobs.tell_bulletins", timeout=600, cron="30 7 * * *"),
    # before the day shift, long before the partition is needed
    Tick("prepare-months", BULK, "workflows.jobs.prepare_months", timeout=60, cron="10 3 * * *"),
    Tick("archive-ended", BULK, "workflows.jobs.archive_ended", timeout=3600, cron="10 2 * * *"),
    Tick("forget-imports", BULK, "workflows.jobs.forget_imports", timeout=300, cron="15 3 * * *"),
    Tick("reconcile", BULK, "workflows.jobs.reconcile_all", timeout=3600, cron="40 3 * * *"),
    Tick("sweep-attachments", BULK, "workflows.jobs.sweep_attachments", timeout=3600, cron="30 4 * * *"),
    Tick("sweep-away", BULK, "workflows.jobs.sweep_away", timeout=300, cron="20 3 * * *"),
)
