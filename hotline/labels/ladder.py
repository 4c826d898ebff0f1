"""The rungs of the escalation ladder, whom they tell, ways of pressing, and the levels of supervision orders."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

LEVELS: Mapping[str, Label] = {
    "BLUE": Label("蓝牌提醒", "Blue: reminder", "info"),
    "YELLOW": Label("黄牌预警", "Yellow: warning", "warn"),
    "RED": Label("红牌超期", "Red: overdue", "bad"),
    "URGE": Label("催办", "Urging", "bad"),
    "SUPERVISE_1": Label("一级督办", "Supervision, level 1", "bad"),
    "SUPERVISE_2": Label("二级督办", "Supervision, level 2", "bad"),
    "SUPERVISE_3": Label("三级督办", "Supervision, level 3", "bad"),
    "MEETING": Label("提请会议", "Meeting", "bad"),
}

ADDRESSEES: Mapping[str, Label] = {
    "UNIT:UNIT_CLERK": Label("承办单位 · 经办人", "Unit: clerk"),
    "UNIT:UNIT_LEAD": Label("承办单位 · 负责人", "Unit: leader"),
    "UNIT:L2_COORD": Label("承办单位 · 二级平台", "Unit: coordinator"),
    "PARENT:UNIT_CLERK": Label("上级单位 · 经办人", "Unit above: clerk"),
    "PARENT:UNIT_LEAD": Label("上级单位 · 负责人", "Unit above: leader"),
    "PARENT:L2_COORD": Label("上级单位 · 二级平台", "Unit above: coordinator"),
    "HOTLINE:DISPATCHER": Label("热线 · 派单员", "Hotline: dispatcher"),
    "HOTLINE:SHIFT_LEAD": Label("热线 · 值班长", "Hotline: shift lead"),
    "HOTLINE:SUPERVISOR": Label("热线 · 督办员", "Hotline: supervisor"),
    "HOTLINE:REVIEWER": Label("热线 · 审核员", "Hotline: reviewer"),
    "HOTLINE:CALLBACK": Label("热线 · 回访员", "Hotline: call-back clerk"),
    "HOTLINE:HOTLINE_DIR": Label("热线 · 中心主任", "Hotline: director"),
    "DISTRICT:L2_COORD": Label("区政府 · 二级平台", "District: coordinator"),
    "DISTRICT:LEADER": Label("区政府 · 领导", "District: leader"),
    "DISTRICT:DISCIPLINE": Label("区政府 · 监察", "District: discipline inspection"),
}

ORDER_LEVELS: Mapping[str, Label] = {
    "1": Label("一级（热线督办）", "Level 1 (by the hotline)", "warn"),
    "2": Label("二级（政府督查）", "Level 2 (by the government)", "bad"),
    "3": Label("三级（约谈）", "Level 3 (interview)", "bad"),
    "4": Label("四级（政府会议）", "Level 4 (government meeting)", "bad"),
}

CHASE_WAYS: Mapping[str, Label] = {
    "MESSAGE": Label("系统催办", "By message"),
    "PHONE": Label("电话催办", "By phone"),
    "LETTER": Label("催办函", "By letter"),
}
