"""Every table. Importing this package registers them all with the metadata."""

from workflows.model import (
    application,
    attachment,
    clock,
    conference,
    directory,
    feedback,
    knowledge,
    outbox,
    proposal,
    reconciliation,
    relay,
    reply,
    settings,
    supervision,
    ticket,
    work,
)

__all__ = [
    "application",
    "attachment",
    "clock",
    "conference",
    "directory",
    "feedback",
    "knowledge",
    "outbox",
    "proposal",
    "reconciliation",
    "relay",
    "reply",
    "settings",
    "supervision",
    "ticket",
    "work",
]
