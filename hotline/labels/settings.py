"""What administrators set, and how the catalogue decides."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

UNIT_KINDS: Mapping[str, Label] = {
    "HOTLINE": Label("热线中心", "Hotline"),
    "DISTRICT": Label("区县", "District"),
    "BUREAU": Label("职能部门", "Bureau"),
    "STREET": Label("街道（乡镇）", "Street or town"),
    "UTILITY": Label("公共服务企业", "Utility"),
    "SECTION": Label("内设科室", "Section"),
}

UNIT_CHANGES: Mapping[str, Label] = {
    "MERGE": Label("合并", "Merge"),
    "SPLIT": Label("拆分", "Split"),
    "CLOSE": Label("撤销", "Close"),
    "RENAME": Label("更名", "Rename"),
}

AREA_KINDS: Mapping[str, Label] = {
    "DISTRICT": Label("区县", "District"),
    "STREET": Label("街道（乡镇）", "Street or town"),
    "COMMUNITY": Label("社区（村）", "Community"),
}

DAY_KINDS: Mapping[str, Label] = {
    "WORKDAY": Label("工作日", "Working day", "good"),
    "OFFDAY": Label("休息日", "Day off", "muted"),
}

SETTING_SUBJECTS: Mapping[str, Label] = {
    "RISK": Label("风险词库", "Lexicon of dangers"),
    "UNIT": Label("单位", "Unit"),
    "AREA": Label("区域", "Place"),
    "CATEGORY": Label("事项分类", "Category"),
    "USER": Label("用户", "User"),
    "CATALOGUE": Label("派单目录", "Dispatch catalogue"),
    "LIMIT": Label("办理时限", "Time limit"),
    "LADDER": Label("升级规则", "Escalation step"),
    "THRESHOLD": Label("流转阈值", "Threshold"),
    "WORK_CALENDAR": Label("工作时间", "Working hours"),
    "CALENDAR_DAY": Label("工作日历", "Calendar day"),
    "SUBSCRIPTION": Label("通知设置", "Channels of notices"),
    "ABSENCE": Label("外出代办", "Absence"),
    "PRE_REVIEW": Label("预审渠道", "Channels reviewed first"),
    "SIGN_OFF": Label("负责人审签", "Leaders' sign-off"),
    "SUSPENSION_CAUSE": Label("挂账原因", "Causes of suspension"),
    "MESSAGE": Label("外发消息", "Message"),
    "RATE_POLICY": Label("指标口径", "Switches of the figures"),
    "SCORING": Label("评分方案", "Scoring plan"),
    "PERIOD": Label("账期", "Period of figures"),
}

LOCK_STATES: Mapping[str, Label] = {
    "ASKED": Label("待他人同意", "For another to agree", "warn"),
    "GRANTED": Label("正在锁定", "Being locked", "info"),
    "LOCKED": Label("已锁定", "Locked", "good"),
    "REFUSED": Label("未锁定", "Not locked", "muted"),
}

SETTING_ACTIONS: Mapping[str, Label] = {
    "CREATED": Label("新增", "Added", "good"),
    "CHANGED": Label("修改", "Changed", "info"),
    "MOVED": Label("移动", "Moved", "info"),
    "CLOSED": Label("停用", "Closed", "muted"),
    "OPENED": Label("启用", "Opened", "good"),
    "ENDED": Label("终止", "Ended", "muted"),
    "RESET": Label("重置密码", "Reset the password", "warn"),
    "UNLOCKED": Label("解除锁定", "Unlocked", "warn"),
    "IMPORTED": Label("导入", "Imported", "info"),
    "REPLAYED": Label("重新发送", "Sent again", "info"),
    "GIVEN_UP": Label("放弃发送", "Given up", "muted"),
}

CARRIERS: Mapping[str, Label] = {
    "email": Label("电子邮件", "E-mail"),
    "sms": Label("短信", "Text message"),
    "webhook": Label("系统对接", "Other system"),
}

#: Why a message left the outbox without being sent.
DROPPED: Mapping[str, Label] = {
    "CLOCK_STOPPED": Label("计时已停止，提醒作废", "The clock had stopped", "muted"),
    "OVERTAKEN": Label("已超期，提醒作废", "Overtaken by the red mark", "muted"),
    "NO_ADDRESS": Label("收件人已停用或无联系方式", "Nobody to send it to", "muted"),
    "GIVEN_UP": Label("人工放弃", "Given up by hand", "muted"),
}

#: How a unit is named by a line of the dispatch catalogue.
SELECTORS: Mapping[str, Label] = {
    "STREET_OF_PLACE": Label("事发地街道（乡镇）", "The street of the place"),
    "DISTRICT": Label("区热线办", "The district"),
}

DECISIONS: Mapping[str, Label] = {
    "CERTAIN": Label("目录明确", "Certain", "good"),
    "AMBIGUOUS": Label("多个候选", "Several candidates", "warn"),
    "NONE": Label("目录无匹配", "No match", "bad"),
}

#: Why a unit is a candidate.
ROUTE_REASONS: Mapping[str, Label] = {
    "CATEGORY_AND_AREA": Label("事项与地点均匹配", "Matter and place match"),
    "CATEGORY": Label("事项匹配", "The matter matches"),
    "AREA": Label("地点匹配", "The place matches"),
    "GENERAL": Label("通用规则", "A general rule"),
    "STREET_OF_PLACE": Label("事发地属该街道（乡镇）", "The place lies in this street"),
    "DISTRICT": Label("目录指定由区热线办协调", "The catalogue names the district"),
    "FALLBACK": Label("无匹配，兜底到区热线办", "No match: falls back to the district"),
}

#: Why a line of the catalogue that fits did not count.
SKIP_REASONS: Mapping[str, Label] = {
    "UNIT_INACTIVE": Label("单位已停用", "The unit is closed", "muted"),
    "GRASSROOTS_NOT_ALLOWED": Label("未列入基层履职清单", "Not on the street's duty list", "muted"),
    "NO_UNIT_FOR_PLACE": Label("地点没有对应单位", "No unit serves the place", "muted"),
}

#: What becomes of a limit by a change.
LINE_FATES: Mapping[str, Label] = {
    "NEW": Label("新增", "New", "info"),
    "CHANGED": Label("改动", "Changed", "warn"),
    "ENDED": Label("终止", "Ends", "bad"),
    "UNCHANGED": Label("不变", "The same", "muted"),
}

DISCREPANCIES: Mapping[str, Label] = {
    "RUNS_AFTER_END": Label("已结束工单的时限仍在走", "A clock of an ended ticket ran on", "warn"),
    "WAITS_FOR_NOTHING": Label("时限不会触发", "A running clock waited for nothing", "warn"),
    "DUE_DIFFERS": Label("任务到期与时限不一致", "A task's due was not its clock's", "warn"),
    "LEASED_FOR_EVER": Label("消息被长期占用", "A message was leased for ever", "warn"),
    "CLOCK_MISSING": Label("缺少应有的时限", "A clock is missing", "bad"),
    "NOT_FIRED": Label("时限到点未触发", "A due clock has not fired", "bad"),
    "NOT_SENT": Label("消息超时未发出", "A message has not left", "bad"),
    "HISTORY_GAP": Label("工单历史不完整", "A history has gaps", "bad"),
}
