"""反馈: the caller is rung back, and that answer closes the ticket or sends it to be handled again."""

from workflows.feedback.again import reopen, rework
from workflows.feedback.calling import record_callback
from workflows.feedback.closing import apply_judgement, close, grant_judgement, refuse_judgement
from workflows.feedback.contesting import apply_appeal, apply_exclusion, grant_appeal, grant_exclusion
from workflows.feedback.results import Call
from workflows.feedback.sampling import close_unsampled, name_call
from workflows.feedback.surveying import close_unreachable
from workflows.feedback.texting import pass_over, surveyed

__all__ = [
    "Call", "apply_appeal", "apply_exclusion", "apply_judgement", "close", "close_unreachable", "close_unsampled",
    "grant_appeal", "grant_exclusion", "grant_judgement", "name_call", "pass_over", "record_callback",
    "refuse_judgement", "reopen", "rework", "surveyed",
]
