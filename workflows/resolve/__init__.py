"""办理: the unit signs, contacts the caller, asks to return, replies; the hotline reviews the reply."""

from workflows.resolve.answers import Answer
from workflows.resolve.replying import give_back, reply, sign_off
from workflows.resolve.reviewing import accept_reply, send_back
from workflows.resolve.working import apply_return, consent_return, contact, interim, sign

__all__ = [
    "Answer", "accept_reply", "apply_return", "consent_return", "contact", "give_back", "interim", "reply",
    "send_back", "sign", "sign_off",
]
