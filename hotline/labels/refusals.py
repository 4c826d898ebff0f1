"""What people read when the loop or a form says no, by code. {braces} are the refusal's parameters.

Parameters arrive as words: moments in local time, moves and states by their labels (hotline.labels).
"""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

REFUSALS: Mapping[str, Label] = {
    "risk_flagged_already": Label("风险已上报，尚未确认交接；新情况请用“补充信息”。",
                                  "The danger is reported and not handed over yet: add what is new."),
    "no_risk_open": Label("没有待交接的风险。", "No report of danger is open."),
    "risk_not_handed_over": Label("风险尚未确认交接，工单不能结束。",
                                  "The danger is not handed over yet: the ticket cannot end."),
    "emergency_line_first": Label("须先转紧急专线并确认接收，才能派单。",
                                  "An emergency line must confirm to have it before a unit gets it."),
    "no_transfer_open": Label("没有待确认的转接。", "No transfer waits to be confirmed."),
    "transfer_unconfirmed": Label("已转接专线，等待对方确认；对方退回后再处理。",
                                  "Passed to another line, which has not confirmed yet."),
    "risk_taken_already": Label("{by} 已接手。", "{by} is at it already."),
    "flagger_may_not_dismiss": Label("上报人本人不能排除，请由其他值班人员核实。",
                                     "Whoever reported it cannot dismiss it: somebody else on duty must look."),
    "risk_in_text": Label("内容有风险词，请改为提交派单，或核对后再办结。",
                          "The words show danger: submit it, or look at it and then end it."),
    # of callers
    "query_wrong": Label("工单编号或查询码不正确。一小时内错误 5 次，该编号将停止查询 1 小时。",
                         "The number or the query code is wrong. Five mistakes in an hour lock the number for an hour."),
    "query_locked": Label("该编号因多次输错已停止查询，请 1 小时后再试，或拨打 12345。",
                          "This number is locked after too many mistakes: try again in an hour, or ring 12345."),
    "query_first": Label("查询已过期，请重新输入工单编号和查询码。",
                         "Your look has ended: please enter number and query code again."),
    "rating_link_over": Label("评价链接无效、已使用或已过期。可凭工单编号和查询码查询，或拨打 12345。",
                              "This link is not valid, used or too old. Ask by number and query code, or ring 12345."),
    "rated_already": Label("已经评价过，谢谢。如需更正请拨打 12345。", "Already rated, thank you. To correct it ring 12345."),
    "urged_lately": Label("{hours} 小时内已经催办过，请稍后再试。", "You have urged it within {hours} hours: please wait."),
    # of any form
    "invalid": Label("填写的内容有误，请按提示修改。", "Something is not filled in correctly: please mend it."),
    "key_reused": Label("这份表单已经用别的内容提交过，请刷新页面后重填。", "This form was already sent with other contents."),
    "period_backwards": Label("开始日期不能晚于结束日期。", "The first day must not come after the last."),
    "period_too_long": Label("时段最长三年。", "A period is three years at most."),
    "bad_cursor": Label("页码已失效，请从第一页看起。", "This page link is no longer good: start from the first page."),
    "draft_too_long": Label("草稿太长，未能保存。", "The draft is too long to be kept."),
    "reconciliation_unknown": Label("没有这次核对。", "There was no such reconciliation."),
    "attachment_unknown": Label("没有这个附件，或不对您开放。", "There is no such file, or it is not for you."),
    "attachment_missing": Label("附件暂时无法读取，请联系管理员。", "The file cannot be read right now: tell the administrator."),
    "attachment_group_not_yours": Label("您的岗位不能上传或开放这类附件。", "Files of this kind are not your role's to add or release."),
    "attachment_too_late": Label("工单现在不能再添加附件。", "No file can be added to this ticket now."),
    "attachment_stays": Label("附件已随回复提交或不是您上传的，不能撤回。", "It went with a reply or is not yours: it stays."),
    "attachments_too_many": Label(
        "该工单的附件已达上限（{files} 个，共 {megabytes} MB）。", "The ticket holds all it may: {files} files, {megabytes} MB."
    ),
    "store_full": Label(
        "附件存储空间已满，没有写入任何数据，请稍后再试并告知管理员。",
        "There is no room left for files and nothing was written: try later, and tell the administrator.",
    ),
    "unavailable": Label("系统暂时不可用，没有写入任何数据，请稍后再试。", "This cannot be done right now and nothing was written: please try again later."),
    "batch_unknown": Label("没有这个催办批次。", "There is no such batch."),
    "not_found": Label("没有找到您要的内容。", "What you look for is not here."),
    # of doors
    "role_may_not_enter": Label("您的岗位不能使用这一页面。", "Your role may not use this page."),
    "role_may_not": Label("您的岗位不能执行“{move}”。", "Your role may not: {move}."),
    "password_must_change": Label("请先修改初始密码。", "Please change your first password first."),
    "sign_in_failed": Label("账号或密码不正确，或账号已被锁定。", "Wrong account or password, or the account is locked."),
    "address_blocked": Label("登录失败次数过多，请稍后再试。", "Too many failed attempts: please try later."),
    # of a ticket's state
    "outdated": Label("内容已被他人修改，请核对后重新提交。", "Somebody else changed this: please check and send again."),
    "ticket_changed": Label(
        "工单 {no} 在您打开之后已有变化，请核对最新情况后重新提交，您填写的内容已保留。",
        "Ticket {no} changed after you opened it. Please check and send again; what you typed is kept.",
    ),
    "ticket_unknown": Label("没有找到这张工单。", "There is no such ticket."),
    "clock_unknown": Label("没有找到这个时限。", "There is no such time limit."),
    "not_your_task": Label("这张工单不在您单位办理。", "This ticket is not with your unit."),
    "wrong_state": Label("工单当前为“{state}”，不能“{move}”。", "The ticket is {state}: it cannot be moved by {move}."),
    "not_answerable_at_once": Label("投诉、举报不能直接解答办结。", "Complaints and reports cannot be closed on the phone."),
    "designated": Label("本单由热线指定贵单位承办，不能再退。", "The hotline designated your unit for good."),
    "already_returned": Label("贵单位已退过一次，不能再退。", "Your unit has returned this ticket once already."),
    "return_window_closed": Label("退单时限已于 {until} 截止。", "The time to return it ended at {until}."),
    "already_due": Label("时限已到，不能再申请。", "The time is over: no more can be asked for."),
    "no_extension_allowed": Label("按规定，这类工单不得延期。", "Tickets of this kind get no more time."),
    "extensions_used_up": Label("已延期 {count} 次，不能再延。", "More time was granted {count} times: there is no more."),
    "application_undecided": Label("上一项申请尚在审批，请先等待结果。", "Something else is still undecided: wait for it."),
    "nothing_linked": Label("该工单没有关联其他工单。", "It is linked to no other ticket."),
    "nothing_asked": Label("没有待审批的这类申请。", "There is nothing of the kind to decide."),
    "not_your_step": Label("现在不是由您审批的环节。", "This step is not yours."),
    "last_step_decides": Label("这是最后一级，请直接批准或驳回。", "This is the last step: grant or refuse."),
    "block_not_your_step": Label("现在不是由您审批的环节：先值班长，后督办员。", "Not your step: first a shift lead, then a supervisor."),
    "number_blocked": Label(
        "该号码因骚扰热线，{until} 前不能自助提交诉求；紧急情况请拨打 110、119、120，其他诉求请来电 12345。",
        "This number may not write to the hotline before {until}, having harassed it. Emergencies: 110, 119, 120; else call.",
    ),
    "being_signed": Label("回复正在审签，请先等待负责人签发或退回。", "The reply is before the leader: wait until it is signed or given back."),
    "nothing_to_sign": Label("没有待审签的回复。", "No reply waits for a signature."),
    "leader_signs": Label("回复正在审签，由本单位负责人签发。", "The reply is before the leader, who signs it."),
    "writer_signs_not": Label("撰写人不能审签自己的回复。", "Who wrote a reply does not sign it."),
    "sign_off_first": Label("本件须经本单位负责人审签，请改用“提交审签”。", "Your leader signs this one first: put it before them."),
    "nobody_else_signs": Label("本单位没有其他负责人可以审签，请直接提交回复。", "Nobody else of the unit could sign: file it directly."),
    "no_refusal_asked": Label("没有人提请不予受理。", "Nobody asked for it to be refused."),
    "refusal_waits": Label("该工单正待审批是否受理。", "Whether it is taken on waits for a decision."),
    "taken_on_already": Label("该工单已交承办单位，不能再不予受理。", "A unit has had it: it was taken on."),
    "seniors_decide_refusals": Label("提请不予受理的，由值班长或督办员决定。", "A shift lead or supervisor decides on refusals."),
    "own_ticket_review": Label("自己登记的工单须由他人预审。", "Somebody else reviews what you logged."),
    "details_asked_already": Label("该工单已退回补充，尚未补充。", "It is being completed already."),
    "no_details_asked": Label("该工单无需补充。", "Nothing is to be completed."),
    "picture_missing": Label("这类事项的回复须附办理照片：请先在附件中上传“办理附件”图片。", "This matter needs a picture: add one as proof of handling first."),
    "leader_consents_first": Label("须先经承办单位负责人同意。", "The unit's leader consents first."),
    "two_persons": Label("同一申请须由不同的人审批：您已提出或审批过。", "Different people decide: you filed it, or had a step before."),
    "extension_undecided": Label("延期申请尚未审批。", "An extension is still undecided."),
    "second_extension_needs_director": Label(
        "第二次延期由热线中心主任审批。", "A second extension is for the director of the hotline to decide."
    ),
    "second_return_needs_supervisor": Label("第二次退单须由督办员审核。", "A second return is for a supervisor to decide."),
    "confer_first": Label(
        "本单已退 {returns} 次，须先会商确定承办单位，或由督办员说明理由后派单。",
        "Returned {returns} times: units must confer, or a supervisor sends it on and says why.",
    ),
    "no_conference": Label("没有正在进行的会商。", "There is no conference going on."),
    "highest_level": Label("已是最高一级，不能再提级。", "This is the highest level there is."),
    "raised_needs_supervisor": Label("已提级的会商由督办员或热线中心主任决定。", "A raised conference is for a supervisor or the director."),
    "contact_first": Label("请先联系诉求人并登记，再提交回复。", "Please contact the caller and log it before you reply."),
    "no_callback_wanted": Label("诉求人匿名或不需要回复，无需回访。", "The caller is anonymous or wants no call."),
    "answer_not_told": Label(
        "答复还没有送达诉求人（短信未发出，回访也没有接通），不能办结。",
        "The caller does not know of the answer yet: no message went out and no call was taken.",
    ),
    "callback_first": Label("请先回访。", "Please ring the caller back first."),
    "dissatisfied_needs_rework": Label(
        "诉求人不满意，须发回重办或由督办员研判办结。",
        "The caller is dissatisfied: send it for re-handling, or let a supervisor judge.",
    ),
    "recheck_picture_missing": Label(
        "隐患类工单须先上传复查照片（办理附件）。", "A hazard: a picture of its re-check must be among the handling files."
    ),
    "not_dissatisfied": Label("诉求人没有表示不满意，不能发回重办。", "The caller is not dissatisfied."),
    "not_evaluated": Label("诉求人没有作出评价，无可剔除或申诉。", "The caller has not evaluated anything."),
    "contest_window_closed": Label("已过剔除、申诉期限。", "The time to contest this evaluation is over."),
    "already_contested": Label("对本轮评价已申请过，不能再次申请。", "This evaluation was contested before."),
    "no_appeal_granted": Label("工单已办结，申诉获准后才重新回访。", "Closed: the caller is rung again only by an appeal."),
    "another_rings_again": Label("申诉后的回访须由此前未回访过的人进行。", "Somebody else must ring after an appeal."),
    "closed_too_long": Label("办结已超过 {days} 天，不能重开，请另行登记。", "Closed for more than {days} days: register a new ticket."),
    "rounds_used_up": Label("已重办 {rounds} 次，须由督办员决定。", "Re-handled {rounds} times: a supervisor decides."),
    "master_goes_first": Label("主单尚未结束，还不能回访并入的诉求人。", "The master is not over yet: its merged callers are rung later."),
    "merge_needs_supervisor": Label("工单已派到承办单位，须由督办员并单。", "A unit has this ticket already: a supervisor merges it."),
    "has_supporters": Label("已有 {count} 件并入本单，本单不能再并入别的工单。", "{count} tickets follow this one: it cannot follow another."),
    "others_wait_for_it": Label("还有 {count} 件并入本单，须先拆分才能撤单。", "{count} tickets follow this one: part them first."),
    "no_recheck_wanted": Label("这件撤单不在核查之列。", "This withdrawal is not to be looked into."),
    "no_check_wanted": Label("这件工单不在抽查之列。", "How this ticket ended is not to be looked into."),
    "checked_by_another": Label("申请或同意的人不能抽查，须由他人进行。", "Whoever asked for it or agreed to it does not look into it."),
    "role_may_not_export": Label("您的岗位不能导出信访移交材料。", "Your role may not take out the package of a petition."),
    "petition_unknown": Label("这件工单没有移交信访。", "This ticket was not handed to petitions."),
    "archive_unknown": Label("这件工单没有归档。", "This ticket is not archived."),
    "earlier_still_open": Label("那件工单尚未结束，请作为催单或补充。", "That ticket is not over yet: urge it or add to it."),
    "recheck_by_another": Label(
        "登记撤单的人和承办单位不能核查，须由他人进行。", "Whoever took the withdrawal down, or its unit, does not look into it."
    ),
    "already_rung": Label("已回访过诉求人，不能再拆分。", "The caller was rung already: it cannot be parted any more."),
    "caller_not_open": Label("诉求人已是保密或匿名。", "The caller is withheld or anonymous already."),
    "caller_not_withheld": Label("只有保密的诉求人经热线联系。", "Only a withheld caller is spoken with through the hotline."),
    "call_named_already": Label("已点名回访。", "The caller is to be rung by name already."),
    "relay_undone": Label("上一次请热线联系的内容还没有转达。", "What you asked for before has not been passed on yet."),
    "no_relay_open": Label("没有待转达的内容。", "Nothing waits to be passed on."),
    "no_part_of_yours": Label("贵单位在这张工单上没有协办或下派任务。", "Your unit has no part in this ticket."),
    "task_unknown": Label("这张工单没有 {task} 号任务。", "The ticket has no task {task}."),
    "streets_whistle": Label("只有主办的街道（乡镇）可以吹哨。", "Only a street that leads may summon departments."),
    "sign_first": Label("请先签收；已回复的不能再下派。", "Sign for it first; what is answered is handed down no more."),
    "no_unit_below": Label("没有可以下派的下级单位。", "There is no unit below to hand it to."),
    "levels_used_up": Label("已下派到第 {levels} 级，不能再派。", "It was handed down {levels} levels: there is no further."),
    "no_part_open": Label("没有进行中的协办、下派任务。", "No other unit has a part in it."),
    "nothing_handed_down": Label("没有进行中的下派任务。", "Nothing of it is handed down."),
    "settle_with_superior": Label("下派任务由派出单位决定，请与其联系。", "What was handed down is settled with the unit that did."),
    "not_handed_down": Label("{task} 号任务不是下派任务。", "Task {task} was not handed down."),
    "nothing_filed": Label("没有待审核的申请。", "Nothing waits for a decision."),
    "order_open": Label("{level} 级督办单尚未答复，不能重复签发。", "An order of level {level} is still unanswered."),
    "no_order_open": Label("没有待答复的督办单。", "There is no supervision order to answer."),
    "order_unknown": Label("没有待答复的督办单 {order}。", "There is no open supervision order {order}."),
    "no_reply_to_review": Label("没有待审核的回复。", "No reply waits for review."),
    "grassroots_not_allowed": Label(
        "派单目录不允许把这一事项派给街道（乡镇）。", "The catalogue does not allow this matter to go to a street."
    ),
    "identity_withheld": Label("诉求人要求保密，不能查看其身份。", "The caller's identity is withheld."),
    "identity_in_text": Label(
        "诉求人要求保密或匿名，内容中却可能有其身份信息，请核对。",
        "The caller is withheld or anonymous, yet the text may name them: please check.",
    ),
    "own_ticket_callback": Label("不能回访自己受理的工单。", "Whoever took the call does not ring back."),
    "own_unit_callback": Label("承办单位不能回访自己办理的工单。", "The handling unit does not ring back."),
    # of imports
    "file_empty": Label("文件是空的，或第一行没有列名。", "The file is empty, or its first row names no columns."),
    "file_old_excel": Label(
        "这是旧版 Excel（.xls）或加密的工作簿，请另存为 .xlsx 或 CSV 后再上传。",
        "This is an old (.xls) or protected workbook: please save it as .xlsx or CSV.",
    ),
    "file_encoding": Label(
        "文件的编码无法识别，请用 UTF-8 或 GB18030 保存。", "The encoding is unknown: please save as UTF-8 or GB18030."
    ),
    "file_broken": Label("文件已损坏，或不是 CSV、XLSX。", "The file is damaged, or neither CSV nor XLSX."),
    "file_too_big": Label("文件过大，请分成几个文件。", "The file is too big: please split it."),
    "file_columns_many": Label("列数过多。", "There are too many columns."),
    "file_rows_many": Label("行数过多，请分成几个文件。", "There are too many rows: please split the file."),
    "file_gone": Label("上传的文件已删除，请重新上传。", "The uploaded file is gone: please upload it again."),
    "import_unknown": Label("没有这次导入。", "There is no such import."),
    "import_wrong_state": Label(
        "导入的状态已变化，请刷新页面后再操作。", "The import has moved on: please reload the page."
    ),
    "import_has_begun": Label(
        "正式导入已经开始，不能再改设置或试运行。", "The import proper has begun: it can be neither changed nor tried."
    ),
    "import_crashed": Label(
        "多次中断且没有进展，已停止，请联系系统管理员。", "It broke off several times without getting on: please tell the administrator."
    ),
    "job_wrong_state": Label("状态已变化，请刷新页面后再操作。", "It has moved on: please reload the page."),
    "job_crashed": Label(
        "多次中断且没有进展，已停止，请联系系统管理员。", "It broke off several times without getting on: please tell the administrator."
    ),
    "day_full": Label(
        "当日工单编号将用完，余下的编号留给电话受理，请明天继续。",
        "The day's numbers are nearly used up and the rest is left to the telephone: go on tomorrow.",
    ),
    # of the API
    "token_needed": Label("缺少有效的访问令牌。", "A valid bearer token is needed."),
    "move_unknown": Label("没有这种操作。", "There is no such move."),
    "json_broken": Label("请求体不是有效的 JSON（UTF-8）。", "The body is not valid JSON in UTF-8."),
    "json_not_an_object": Label("请求体应为 JSON 对象。", "The body should be a JSON object."),
    "json_name_twice": Label("同一名称出现了两次。", "A name stands in the body twice."),
    "json_bad_name": Label("含有不可能的字段名。", "A name in the body can be no field's."),
    "json_not_a_number": Label("不接受 NaN 和 Infinity。", "NaN and Infinity are no numbers here."),
    "json_too_deep": Label("嵌套层数过多。", "The body is nested too deep."),
    "idempotency_key_bad": Label(
        "Idempotency-Key 应为 1 到 255 个可见的 ASCII 字符。", "Idempotency-Key: 1 to 255 visible ASCII characters, please."
    ),
    "account_unknown": Label("没有账号 {account}，或账号已停用。", "There is no account {account}, or it is closed."),
    # of settings
    "role_may_not_administer": Label("您的岗位不能修改这项设置。", "Your role may not change this setting."),
    "no_dead_letter": Label("没有可处理的失败消息，可能已被他人处理。", "There is no such dead letter, or no longer."),
    "setting_unknown": Label("没有找到这项设置。", "There is no such setting."),
    "unit_needed": Label("热线中心和区级协调单位不能撤销。", "The hotline and the district's unit cannot be closed."),
    "unit_change_under_way": Label("该单位已有一项调整正在进行或尚未完结。", "A change of the unit is under way, or was left unfinished."),
    "unit_change_given_up": Label("未完成的部分已不再继续。", "The rest of it was given up."),
    "unit_change_is_long": Label(
        "该单位有 {count} 件未办结的任务，请用“合并、拆分、更名、撤销”逐批移交。",
        "The unit has {count} open tasks: have them handed over by a change of the unit.",
    ),
    "unit_closed": Label("该单位已经撤销。", "The unit is closed already."),
    "unit_has_units_below": Label("该单位还有 {count} 个下级单位。", "There are {count} units below it."),
    "unit_has_open_tasks": Label(
        "该单位还有 {count} 件在办工单，请指定承接单位。", "It has {count} open tasks: please name a successor."
    ),
    "last_of_role": Label("至少要保留一名{role}。", "Somebody must stay: {role}."),
    "limit_default_needed": Label("每个环节都须有默认时限，只能修改，不能终止。", "Every clock needs its default limit."),
}

