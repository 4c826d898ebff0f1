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

ASSIGNMENT_STATES: Mapping[str, Label] = {
    "WAIT_SIGN": Label("待签收", "To be signed for", "warn"),
    "WORKING": Label("办理中", "Being handled", "info"),
    "RETURN_ASKED": Label("退单申请中", "Return asked for", "accent"),
    "RETURNED": Label("已退回", "Returned", "muted"),
    "REPLIED": Label("已回复", "Replied", "info"),
    "ACCEPTED": Label("审核通过", "Reply accepted", "good"),
    "REWORK": Label("重办", "To handle again", "bad"),
    "DONE": Label("已办结", "Done", "good"),
    "RECALLED": Label("已收回", "Recalled", "muted"),
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
    "SUSPENSION": Label("挂账申请", "Suspension"),
    "TERMINATION": Label("终止申请", "Termination"),
    "EXCLUSION": Label("剔除申请", "Exclusion"),
    "APPEAL": Label("评价申诉", "Appeal"),
}

ASSIGNMENT_ROLES: Mapping[str, Label] = {
    "LEAD": Label("主办", "Lead", "info"),
    "CO": Label("协办", "Co-handler"),
    "JOINT": Label("会办", "Joint"),
    "INFO": Label("抄送", "For information", "muted"),
}

#: Tabs of a unit's queue.
TABS: Mapping[str, Label] = {
    "TO_SIGN": Label("待签收", "To be signed for", "warn"),
    "WORKING": Label("办理中", "Being handled", "info"),
    "DUE_SOON": Label("将超期", "Nearly due", "warn"),
    "OVERDUE": Label("已超期", "Overdue", "bad"),
    "RETURNING": Label("退单中", "Being returned", "accent"),
    "REWORK": Label("重办", "To handle again", "bad"),
    "REPLIED": Label("已回复", "Replied", "good"),
}

#: The verb on the button.
MOVES: Mapping[str, Label] = {
    "create": Label("登记", "Log"),
    "answer": Label("直接解答", "Answer at once", "good"),
    "refuse": Label("不予受理", "Do not accept", "bad"),
    "submit": Label("提交派单", "Submit", "info"),
    "merge": Label("并单", "Merge", "warn"),
    "support": Label("并入一件", "Take one more caller", "info"),
    "unmerge": Label("拆分", "Part from its master", "warn"),
    "confer": Label("提请会商", "Call a conference", "info"),
    "opine": Label("填写会商意见", "Write an opinion", "info"),
    "escalate": Label("提级会商", "Raise a level", "bad"),
    "cancel_conference": Label("取消会商", "Call the conference off", "warn"),
    "decide_conference": Label("会商定办", "Decide the conference", "good"),
    "dispatch": Label("派单", "Dispatch", "info"),
    "sign": Label("签收", "Sign for", "info"),
    "contact": Label("登记首次联系", "Log the contact", "info"),
    "ask_relay": Label("经热线联系", "Speak through the hotline", "info"),
    "relay": Label("转达", "Pass on to the caller", "info"),
    "interim": Label("阶段性答复", "Tell how far it has got", "info"),
    "apply_return": Label("申请退单", "Ask to return", "warn"),
    "grant_return": Label("同意退单", "Grant the return", "good"),
    "refuse_return": Label("驳回退单", "Refuse the return", "bad"),
    "recall": Label("收回改派", "Recall", "warn"),
    "apply_extension": Label("申请延期", "Ask for more time", "warn"),
    "grant_extension": Label("同意延期", "Grant more time", "good"),
    "refuse_extension": Label("驳回延期", "Refuse more time", "bad"),
    "reply": Label("提交回复", "Reply", "good"),
    "accept_reply": Label("审核通过", "Accept the reply", "good"),
    "send_back": Label("审核退回", "Send back", "bad"),
    "record_callback": Label("登记回访", "Record the call-back", "info"),
    "close": Label("办结", "Close", "good"),
    "rework": Label("发回重办", "Send for re-handling", "bad"),
    "urge": Label("催办", "Urge", "warn"),
    "supervise": Label("签发督办单", "Issue a supervision order", "bad"),
    "answer_order": Label("答复督办单", "Answer a supervision order", "info"),
    "add": Label("补充信息", "Add information", "info"),
    "conceal": Label("改为保密", "Withhold the caller", "warn"),
    "disclose": Label("改为公开", "Let the unit know the caller", "info"),
}

#: What the history says happened: every move, and what the clocks and the system do by themselves.
EVENTS: Mapping[str, Label] = {
    "create": Label("登记了工单", "logged the ticket"),
    "answer": Label("直接解答", "answered at once", "good"),
    "refuse": Label("决定不予受理", "did not accept it", "muted"),
    "submit": Label("提交派单", "submitted it for dispatch", "info"),
    "merge": Label("并入主单", "merged it into another", "muted"),
    "support": Label("有一件同一事项的诉求并入", "merged one more request of the same matter into it", "accent"),
    "unmerge": Label("从主单拆出，重新派单", "parted it from its master", "warn"),
    "parted": Label("有一件并入的诉求被拆出", "parted a merged request from it", "warn"),
    "confer": Label("提请会商", "called a conference", "info"),
    "opine": Label("填写了会商意见", "wrote an opinion", "info"),
    "escalate": Label("提级会商", "raised it a level", "bad"),
    "cancel_conference": Label("取消了会商", "called the conference off", "warn"),
    "decide_conference": Label("会商确定承办单位", "decided the conference", "good"),
    "dispatch": Label("派单", "dispatched it", "info"),
    "sign": Label("签收", "signed for it", "info"),
    "contact": Label("联系了诉求人", "contacted the caller", "info"),
    "ask_relay": Label("请热线联系诉求人", "asked the hotline to speak with the caller", "info"),
    "relay": Label("向诉求人转达", "passed it on to the caller", "info"),
    "interim": Label("作了阶段性答复", "told how far it has got", "info"),
    "apply_return": Label("申请退单", "asked to return it", "warn"),
    "grant_return": Label("同意退单", "granted the return", "good"),
    "refuse_return": Label("驳回退单", "refused the return", "bad"),
    "recall": Label("收回工单", "recalled it", "warn"),
    "apply_extension": Label("申请延期", "asked for more time", "warn"),
    "grant_extension": Label("同意延期", "granted more time", "good"),
    "refuse_extension": Label("驳回延期", "refused more time", "bad"),
    "reply": Label("提交了回复", "replied", "good"),
    "accept_reply": Label("审核通过", "accepted the reply", "good"),
    "send_back": Label("审核退回", "sent the reply back", "bad"),
    "record_callback": Label("回访", "rang the caller back", "info"),
    "close": Label("办结", "closed it", "good"),
    "rework": Label("发回重办", "sent it for re-handling", "bad"),
    "urge": Label("催办", "urged", "warn"),
    "supervise": Label("签发督办单", "issued a supervision order", "bad"),
    "answer_order": Label("答复了督办单", "answered a supervision order", "info"),
    "add": Label("补充了信息", "added information", "info"),
    "conceal": Label("诉求人要求保密，身份已隐去", "withheld the caller, as the caller wishes", "accent"),
    "disclose": Label("诉求人同意公开身份", "let the unit know the caller, as the caller wishes", "info"),
    "reminded": Label("蓝牌提醒", "blue reminder", "info"),
    "warned": Label("黄牌预警", "yellow warning", "warn"),
    "expired": Label("红牌超期", "ran over time", "bad"),
    "meeting": Label("提请专题会议研究", "put before a meeting", "bad"),
    "revealed": Label("查看了诉求人身份", "saw the caller's identity", "accent"),
    "credited": Label("补回办理时限", "gave time back", "info"),
    "red_withdrawn": Label("撤销红牌", "took the red mark back", "info"),
    "imported": Label("导入了工单", "imported the ticket"),
    "digest": Label("今日办理情况", "Today's work", "info"),
    "handed_over": Label("承办单位变更，工单移交", "handed it to the unit's successor", "warn"),
    "recomputed": Label("工作日调整，重新计算时限", "counted the time anew", "info"),
    "repair": Label("核对发现不一致，已修复", "was repaired by the reconciliation", "warn"),
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

CLOCKS: Mapping[str, Label] = {
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
    "CONFERENCE": Label("会商时限", "Conference"),
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
    "RESUMED": Label("续计", "Running on", "info"),
    "RECOMPUTED": Label("重算", "Counted anew", "warn"),
}

SEGMENT_REASONS: Mapping[str, Label] = {
    "RETURN_DECIDED_LATE": Label("热线审核退单超过时限", "The hotline took too long over a return"),
    "EXTENSION_GRANTED": Label("延期申请获准", "An extension was granted"),
    "SENT_BACK_IN_TIME": Label("回复被退回，原到期时间不变", "The reply was sent back; the old due holds"),
    "IN_CONFERENCE": Label("会商期间", "While units conferred"),
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

#: What an in-app notice is about.
NOTICES: Mapping[str, Label] = {
    "to_dispatch": Label("有工单待派单", "A ticket is to be dispatched", "info"),
    "dispatched": Label("新派工单，请签收", "A ticket was dispatched to you: please sign", "info"),
    "merged": Label("工单已并入另一件，无需再办理", "A ticket was merged into another: nothing is left to do", "info"),
    "supported": Label("又有人反映同一事项，已并入", "One more caller about the same matter", "warn"),
    "crowd": Label("集中诉求：多人反映同一事项", "A concentrated demand: many callers about one matter", "bad"),
    "supporters_to_ring": Label("主单已结束，请回访并入的诉求人", "A master has ended: ring the merged callers", "info"),
    "concealed": Label("诉求人要求保密：已看到的身份不得使用、外传", "The caller is withheld now: make no use of what you saw", "bad"),
    "identity_was_seen": Label("改为保密的工单，身份此前已被承办单位查看", "A caller now withheld had been looked up by the unit", "bad"),
    "relay_asked": Label("承办单位请热线联系诉求人", "A unit asks the hotline to speak with a caller", "info"),
    "relayed": Label("热线已向诉求人转达", "The hotline has spoken with the caller", "good"),
    "recalled": Label("工单已被收回", "A ticket was recalled", "warn"),
    "conference_invited": Label("请贵单位参加会商，填写意见", "You are invited to confer: please write", "info"),
    "opinions_in": Label("会商各单位意见已齐", "All units invited have written", "info"),
    "conference_decided": Label("会商已有结果", "A conference was decided", "info"),
    "conference_cancelled": Label("会商已取消", "A conference was called off", "muted"),
    "raised": Label("工单多次流转，已提级", "A ticket nobody takes was raised a level", "bad"),
    "return_filed": Label("有退单申请待审核", "A return waits for your decision", "info"),
    "return_granted": Label("退单申请已同意", "The return was granted", "good"),
    "return_refused": Label("退单申请被驳回，请继续办理", "The return was refused: please go on", "bad"),
    "extension_filed": Label("有延期申请待审批", "An extension waits for your decision", "info"),
    "extension_granted": Label("延期申请已同意，到期时间已顺延", "More time was granted", "good"),
    "extension_refused": Label("延期申请被驳回，原到期时间不变", "More time was refused: the old due holds", "bad"),
    "replied": Label("有回复待审核", "A reply waits for review", "info"),
    "sent_back": Label("回复被退回，请修改", "The reply was sent back: please mend it", "bad"),
    "dissatisfied": Label("诉求人不满意，待研判", "The caller is dissatisfied: please judge", "bad"),
    "rework": Label("工单发回重办", "A ticket came back for re-handling", "bad"),
    "urge": Label("诉求人催单", "The caller urges", "warn"),
    "urged": Label("热线催办", "The hotline urges", "warn"),
    "add": Label("诉求人补充了信息", "The caller added information", "info"),
    "added": Label("工单有补充信息", "Information was added", "info"),
    "reminded": Label("工单办理时间已过半", "A good part of a ticket's time is gone", "info"),
    "warned": Label("工单即将超期", "A ticket is nearly due", "warn"),
    "expired": Label("工单已超期", "A ticket is overdue", "bad"),
    "supervised": Label("收到督办单，须书面答复", "A supervision order: answer it in writing", "bad"),
    "order_answered": Label("督办单已答复", "A supervision order was answered", "good"),
    "meeting": Label("工单长期超期，提请会议研究", "A ticket is overdue for long: for the meeting", "bad"),
    "digest": Label("今日办理情况", "Today's work", "info"),
    "handed_over": Label("承办单位变更，工单移交贵单位", "A ticket of a closed unit is yours now", "warn"),
    "auto_signed": Label("超时未签收，系统已自动签收", "Signed by the system: the time to sign ran out", "bad"),
}

SIGN_INS: Mapping[str, Label] = {
    "SIGNED_IN": Label("登录成功", "Signed in", "good"),
    "FAILED": Label("登录失败", "Failed to sign in", "warn"),
    "LOCKED": Label("账号锁定", "Account locked", "bad"),
    "SIGNED_OUT": Label("退出登录", "Signed out", "muted"),
    "PASSWORD_CHANGED": Label("修改密码", "Changed the password", "info"),
}
