"""What people read when the loop or a form says no, by code. {braces} are the refusal's parameters.

Parameters arrive as words: moments in local time, moves and states by their labels (hotline.labels).
"""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

REFUSALS: Mapping[str, Label] = {
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
    "nothing_asked": Label("没有待审批的这类申请。", "There is nothing of the kind to decide."),
    "not_your_step": Label("现在不是由您审批的环节。", "This step is not yours."),
    "last_step_decides": Label("这是最后一级，请直接批准或驳回。", "This is the last step: grant or refuse."),
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
    "callback_first": Label("请先回访。", "Please ring the caller back first."),
    "dissatisfied_needs_rework": Label(
        "诉求人不满意，须发回重办或由督办员研判办结。",
        "The caller is dissatisfied: send it for re-handling, or let a supervisor judge.",
    ),
    "not_dissatisfied": Label("诉求人没有表示不满意，不能发回重办。", "The caller is not dissatisfied."),
    "closed_too_long": Label("办结已超过 {days} 天，不能重开，请另行登记。", "Closed for more than {days} days: register a new ticket."),
    "rounds_used_up": Label("已重办 {rounds} 次，须由督办员决定。", "Re-handled {rounds} times: a supervisor decides."),
    "master_goes_first": Label("主单尚未结束，还不能回访并入的诉求人。", "The master is not over yet: its merged callers are rung later."),
    "merge_needs_supervisor": Label("工单已派到承办单位，须由督办员并单。", "A unit has this ticket already: a supervisor merges it."),
    "has_supporters": Label("已有 {count} 件并入本单，本单不能再并入别的工单。", "{count} tickets follow this one: it cannot follow another."),
    "already_rung": Label("已回访过诉求人，不能再拆分。", "The caller was rung already: it cannot be parted any more."),
    "caller_not_open": Label("诉求人已是保密或匿名。", "The caller is withheld or anonymous already."),
    "caller_not_withheld": Label("只有保密的诉求人经热线联系。", "Only a withheld caller is spoken with through the hotline."),
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
    "unit_closed": Label("该单位已经撤销。", "The unit is closed already."),
    "unit_has_units_below": Label("该单位还有 {count} 个下级单位。", "There are {count} units below it."),
    "unit_has_open_tasks": Label(
        "该单位还有 {count} 件在办工单，请指定承接单位。", "It has {count} open tasks: please name a successor."
    ),
    "last_of_role": Label("至少要保留一名{role}。", "Somebody must stay: {role}."),
    "limit_default_needed": Label("每个环节都须有默认时限，只能修改，不能终止。", "Every clock needs its default limit."),
}

#: What is wrong with one field.
PROBLEMS: Mapping[str, Label] = {
    "ticket_unknown": Label("没有找到这张工单。", "There is no such ticket."),
    "caller_must_ask": Label("须由诉求人本人提出并核实身份。", "The caller must ask for it, and be known."),
    "master_is_itself": Label("工单不能并入自己。", "A ticket cannot be merged into itself."),
    "master_is_merged": Label("这张工单已并入别的工单，请并入其主单。", "This ticket follows another itself: choose that one."),
    "master_is_over": Label("这张工单已结束，不能再并入。", "This ticket is over: nothing can be merged into it."),
    "master_closed_long_ago": Label("这张工单办结已超过 30 天，请另行办理。", "This ticket was closed more than 30 days ago."),
    "choose_several": Label("请至少勾选两件工单。", "Please choose two tickets at least."),
    "too_many_chosen": Label("一次最多并 50 件。", "At most 50 tickets at once."),
    "say_which_task": Label("下级单位有几项任务，请写明任务号（如 1.2）。", "Units below have several tasks: say which, as 1.2."),
    "unit_has_a_part": Label("该单位已有这张工单的任务，或重复选择。", "This unit has a task of the ticket already, or stands here twice."),
    "parts_unanswered": Label("还有协办或下派单位没有反馈，不再等待的请写明理由。", "Some units have not reported yet: say why you do not wait."),
    "due_beyond_own": Label("下派期限不能晚于 {latest}：本单位须在 {due} 前办结，并预留审核时间。", "Not later than {latest}: your own task is due at {due}, with time to check what comes back."),
    "due_past": Label("期限已过。", "This moment is over."),
    "required": Label("必填。", "Please fill this in."),
    "unusable": Label("内容无法识别。", "This cannot be read."),
    "unknown_field": Label("不应出现的字段。", "Unknown field."),
    "not_text": Label("应为文字。", "This should be text."),
    "too_long": Label("最多 {most} 个字。", "At most {most} characters."),
    "too_short": Label("至少 {least} 个字。", "At least {least} characters."),
    "too_many": Label("最多 {most} 项。", "At most {most}."),
    "bad_shape": Label("格式不正确。", "This is not in the right form."),
    "not_whole_number": Label("应为整数。", "This should be a whole number."),
    "out_of_range": Label("应在 {least} 到 {most} 之间。", "This should be from {least} to {most}."),
    "not_a_choice": Label("请从列表中选择。", "Please choose from the list."),
    "not_a_moment": Label("日期时间不正确。", "This is not a date and time."),
    "not_a_day": Label("日期不正确。", "This is not a date."),
    "text_nul": Label("含有无法保存的字符。", "This holds a character that cannot be stored."),
    "text_surrogate": Label("含有无法保存的字符。", "This holds a character that cannot be stored."),
    "text_too_long": Label("内容过长。", "This is too long."),
    "kind_unknown": Label("诉求类型无法识别。", "This kind is not known."),
    "row_unfit": Label("这一行的内容无法保存。", "This row cannot be stored."),
    "column_needed": Label("请指定内容或标题所在的列。", "Please name the column of the content or the title."),
    "column_unknown": Label("没有这一列。", "There is no such column."),
    "category_or_column": Label(
        "请指定分类所在的列，或选择默认分类。", "Please name the column of the category, or choose a default."
    ),
    "words_many": Label("对应关系过多。", "There are too many words to translate."),
    "bad_cursor": Label("页码已失效，请从第一页看起。", "This page link is no longer good: start from the first page."),
    "period_backwards": Label("截止日期不能早于开始日期。", "The last day must not lie before the first."),
    "period_too_long": Label("统计期太长。", "The period is too long."),
    "unit_unknown": Label("没有这个单位，或单位已停用。", "There is no such unit, or it is closed."),
    "category_unknown": Label("没有这个事项分类。", "There is no such category."),
    "area_unknown": Label("没有这个地点。", "There is no such place."),
    "place_needed": Label("这类事项须填写事发地点。", "This matter needs a place."),
    "phone_needed": Label("请填写联系电话。", "A telephone number is needed."),
    "id_number_wrong": Label("身份证号不正确。", "This is not an identity number."),
    "mentions_identity": Label(
        "内容中有{found}，承办单位会看到。请删去，或勾选后仍按原文登记。",
        "The text holds: {found}. The unit will read it. Take it out, or tick the box to keep it.",
    ),
    "phone_invalid": Label("电话号码不正确。", "This is not a telephone number."),
    "cause_not_allowed": Label("这一原因目前不在挂账范围内。", "Nothing is suspended for this cause now."),
    "milestones_wanted": Label(
        "每行写一项，日期在前，如“2027-03-31 完成立项”，1 至 20 项。",
        "Write one a line, the day first, such as “2027-03-31 budget agreed”; 1 to 20 of them.",
    ),
    "milestones_out_of_order": Label(
        "节点须按日期先后，不早于今天，不晚于目标日期。", "In order of days, none gone by, none after the target day."
    ),
    "milestone_unknown": Label("没有这一节点。", "There is no such milestone."),
    "day_not_later": Label("须晚于原定日期。", "This must be later than the day before."),
    "extension_too_long": Label("超过可延期的上限。", "This is more than may be granted."),
    "caller_not_informed": Label("须先告知诉求人，请联系后勾选。", "Tell the caller first, then tick this."),
    "override_reason_needed": Label("与派单目录不一致，请说明理由。", "This differs from the catalogue: please say why."),
    "confer_override_needed": Label("本单须先会商；不经会商派单，请说明理由。", "Units must confer first: to send it on without, say why."),
    "no_line_of_this_matter": Label(
        "没有专为这一事项的现行条目可以终止。", "There is no line for just this matter that could end."
    ),
    "conference_units": Label("请选择 2 至 10 个单位。", "Choose two to ten units."),
    "accepted_with_defects": Label("勾选了问题，不能审核通过；请取消勾选，或退回。", "Something is ticked: untick it, or send back."),
    "defects_needed": Label("退回须至少勾选一项。", "Tick at least one item to send it back."),
    "too_many_chased": Label("一批最多催办 2000 件，请用筛选条件缩小范围。", "A batch is 2,000 tickets at most: please filter."),
    "no_due_to_shorten": Label("现在没有正在计时的办理时限，不能另定办结时间。", "No handling time runs now that could be shortened."),
    "due_not_sooner": Label("办结时间应晚于现在、早于现到期时间。", "The new due must lie between now and the present due."),
    "contact_time_wrong": Label("联系时间应在派单之后、现在之前。", "The contact must lie between dispatch and now."),
    "callback_says_nothing": Label("接通的回访须填写是否解决或是否满意。", "Say whether it is solved, or how satisfied."),
    "token_days": Label("有效天数应在 1 到 366 之间。", "A token lasts from 1 to 366 days."),
    "judged_close_type": Label("研判办结只能选择相应的办结类型。", "Not a close type for a judgement."),
    # settings
    "code_taken": Label("这个编码已被使用。", "This code is taken."),
    "name_taken": Label("这个名称已被使用。", "This name is taken."),
    "account_taken": Label("这个账号已被使用。", "This account is taken."),
    "account_shape": Label(
        "账号以小写字母开头，由小写字母、数字、点、横线组成，2 到 40 位。",
        "2 to 40 small letters, digits, dots or dashes, beginning with a letter.",
    ),
    "unit_kind_exists": Label("这类单位只能有一个。", "There can be only one unit of this kind."),
    "calendar_unknown": Label("没有这个工作时间。", "There are no such working hours."),
    "parent_unknown": Label("没有这个上级。", "There is no such parent."),
    "parent_below_itself": Label("不能移到自己的下级之下。", "It cannot be below itself."),
    "parent_of_wrong_kind": Label("上级的类别不对。", "The parent is of the wrong kind."),
    "parent_inactive": Label("上级已停用，请先启用上级。", "What is above it is out of use."),
    "tree_too_deep": Label("层级过深。", "The tree would be too deep."),
    "delegate_wrong": Label(
        "代办人须是本单位或上级单位的其他在用账号。", "The delegate is another active account of the unit or of one above it."
    ),
    "days_wrong": Label("结束日期不能早于起始日期，最长一年。", "The last day lies before the first, or a year after it."),
    "absent_already": Label("这段时间已有外出记录。", "An absence in these days is there already."),
    "phone_shape": Label("电话号码不正确，不要带分机号。", "This is no telephone number without extension."),
    "email_shape": Label("邮箱地址不正确。", "This is no e-mail address."),
    "role_not_given": Label("这个角色不能授予用户。", "This role is not given to users."),
    "admin_roles_alone": Label(
        "系统管理员、安全审计员不得兼任其他角色（三员分立）。",
        "Administrators and auditors hold no other role (separation of duties).",
    ),
    "roles_need_hotline": Label("热线岗位只能授予热线中心的人员。", "Hotline roles are for the hotline's staff."),
    "roles_need_unit": Label("承办单位岗位不能授予热线中心的人员。", "Unit roles are not for the hotline's staff."),
    "unit_or_selector": Label("请指定一个单位，或一种选择方式，二者选一。", "Name a unit or a selector, not both."),
    "grassroots_needs_allowing": Label(
        "派往街道（社区）的目录须注明“允许派往基层”。", "A line to a street must say that the grassroots are allowed."
    ),
    "rule_exists": Label("已有条件相同的规则。", "There is a rule with the same conditions."),
    "rules_change_later": Label(
        "要改的规则里，有的从更晚的日子起生效或终止；请选更晚的生效日期，或先处理那些规则。",
        "Some of the rules this would change begin or end on a later day: choose a later day, or see to them first.",
    ),
    "stage_of_other_clock": Label("只有阶段时限才分阶段。", "Only limits of stages have a stage."),
    "stage_number": Label("请填第几阶段，1 到 9。", "Say which stage it is, from 1 to 9."),
    "stage_for_all": Label("阶段时限须限定事项、类型、紧急程度、单位或诉求人。", "A staged limit is for some tickets only: say for which."),
    "lines_twice": Label("有两条规则的条件完全相同。", "Two limits have the same conditions."),
    "not_true_or_false": Label("应为 true 或 false。", "This should be true or false."),
    "profile_not_toml": Label("文件不是有效的 TOML：{why}", "The file is not valid TOML: {why}"),
    "profile_without_limits": Label("文件里没有 [[limit]]。", "The file holds no [[limit]]."),
    "profile_head": Label("文件开头的 {field}：{why}", "Head of the file, {field}: {why}"),
    "profile_line": Label("第 {line} 条 {field}：{why}", "Limit {line}, {field}: {why}"),
    "day_past": Label("不能早于今天。", "This may not be before today."),
    "day_before_rule": Label("不能早于原规则的生效日。", "This may not be before the rule began."),
    "clock_without_ladder": Label("这一环节没有到期时间，不能升级。", "This clock has no due date, so it cannot escalate."),
    "step_for_units_only": Label("催办和督办只适用于承办单位的环节。", "Only a unit's clocks lead to urging and orders."),
    "step_of_the_hotline": Label("热线自己的环节没有承办单位。", "The hotline's own clocks have no unit."),
    "amount_not_wanted": Label("黄牌和红牌的时刻由时限本身决定，不填数量。", "Yellow and red have moments of their own: leave this empty."),
    "clock_without_limit": Label("总时长只计时，没有时限。", "The total clock only measures: it has no limit."),
    "amount_out_of_range": Label("时限的数值不合理。", "The amount is out of range."),
    "blocks_wrong": Label(
        "时段须按先后填写，不得重叠，如 09:00–12:00、13:30–17:30。",
        "Write blocks in order and without overlap, such as 09:00–12:00 and 13:30–17:30.",
    ),
    "year_out_of_range": Label("年份不正确。", "This is not a usable year."),
    "day_of_other_year": Label("含有其他年份的日期。", "There is a day of another year."),
    "notice_line": Label(
        "第 {line} 行无法识别，应为“日期,工作日或休息日,名称”。",
        "Line {line} cannot be read: write a date, WORKDAY or OFFDAY, and a name.",
    ),
    "notice_sentence": Label(
        "第 {line} 行这句话无法识别：“{text}”。应为“某月某日至某日放假调休，共几天”或“某月某日上班”。",
        "Line {line}: this sentence cannot be read: “{text}”.",
    ),
    "notice_no_day": Label("第 {line} 行：没有“{day}”这一天。", "Line {line}: there is no day {day}."),
    "notice_weekday": Label("第 {line} 行：“{day}”的星期不对，请核对年份和日期。", "Line {line}: the weekday of {day} is wrong: check year and day."),
    "notice_count": Label("第 {line} 行：写的是共 {said} 天，起止日期却是 {found} 天。", "Line {line}: it says {said} days, but first and last are {found} days."),
    "year_without_days": Label("该年尚无日历，请先导入全年安排。", "Nothing is known of this year: import its notice first."),
    "day_twice": Label("同一天出现了两次。", "A day stands there twice."),
    # files
    "file_empty": Label("文件是空的。", "The file is empty."),
    "file_too_large": Label("文件太大。", "The file is too large."),
    "file_kind_refused": Label(
        "不接受这种文件。可上传 JPG、PNG、WebP 图片，PDF，不含宏的 DOCX、XLSX，MP4、M4A、MP3。",
        "This kind of file is not taken. Take JPG, PNG, WebP, PDF, DOCX and XLSX without macros, MP4, M4A, MP3.",
    ),
    "file_broken": Label("文件已损坏或不完整，无法读取。", "The file is broken or not whole."),
    "file_bomb": Label("文件解开后过大，不予接受。", "Unpacked, the file is far too large."),
    "file_active": Label(
        "文件含有宏、脚本、嵌入文件或自动加载的外部内容，请另存为普通文件后上传。",
        "The file holds macros, scripts, other files or content that loads itself: save it as a plain one first.",
    ),
    "file_locked": Label("文件已加密，请去掉密码后上传。", "The file is locked: take the password off first."),
    "picture_too_large": Label("图片尺寸过大，请缩小后上传。", "The picture has too many pixels: make it smaller first."),
    "files_too_many": Label("一次最多上传 10 个文件。", "Ten files at a time at most."),
    # passwords
    "password_wrong": Label("原密码不正确。", "The present password is wrong."),
    "password_short": Label("密码至少 {least} 位。", "At least {least} characters."),
    "password_long": Label("密码最多 {most} 位。", "At most {most} characters."),
    "password_classes": Label(
        "密码须包含大写字母、小写字母、数字、符号中的至少三种。",
        "Use at least three of: capitals, small letters, digits, signs.",
    ),
    "password_contains": Label("密码不能包含账号或 12345。", "It must not contain the account or 12345."),
    "password_common": Label("密码过于常见。", "This is too common."),
    "password_same": Label("新密码不能与原密码相同。", "The new password is the old one."),
    "password_differs": Label("两次输入的密码不一致。", "The two passwords differ."),
}
