"""Clocks and the lines of their accounts."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

CLOCKS: Mapping[str, Label] = {
    "RISK": Label("风险交接", "Danger handed over"),
    "TOTAL": Label("总时长", "Total time"),
    "DISPATCH": Label("派单时限", "Dispatch"),
    "SIGN": Label("签收时限", "Signing"),
    "CONTACT": Label("首次联系时限", "First contact"),
    "HANDLING": Label("办理时限", "Handling"),
    "RETURN_DECISION": Label("退单审核时限", "Return decision"),
    "REVIEW": Label("回复审核时限", "Reply review"),
    "CALLBACK": Label("回访时限", "Call-back"),
    "REWORK": Label("重办时限", "Re-handling"),
    "STAGE": Label("阶段时限", "Stage of the handling"),
    "SUPERVISION": Label("督办答复时限", "Answer to a supervision order"),
    "EXTENSION": Label("延期审批时限", "Extension decision"),
    "SUSPENSION": Label("挂账复查时限", "Review of a suspension"),
    "CONSENT": Label("负责人审批时限", "Consent of the unit's leader"),
    "APPROVAL": Label("申请审批时限", "Step of an approval"),
    "SIGNOFF": Label("审签时限", "Signature of the leader"),
    "PETITION": Label("信访回执时限", "Receipt of the petition office"),
    "CONFERENCE": Label("会商时限", "Conference"),
    "ADMISSION": Label("受理审核时限", "Decision to take it on"),
    "PART_SIGN": Label("协办、下派签收时限", "Signing of a part"),
    "CO": Label("协办时限", "Answer of a co-handler"),
    "SUB": Label("下派办理时限", "Answer of a unit below"),
    "RETURN_WINDOW": Label("退单窗口期", "Return window"),
    "EXTENSION_FIRST": Label("首次延期上限", "First extension at most"),
    "EXTENSION_SECOND": Label("二次延期上限", "Second extension at most"),
}

#: The lines of a clock's account.
SEGMENT_KINDS: Mapping[str, Label] = {
    "RUN": Label("起算", "Counted from the start", "info"),
    "CREDIT": Label("补回", "Time put back", "good"),
    "PAUSE": Label("暂停", "Pause", "info"),
    "EXTENSION": Label("延期", "Extension", "good"),
    "SHORTENED": Label("提前", "Brought forward", "bad"),
    "RESUMED": Label("续计", "Running on", "info"),
    "RECOMPUTED": Label("重算", "Counted anew", "warn"),
}

SEGMENT_REASONS: Mapping[str, Label] = {
    "RETURN_DECIDED_LATE": Label("热线审核退单超过时限", "The hotline took too long over a return"),
    "SUSPENDED": Label("挂账期间暂停计时", "Suspended meanwhile"),
    "INSTRUCTED": Label("按领导批示提前到期", "By a leader's instruction"),
    "EXTENSION_GRANTED": Label("延期申请获准", "An extension was granted"),
    "SENT_BACK_IN_TIME": Label("回复被退回，原到期时间不变", "The reply was sent back; the old due holds"),
    "IN_CONFERENCE": Label("会商期间", "While units conferred"),
    "DETAILS_WANTED": Label("退回补充期间", "While it was being completed"),
    "CALENDAR_CHANGED": Label("工作日历调整", "The calendar changed"),
    "RULE_CHANGED": Label("按现行时限规则重新判定", "Judged anew by the present limit"),
}

#: What a day is to a limit.
DAY_COUNTS: Mapping[str, Label] = {
    "START": Label("起算当日，不计", "first day, not counted", "muted"),
    "COUNTED": Label("计入", "counted", "info"),
    "SKIPPED": Label("不计", "not counted", "muted"),
}

BASES: Mapping[str, Label] = {
    "min": Label("分钟", "minutes"),
    "h": Label("小时", "hours"),
    "wh": Label("工作小时", "working hours"),
    "wd": Label("工作日", "working days"),
    "cd": Label("自然日", "calendar days"),
    "cdr": Label("自然日（遇休顺延）", "calendar days, rolling"),
}
