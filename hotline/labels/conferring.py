"""Words of conferences, and of tickets nobody takes."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

CONFERENCE_REASONS: Mapping[str, Label] = {
    "UNCLEAR_DUTY": Label("权属不清", "Unclear whose duty"),
    "OVERLAP": Label("职能交叉", "Duties overlap"),
    "REPEATED_RETURNS": Label("多次退单", "Returned again and again"),
    "OTHER": Label("其他", "Other"),
}

CONFERENCE_STANCES: Mapping[str, Label] = {
    "LEAD": Label("由本单位主办", "Ours to lead", "good"),
    "ASSIST": Label("本单位可协办", "We can assist", "info"),
    "NOT_OURS": Label("非本单位职责", "Not our duty", "warn"),
}

CONFERENCE_OUTCOMES: Mapping[str, Label] = {
    "DECIDED": Label("已确定承办单位", "Decided", "good"),
    "CANCELLED": Label("已取消", "Called off", "muted"),
    "LAPSED": Label("未决失效", "Lapsed undecided", "muted"),
}

#: Levels of a conference, and of a ticket that was raised (提级).
ESCALATION_LEVELS: Mapping[str, Label] = {
    "1": Label("热线会商", "The hotline's conference", "info"),
    "2": Label("政府办公室协调会", "Meeting of the government's office", "warn"),
    "3": Label("政府常务会议", "The government's executive meeting", "bad"),
}

THRESHOLDS: Mapping[str, Label] = {
    "CONFER_RETURNS": Label("须会商的退单次数", "Returns from which units must confer"),
    "ESCALATE_RETURNS": Label("提级的退单次数", "Returns from which a ticket is raised"),
    "ESCALATE_UNITS": Label("提级的流转单位数", "Units from which a ticket is raised"),
    "ARCHIVE_DAYS": Label("办结后归档天数", "Days until a ticket is archived"),
    "RECHECK_SHARE": Label("撤单核查比例（%）", "Withdrawals looked into, in a hundred"),
    "RECHECK_MOST": Label("每月撤单核查上限", "Withdrawals looked into a month at most"),
    "CHECK_SHARE": Label("终止、不予受理抽查比例（%）", "Terminations and refusals looked into, in a hundred"),
    "CHECK_MOST": Label("每月终止、不予受理抽查上限", "Terminations and refusals looked into a month at most"),
    "REOPEN_DAYS": Label("办结后可重开天数", "Days in which a closed ticket may be reopened"),
    "SURVEY_DAYS": Label("短信回访等待天数", "Days a caller written to has to answer"),
    "CONTEST_DAYS": Label("评价剔除、申诉期限（工作日）", "Working days to contest an evaluation"),
}

PROPOSAL_STATES: Mapping[str, Label] = {
    "OPEN": Label("待处理", "To be decided", "warn"),
    "ACCEPTED": Label("已采纳", "Taken up", "good"),
    "REJECTED": Label("未采纳", "Set aside", "muted"),
}
