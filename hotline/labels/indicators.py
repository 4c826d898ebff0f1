"""The indicators in words: what each counts, by which moment, what is left out, what makes the numerator; the scores."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label
from hotline.labels.outcomes import RATES

FIGURES: Mapping[str, Label] = {
    **RATES,
    "EXCLUSION": Label("剔除率", "Excluded"),
    "CALLED_BACK": Label("回访率", "Called back"),
    "VALID_CALLBACK": Label("有效回访率", "Valid call-backs"),
    "ONCE": Label("一次办结率", "Closed in one round"),
    "REPEATED": Label("重复投诉率", "Complained again"),
    "CLOSED_OF_DISPATCHED": Label("办结率（派单口径）", "Closed, of those dispatched"),
    "ON_TIME_OF_DISPATCHED": Label("按时办结率（派单口径）", "On time, of those dispatched"),
    "CLOSED_OF_DUE": Label("结案率（应结口径）", "Closed, of those due"),
    "ON_TIME": Label("按时办结率（应结口径）", "On time, of those due"),
    "OVERDUE": Label("超期率", "Overdue"),
    "SIGN_ON_TIME": Label("签收及时率", "Signed on time"),
    "CONTACT_ON_TIME": Label("首联及时率", "Contacted on time"),
    "EXTENSION": Label("延期率", "Extended"),
    "SUSPENSION": Label("挂账率", "Suspended"),
    "CLEARANCE": Label("挂账销号率", "Suspended matters cleared"),
    "TERMINATION": Label("终止率", "Terminated"),
    "ORDER_ANSWERED": Label("督办办结率", "Orders answered"),
    "ORDER_ON_TIME": Label("督办按时率", "Orders answered on time"),
    "RETURN": Label("退单率", "Returns"),
    "IMPROPER_RETURN": Label("不当退单率", "Improper returns"),
    "REWORK": Label("重办率", "Redone"),
    "SENT_BACK": Label("审核退回率", "Sent back in review"),
    "REDONE": Label("回访重办率", "Redone after the call-back"),
    "WITHDRAWAL": Label("撤单率", "Withdrawn"),
    "PRESSED": Label("被要求撤单率", "Made to withdraw"),
    "DIRECT": Label("直接办结率", "Answered at once"),
    "FIRST_CALL": Label("首呼解决率", "Solved by the first call"),
    "DISPATCH_ON_TIME": Label("派单及时率", "Dispatched on time"),
    "FIRST_RIGHT": Label("首派准确率", "Right the first time"),
    "MERGED": Label("并单率", "Merged"),
    "REFUSED": Label("不予受理率", "Not taken on"),
    "WITHHELD": Label("保密工单占比", "Withheld callers"),
}

FIGURE_GROUPS: Mapping[str, Label] = {
    "OUTCOME": Label("三率与评价", "Outcome"),
    "SPEED": Label("办理时效", "Speed"),
    "DUTY": Label("退单与重办", "Returns and rework"),
    "HOTLINE": Label("受理与派单", "The hotline itself"),
}

THINGS: Mapping[str, Label] = {
    "REQUEST": Label("工单", "requests"),
    "TASK": Label("主办任务", "lead tasks"),
    "CLOCK": Label("应办时限", "limits that ran"),
    "CALL": Label("应回访的诉求人", "callers to ring back"),
    "ANSWER": Label("回访结果", "results of call-backs"),
    "ORDER": Label("督办单", "supervision orders"),
    "LEDGER_LINE": Label("挂账", "suspended matters"),
    "WITHDRAWAL": Label("撤单", "withdrawals"),
}

ANCHORS: Mapping[str, Label] = {
    "CREATED": Label("登记时间", "registered"),
    "DISPATCHED": Label("派单时间", "dispatched"),
    "DUE": Label("到期时间", "due"),
    "REPLIED": Label("回复时间", "answered"),
    "TO_RING": Label("转入回访时间", "to be rung back"),
    "RUNG": Label("回访完成时间", "call-back finished"),
    "CLOSED": Label("办结时间", "closed"),
    "ISSUED": Label("签发时间", "issued"),
    "SUSPENDED": Label("批准挂账时间", "suspended"),
    "CHECKED": Label("核查时间", "checked"),
}

WITHOUTS: Mapping[str, Label] = {
    "DRAFTS": Label("未提交的草稿", "drafts"),
    "REFUSED": Label("不予受理的", "what was not taken on"),
    "ANSWERED_LATER": Label("未当场答复的", "what was not answered at once"),
    "TOO_YOUNG": Label("登记未满七天的", "what is not seven days old"),
    "UNKNOWN_CALLER": Label("没有来电号码的", "callers without a number"),
    "ENDED_OTHERWISE": Label("直接答复、不予受理、转出、撤单等结束的", "what ended without a unit's answer"),
    "CO_TASKS": Label("协办、转办的任务", "co-handlers' and handed-down tasks"),
    "GIVEN_BACK": Label("同意退单和收回的", "what was returned or recalled"),
    "LATER_TASKS": Label("再次派出的", "what was dispatched again"),
    "VOID": Label("退单、收回作废的", "void limits of returned and recalled tasks"),
    "RUNNING": Label("尚未到期的", "what still runs"),
    "UNDECIDED": Label("到期前已申请延期、尚未审定的", "what waits for an extension asked for in time"),
    "LAPSED": Label("已失效的", "lapsed orders"),
    "INVALID": Label("无效回访（联系不上、拒绝评价）", "call-backs that were not valid (unreached, declined)"),
    "NEVER_RUNG": Label("未拨打的", "callers never rung"),
    "EXCLUDED": Label("两人审定剔除的", "what two persons excluded"),
    "UNNAMED": Label("匿名和不需回复的（可设）", "anonymous callers and those who want no answer (a switch)"),
    "OTHER_KINDS": Label("不考核此项的诉求类型（可设）", "kinds not asked this (a switch)"),
    "UNSAID": Label("未回答此项的", "callers who did not say"),
    "UNASKED": Label("未问到诉求人的", "callers who were not asked"),
    "NOT_DRAWN": Label("抽样回访中未抽中的", "callers who were not drawn for the sample"),
}

HITS: Mapping[str, Label] = {
    "CONTACTED": Label("诉求人确认单位已联系", "the caller says that the unit was in touch"),
    "SOLVED": Label("诉求人认为已解决；部分解决按比例计", "the caller says that it is solved; partly counts in part"),
    "SATISFIED": Label("评价为基本满意及以上", "at least basically satisfied"),
    "TAKEN_OUT": Label("经审定剔除", "excluded"),
    "TRIED": Label("至少拨打一次", "rung at least once"),
    "VALID": Label("接通且回答是否解决或是否满意", "answered, and said whether solved or satisfied"),
    "ONE_ROUND": Label("一轮办结，没有重办和重开", "closed in one round"),
    "CAME_BACK": Label("办结后90天内同一诉求人再次反映同一事项", "the same caller again about the same matter within 90 days"),
    "CLOSED": Label("工单已办结", "the ticket is closed"),
    "ANSWERED_IN_TIME": Label("首次办理在时限内回复", "first answered in time"),
    "IN_TIME": Label("在时限内完成", "done in time"),
    "LATE": Label("逾期完成或逾期未完成", "done late, or not yet"),
    "EXTENDED": Label("获准延期", "extended"),
    "SUSPENDED": Label("获准挂账", "suspended"),
    "CLEARED": Label("已销号", "cleared"),
    "TERMINATED": Label("获准终止办理", "terminated"),
    "ACCOUNTED": Label("已书面答复", "answered in writing"),
    "RETURN_ASKED": Label("申请过退单", "asked to be returned"),
    "RETURN_REFUSED": Label("退单被驳回", "a return was refused"),
    "WITHDRAWN": Label("诉求人撤单", "withdrawn by the caller"),
    "PRESSED": Label("诉求人称被要求撤单", "the caller was made to"),
    "REDONE_EITHER_WAY": Label("审核退回或回访后重办", "sent back in review or redone after the call-back"),
    "SENT_BACK": Label("审核退回", "sent back in review"),
    "REDONE": Label("回访后重办", "redone after the call-back"),
    "AT_ONCE": Label("接听时当场答复", "answered on the line"),
    "NO_SECOND_CALL": Label("七天内没有就同一事项再次来电", "no second call about it within seven days"),
    "KEPT": Label("没有退单和收回", "neither returned nor recalled"),
    "MERGED": Label("并入其他工单", "merged into another"),
    "REFUSED": Label("不予受理", "not taken on"),
    "WITHHELD": Label("诉求人要求保密", "the caller wants to stay unknown to the unit"),
}

SCORE_MODELS: Mapping[str, Label] = {
    "WEIGHTED": Label("加权三率", "Rates by weight"),
    "LINEAR": Label("目标扣分", "Points lost below a target"),
    "POINTS": Label("逐件加扣分", "Points for every case"),
}

STANDINGS: Mapping[str, Label] = {
    "RANKED": Label("参加排名", "Ranked", "good"),
    "TOO_FEW": Label("样本不足", "Too few", "muted"),
    "NOTHING_DUE": Label("无应办结", "Nothing due", "muted"),
    "NO_CASES": Label("无诉求", "No cases", "muted"),
}

CLEARED_BYS: Mapping[str, Label] = {
    "REDONE": Label("重办后满意", "Content after rework", "good"),
    "JUDGED": Label("研判销号", "By judgement"),
    "DEFERRED": Label("延期销号", "Deferred by a plan"),
    "HANDED_OVER": Label("移交销号", "Handed over"),
}
