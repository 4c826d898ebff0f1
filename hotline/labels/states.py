"""States of the three machines, moves, events, roles and clocks, in the field's own words (docs/glossary.md)."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

TICKET_STATES: Mapping[str, Label] = {
    "DRAFT": Label("登记中", "Being logged", "muted"),
    "REVIEW": Label("待预审", "To be pre-checked", "info"),
    "TO_DISPATCH": Label("待派单", "To dispatch", "warn"),
    "CONFERENCE": Label("会商中", "In conference", "info"),
    "DISPATCHED": Label("待签收", "To be signed for", "warn"),
    "HANDLING": Label("办理中", "Being handled", "info"),
    "RETURN_REVIEW": Label("退单审核中", "Return under review", "accent"),
    "SUSPENDED": Label("挂账中", "Suspended with a plan", "muted"),
    "REPLIED": Label("待审核", "Reply to be reviewed", "info"),
    "CALLBACK": Label("待回访", "To be rung back", "info"),
    "REWORK": Label("重办中", "Being handled again", "bad"),
    "CLOSED": Label("已办结", "Closed", "good"),
    "ANSWERED_DIRECT": Label("直接解答", "Answered at once", "good"),
    "REJECTED": Label("不予受理", "Not accepted", "muted"),
    "TRANSFERRED": Label("已转接", "Transferred", "muted"),
    "MERGED": Label("已并单", "Merged", "muted"),
    "WITHDRAWN": Label("已撤单", "Withdrawn", "muted"),
    "TERMINATED": Label("终止办理", "Terminated", "muted"),
    "PETITIONED": Label("已移交信访", "Handed to petitions", "muted"),
    "ARCHIVED": Label("已归档", "Archived", "muted"),
}

#: What its caller is told of a ticket's state.
CITIZEN_STATES: Mapping[str, Label] = {
    "DRAFT": Label("登记中", "Being logged", "muted"),
    "REVIEW": Label("已受理", "Accepted", "info"),
    "TO_DISPATCH": Label("已受理", "Accepted", "info"),
    "CONFERENCE": Label("已受理，协调中", "Accepted, units are being brought together", "info"),
    "DISPATCHED": Label("已转承办单位", "With the unit in charge", "info"),
    "HANDLING": Label("办理中", "Being handled", "info"),
    "RETURN_REVIEW": Label("办理中", "Being handled", "info"),
    "SUSPENDED": Label("阶段性答复，按计划办理", "Answered in part, planned for later", "warn"),
    "REPLIED": Label("办理中", "Being handled", "info"),
    "CALLBACK": Label("已回复，待评价", "Answered: please rate it", "good"),
    "REWORK": Label("重新办理中", "Being handled again", "warn"),
    "CLOSED": Label("已办结", "Closed", "good"),
    "ANSWERED_DIRECT": Label("已答复", "Answered", "good"),
    "REJECTED": Label("不予受理", "Not accepted", "muted"),
    "TRANSFERRED": Label("已转接", "Passed on", "muted"),
    "MERGED": Label("办理中", "Being handled", "info"),
    "WITHDRAWN": Label("已撤回", "Taken back", "muted"),
    "TERMINATED": Label("终止办理", "Ended without a result", "muted"),
    "PETITIONED": Label("已移交", "Handed over", "muted"),
    "ARCHIVED": Label("已办结", "Closed", "good"),
}

ASSIGNMENT_STATES: Mapping[str, Label] = {
    "TO_READ": Label("待阅", "To be read", "muted"),
    "WAIT_SIGN": Label("待签收", "To be signed for", "warn"),
    "WORKING": Label("办理中", "Being handled", "info"),
    "INTERNAL_SIGN": Label("审签中", "Before its leader", "info"),
    "RETURN_ASKED": Label("退单申请中", "Return asked for", "accent"),
    "RETURNED": Label("已退回", "Returned", "muted"),
    "REPLIED": Label("已回复", "Replied", "info"),
    "ACCEPTED": Label("审核通过", "Reply accepted", "good"),
    "REWORK": Label("重办", "To handle again", "bad"),
    "DONE": Label("已办结", "Done", "good"),
    "RECALLED": Label("已收回", "Recalled", "muted"),
    "SUSPENDED": Label("挂账中", "Suspended with a plan", "muted"),
    "TERMINATED": Label("已终止", "Terminated", "muted"),
}

APPLICATION_STATES: Mapping[str, Label] = {
    "FILED": Label("待审批", "To be decided", "warn"),
    "GRANTED": Label("同意", "Granted", "good"),
    "REFUSED": Label("驳回", "Refused", "bad"),
    "LAPSED": Label("未决失效", "Lapsed undecided", "muted"),
}

APPLICATION_KINDS: Mapping[str, Label] = {
    "RETURN": Label("退单申请", "Return"),
    "EXTENSION": Label("延期申请", "Extension"),
    "DECLINE": Label("协办异议", "Objection to a part"),
    "SUSPENSION": Label("挂账申请", "Suspension"),
    "TERMINATION": Label("终止申请", "Termination"),
    "JUDGEMENT": Label("研判办结", "Closing by judgement"),
    "EXCLUSION": Label("剔除申请", "Exclusion"),
    "APPEAL": Label("评价申诉", "Appeal"),
}

ASSIGNMENT_ROLES: Mapping[str, Label] = {
    "LEAD": Label("主办", "Lead", "info"),
    "CO": Label("协办", "Co-handler"),
    "JOINT": Label("会办", "Joint"),
    "SUB": Label("下派", "Handed down"),
    "INFO": Label("抄送", "For information", "muted"),
}

PART_ROLES: Mapping[str, Label] = {
    "CO": Label("协办", "Help the lead"),
    "JOINT": Label("会办", "Do it together"),
}

#: Tabs of a unit's queue.
TABS: Mapping[str, Label] = {
    "TO_SIGN": Label("待签收", "To be signed for", "warn"),
    "WORKING": Label("办理中", "Being handled", "info"),
    "DUE_SOON": Label("将超期", "Nearly due", "warn"),
    "OVERDUE": Label("已超期", "Overdue", "bad"),
    "TO_SIGN_OFF": Label("待审签", "For the leader to sign", "warn"),
    "RETURNING": Label("退单中", "Being returned", "accent"),
    "REWORK": Label("重办", "To handle again", "bad"),
    "CO": Label("协办", "Helping", "info"),
    "SUB": Label("下派", "Handed down", "info"),
    "TO_READ": Label("抄送", "To be read", "muted"),
    "SUSPENDED": Label("挂账", "Suspended", "muted"),
    "REPLIED": Label("已回复", "Replied", "good"),
}

ROLES: Mapping[str, Label] = {
    "AGENT": Label("受理员", "Agent"),
    "SHIFT_LEAD": Label("值班长", "Shift lead"),
    "DISPATCHER": Label("派单员", "Dispatcher"),
    "SUPERVISOR": Label("督办员", "Supervisor"),
    "REVIEWER": Label("审核员", "Reviewer"),
    "CALLBACK": Label("回访员", "Call-back clerk"),
    "HOTLINE_DIR": Label("热线中心主任", "Hotline director"),
    "L2_COORD": Label("二级平台管理员", "Second-level coordinator"),
    "UNIT_CLERK": Label("承办单位经办人", "Unit clerk"),
    "UNIT_LEAD": Label("承办单位负责人", "Unit leader"),
    "LEADER": Label("市（区）领导", "City leader"),
    "DISCIPLINE": Label("监察", "Discipline inspection"),
    "ADMIN": Label("系统管理员", "Administrator"),
    "SEC_AUDITOR": Label("安全审计员", "Security auditor"),
    "CITIZEN": Label("诉求人", "Citizen"),
    "SYSTEM": Label("系统", "System", "muted"),
}


