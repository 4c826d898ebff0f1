"""Names of the fields of settings, for their history."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

SETTING_FIELDS: Mapping[str, Label] = {
    "account": Label("账号", "Account"),
    "addressees": Label("通知对象", "Whom to tell"),
    "active": Label("启用", "In use"),
    "active_from": Label("启用日期", "Open from"),
    "active_to": Label("停用日期", "Open until"),
    "all_days": Label("全年无休", "Every day"),
    "amount": Label("数量", "Amount"),
    "area_id": Label("地点", "Place"),
    "basis": Label("依据或计时方式", "Basis"),
    "blocks": Label("工作时段", "Working blocks"),
    "calendar_id": Label("工作时间", "Working hours"),
    "category_id": Label("事项分类", "Matter"),
    "code": Label("代码", "Code"),
    "date": Label("日期", "Date"),
    "enterprise": Label("企业诉求", "Of enterprises"),
    "grassroots_allowed": Label("可派基层", "May go to a street"),
    "id": Label("序号", "Number"),
    "initials": Label("拼音首字母", "Initials"),
    "is_default": Label("默认", "Default"),
    "kind": Label("类型", "Kind"),
    "level": Label("层级", "Level"),
    "locale": Label("语言", "Language"),
    "must_change_password": Label("须改密码", "Must change password"),
    "name": Label("名称", "Name"),
    "needs_place": Label("须有地点", "Needs a place"),
    "note": Label("备注", "Note"),
    "parent_id": Label("上级", "Parent"),
    "provisional": Label("暂定", "Provisional"),
    "replaces": Label("替代的旧版", "Replaces"),
    "roles": Label("岗位", "Roles"),
    "rules_changed": Label("改动的规则", "Rules changed"),
    "rules_ended": Label("终止的规则", "Rules ended"),
    "rules_new": Label("新增的规则", "New rules"),
    "selector": Label("选取方式", "Selector"),
    "short_name": Label("简称", "Short name"),
    "source": Label("来源", "Source"),
    "successor_id": Label("承接单位", "Successor"),
    "unit_id": Label("单位", "Unit"),
    "urgency": Label("紧急程度", "Urgency"),
    "valid_from": Label("生效日期", "Valid from"),
    "valid_to": Label("失效日期", "Valid until"),
}
