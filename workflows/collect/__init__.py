"""收集: a request is logged and becomes a ticket."""

from workflows.collect.asking_again import add, tell_again, urge
from workflows.collect.in_call import named_in, submit_in_call
from workflows.collect.request import Receipt, Request, beginning_of, default_anonymity, receipt_again
from workflows.collect.taking import Answer, answer, ask_refusal, hand_on, join, submit
from workflows.engine import Passing

__all__ = [
    "Answer", "Passing", "Receipt", "Request", "add", "answer", "ask_refusal", "beginning_of", "default_anonymity",
    "hand_on", "join", "named_in", "receipt_again", "submit", "submit_in_call", "tell_again", "urge",
]
