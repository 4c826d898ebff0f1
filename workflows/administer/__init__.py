"""管理: what administrators decide, each decision one transaction with its line in the history.

Units, areas, matters, people, the dispatch catalogue, limits, calendars. Nothing is deleted: a rule ends and
another begins, a unit closes, a person is disabled. Every use case but a creation takes the `version` its page
was opened with and raises Outdated where somebody was faster.
"""

from workflows.administer import dues
from workflows.administer.absences import end_absence, set_absence
from workflows.administer.approvals import change_cause, change_pre_review, change_sign_off
from workflows.administer.areas import change_area, create_area, move_area, set_area_active
from workflows.administer.blocks import agree_block, ask_block, block_outcome, lift_block, refuse_block
from workflows.administer.calendars import change_calendar, create_calendar, make_default_calendar
from workflows.administer.catalogue import (
    CatalogueLine,
    create_catalogue_rule,
    end_catalogue_rule,
    replace_catalogue_rule,
)
from workflows.administer.categories import change_category, create_category, move_category, set_category_active
from workflows.administer.days import DayChange, DayRow, YearPlan, import_year, plan_year, set_day
from workflows.administer.freezing import freeze_granted
from workflows.administer.gaps import settle_gap
from workflows.administer.ladder import StepLine, create_step, end_step, replace_step
from workflows.administer.letters import give_up, replay, replay_all
from workflows.administer.limit_plans import (
    LimitPlan,
    LineChange,
    LineFate,
    apply_profile,
    plan_edit,
    plan_profile,
)
from workflows.administer.limits import LimitLine, complaints_about, create_limit, end_limit, replace_limit
from workflows.administer.periods import ask_lock, grant_lock, refuse_lock
from workflows.administer.proposals import accept_proposal, reject_proposal
from workflows.administer.risks import change_risk
from workflows.administer.scoring import PolicyLine, ScoringLine, replace_plan, replace_policy
from workflows.administer.subscriptions import add_subscription, change_subscription
from workflows.administer.thresholds import change_threshold
from workflows.administer.units import change_unit, close_unit, create_unit, move_unit
from workflows.administer.users import (
    change_user,
    create_user,
    disable_user,
    enable_user,
    reset_password,
    unlock_user,
)
from workflows.model.initials import initials

__all__ = [
    "CatalogueLine",
    "DayChange",
    "DayRow",
    "LimitLine",
    "LimitPlan",
    "LineChange",
    "LineFate",
    "PolicyLine",
    "ScoringLine",
    "StepLine",
    "YearPlan",
    "accept_proposal",
    "add_subscription",
    "agree_block",
    "apply_profile",
    "ask_block",
    "ask_lock",
    "block_outcome",
    "change_area",
    "change_calendar",
    "change_category",
    "change_cause",
    "change_pre_review",
    "change_risk",
    "change_sign_off",
    "change_subscription",
    "change_threshold",
    "change_unit",
    "change_user",
    "close_unit",
    "complaints_about",
    "create_area",
    "create_calendar",
    "create_catalogue_rule",
    "create_category",
    "create_limit",
    "create_step",
    "create_unit",
    "create_user",
    "disable_user",
    "dues",
    "enable_user",
    "end_absence",
    "end_catalogue_rule",
    "end_limit",
    "end_step",
    "freeze_granted",
    "give_up",
    "grant_lock",
    "import_year",
    "initials",
    "lift_block",
    "make_default_calendar",
    "move_area",
    "move_category",
    "move_unit",
    "plan_edit",
    "plan_profile",
    "plan_year",
    "refuse_block",
    "refuse_lock",
    "reject_proposal",
    "replace_catalogue_rule",
    "replace_limit",
    "replace_plan",
    "replace_policy",
    "replace_step",
    "replay",
    "replay_all",
    "reset_password",
    "set_absence",
    "set_area_active",
    "set_category_active",
    "set_day",
    "settle_gap",
    "unlock_user",
]
