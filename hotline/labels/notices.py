"""What notices and sign-ins are about."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

#: What an in-app notice is about.
NOTICES: Mapping[str, Label] = {
    "refusal_asked": Label("有不予受理待审批", "A refusal waits for your decision", "info"),
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
    "part_ended": Label("协办、下派任务已结束，无需再办", "Your part in it has ended", "muted"),
    "part_objected": Label("有协办异议待审核", "An objection to a part waits for your decision", "info"),
    "part_decided": Label("协办异议已审核", "Your objection was decided"),
    "part_returned": Label("反馈被退回，请补充", "Your report was sent back", "bad"),
    "contributed": Label("协办、下派单位已反馈", "A unit reported on its part", "good"),
    "whistled": Label("街道吹哨，已请部门协办", "A street summoned departments", "warn"),
    "extension_filed": Label("有延期申请待审批", "An extension waits for your decision", "info"),
    "extension_granted": Label("延期申请已同意，到期时间已顺延", "More time was granted", "good"),
    "extension_refused": Label("延期申请被驳回，原到期时间不变", "More time was refused: the old due holds", "bad"),
    "step_waits": Label("有申请待您审批", "An application waits for your decision", "info"),
    "application_refused": Label("申请被驳回，请继续办理", "What was asked for was refused: please go on", "bad"),
    "suspended": Label("挂账已批准，请按期复查", "It is suspended: review it in time", "info"),
    "resumed": Label("挂账结束，恢复办理", "It is taken up again", "info"),
    "terminated": Label("已批准终止办理", "The handling was terminated", "info"),
    "replied": Label("有回复待审核", "A reply waits for review", "info"),
    "sent_back": Label("回复被退回，请修改", "The reply was sent back: please mend it", "bad"),
    "dissatisfied": Label("诉求人不满意，待研判", "The caller is dissatisfied: please judge", "bad"),
    "survey": Label("回访未接通，请来电评价", "We could not reach you: please call"),
    "rework": Label("工单发回重办", "A ticket came back for re-handling", "bad"),
    "reopen": Label("已办结的工单重开", "A closed ticket was reopened", "bad"),
    "urge": Label("诉求人催单", "The caller urges", "warn"),
    "urged": Label("热线催办", "The hotline urges", "warn"),
    "add": Label("诉求人补充了信息", "The caller added information", "info"),
    "added": Label("工单有补充信息", "Information was added", "info"),
    "reminded": Label("工单办理时间已过半", "A good part of a ticket's time is gone", "info"),
    "warned": Label("工单即将超期", "A ticket is nearly due", "warn"),
    "expired": Label("工单已超期", "A ticket is overdue", "bad"),
    "supervised": Label("收到督办单，须书面答复", "A supervision order: answer it in writing", "bad"),
    "instructed": Label("工单有领导批示", "A leader's instruction on a ticket", "bad"),
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
