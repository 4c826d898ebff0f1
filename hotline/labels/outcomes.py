"""What came of a request, and the figures made of it."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

CLOSE_TYPES: Mapping[str, Label] = {
    "SOLVED": Label("已解决", "Solved", "good"),
    "PARTLY": Label("部分解决", "Partly solved", "warn"),
    "EXPLAINED": Label("解释说明", "Explained"),
    "UNFOUNDED": Label("诉求不属实", "Unfounded"),
    "PLANNED": Label("计划解决", "Planned"),
    "UNREACHABLE": Label("无法联系", "Unreachable", "muted"),
    "REPEATED": Label("重复诉求", "Repeated", "muted"),
    "JUDGED": Label("研判销号", "Closed by judgement"),
    "HANDED_OVER": Label("移交销号", "Handed over"),
}

SIGNS_REPLIES: Mapping[str, Label] = {
    "ALWAYS": Label("全部回复", "Every reply"),
    "WEIGHTY": Label("仅重件（风险、批示、二级以上督办、第三轮）", "Weighty matters only (danger, instructed, ordered, third round)"),
    "NEVER": Label("不需要", "None"),
}

DRAFT_DECISIONS: Mapping[str, Label] = {
    "SIGNED": Label("已签发", "Signed", "good"),
    "GIVEN_BACK": Label("已退回", "Given back", "bad"),
    "LAPSED": Label("未签失效", "Lapsed", "muted"),
}

ANSWER_WAYS: Mapping[str, Label] = {
    "SMS": Label("短信告知有答复", "By text message", "good"),
    "CALL": Label("回访时告知", "Told in the call-back", "good"),
    "PAGE": Label("诉求人在查询页看到", "Seen on the callers’ page", "good"),
    "NOT_WANTED": Label("诉求人不需要回复", "No reply wanted", "muted"),
    "ANONYMOUS": Label("匿名，无法告知", "Anonymous: nobody to tell", "muted"),
    "TRIED": Label("多次联系未果", "Tried in vain"),
}

CALLBACK_CHANNELS: Mapping[str, Label] = {
    "PHONE": Label("电话", "By telephone"),
    "WEB": Label("查询页自评", "On the callers’ page"),
    "SMS": Label("短信链接自评", "By a link sent to them"),
}

DISSATISFACTION_CLASSES: Mapping[str, Label] = {
    "UNIT_FAULT": Label("单位责任", "The unit's fault", "bad"),
    "CIRCUMSTANCES": Label("客观条件", "Circumstances"),
    "POLICY": Label("政策限制", "Limits of policy"),
    "UNREASONABLE": Label("诉求不合理", "Unreasonable request"),
    "NEW_REQUEST": Label("新诉求", "A new request"),
}

ATTEMPT_RESULTS: Mapping[str, Label] = {
    "ANSWERED": Label("接通", "Answered", "good"),
    "NO_ANSWER": Label("无人接听", "No answer", "warn"),
    "REFUSED": Label("拒访", "Refused", "warn"),
    "EMPTY_NUMBER": Label("空号", "Number not in use", "warn"),
    "OUT_OF_SERVICE": Label("停机", "Out of service", "warn"),
    "NOT_THE_CALLER": Label("非本人", "Not the caller", "warn"),
    "DECLINED_RATING": Label("拒绝评价", "Declined to rate", "muted"),
}

SOLVED: Mapping[str, Label] = {
    "SOLVED": Label("解决", "Solved", "good"),
    "PARTLY": Label("部分解决", "Partly", "warn"),
    "UNSOLVED": Label("未解决", "Unsolved", "bad"),
    "NOT_APPLICABLE": Label("不适用", "Does not apply", "muted"),
}

SATISFACTIONS: Mapping[str, Label] = {
    "VERY_SATISFIED": Label("非常满意", "Very satisfied", "good"),
    "SATISFIED": Label("满意", "Satisfied", "good"),
    "BASICALLY": Label("基本满意", "Basically satisfied", "good"),
    "DISSATISFIED": Label("不满意", "Dissatisfied", "bad"),
    "VERY_DISSATISFIED": Label("非常不满意", "Very dissatisfied", "bad"),
    "NOT_RATED": Label("未评价", "Not rated", "muted"),
}

DISSATISFACTION_REASONS: Mapping[str, Label] = {
    "ATTITUDE": Label("态度不好", "Attitude"),
    "NOT_CONTACTED": Label("未联系", "Not contacted"),
    "NOT_ON_SITE": Label("未到现场", "Nobody came"),
    "OFF_THE_POINT": Label("答非所问", "Off the point"),
    "SHIRKING": Label("推诿", "Shirking"),
    "LATE": Label("超时", "Late"),
    "RESULT_SHORT": Label("结果不符诉求", "Falls short of the request"),
    "POLICY": Label("政策不支持", "Not supported by policy"),
    "RECURRED": Label("问题反弹", "It came back"),
    "OTHER": Label("其他", "Other"),
}

RATES: Mapping[str, Label] = {
    "RESPONSE": Label("响应率", "Response rate"),
    "SOLVED": Label("解决率", "Solved rate"),
    "SATISFIED": Label("满意率", "Satisfied rate"),
}

CALLBACK_OUTCOMES: Mapping[str, Label] = {
    "SATISFIED": Label("满意", "Satisfied", "good"),
    "DISSATISFIED": Label("不满意", "Dissatisfied", "bad"),
    "UNREACHABLE": Label("无法联系", "Unreachable", "muted"),
    "UNRATED": Label("未评价", "Not rated", "muted"),
    "NOT_SAMPLED": Label("未抽中回访，未评价", "Not drawn for a call-back, not rated", "muted"),
    "OVERTAKEN": Label("主单重办，暂不回访", "Its master is handled again", "muted"),
}

CALL_BASES: Mapping[str, Label] = {
    "FULL": Label("全量回访", "Everybody is rung"),
    "MERGED": Label("并单诉求人", "Merged into another"),
    "NAMED": Label("点名回访", "Asked for by name"),
    "COMPLAINT": Label("投诉举报必访", "A complaint or report"),
    "REPEAT": Label("重办或重复诉求必访", "Handled or asked for again"),
    "ENTERPRISE": Label("企业诉求必访", "Of an enterprise"),
    "RISK": Label("风险工单必访", "Danger was reported"),
    "SUPERVISED": Label("督办、批示工单必访", "Ordered or instructed"),
    "DRAWN": Label("抽中", "Drawn"),
    "NOT_DRAWN": Label("未抽中", "Not drawn"),
    "UNTOLD": Label("短信未送达", "No message got through"),
}

#: Who is rung back, in a sentence.
CALLBACK_POLICIES: Mapping[str, Label] = {
    "FULL": Label("回访方式：全量回访。", "Call-backs: everybody is rung."),
    "SAMPLE": Label(
        "回访方式：抽样回访，以单位为层各抽 {percent}%；投诉举报、重办、企业、风险、督办批示和点名的必访。",
        "Call-backs: a sample, {percent}% of each unit; always rung: complaints and reports, what was handled again, "
        "enterprises, danger, what was ordered or instructed, and whom somebody named.",
    ),
}
