"""Which column of a file is what: the fields of a request, and the names other systems give them.

The first names of each field are those of the 21-column export many hotlines write; the others are those of
message boards and plain lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.rules.text import search_form

#: Field → the headings it is known by, in search form.
KNOWN_AS: Mapping[str, tuple[str, ...]] = {
    "content": ("主要内容", "诉求内容", "工单内容", "留言详情", "留言内容", "内容", "正文", "content", "body", "text",
                "description"),
    "items": ("诉求要点", "诉求事项", "items"),
    "title": ("标题", "诉求标题", "工单标题", "留言主题", "主题", "title", "subject"),
    "category": ("问题分类", "事项分类", "诉求分类", "分类", "类别", "一级标签", "category", "label", "class"),
    "kind": ("工单类型", "诉求类型", "类型", "kind", "nature", "type"),
    "time": ("受理时间", "来电时间", "诉求时间", "留言时间", "创建时间", "时间", "time", "date", "created_at"),
    "name": ("来电人", "诉求人", "姓名", "name"),
    "phone": ("来电人电话/账号", "来电号码", "联系电话", "电话", "手机号", "手机", "phone", "mobile"),
    "address": ("联系地址", "住址", "address"),
    "anonymity": ("是否保密", "是否匿名", "保密", "anonymity"),
    "district": ("被反映区", "区", "区县", "district"),
    "street": ("被反映街乡镇", "街道", "街乡镇", "乡镇街道", "street"),
    "community": ("村/社区", "社区", "community"),
    "spot": ("小区点位", "事发地点", "地点", "点位", "place", "location"),
    "enterprise_name": ("企业名称", "enterprise", "enterprise_name"),
    "source": ("受理渠道", "来源渠道", "渠道", "channel", "source"),
    "ref": ("工单编号", "留言编号", "编号", "id", "ref", "no"),
}
FIELDS = tuple(KNOWN_AS)

#: The heading to offer for each field, as the 21-column export has it.
HEADINGS = tuple(names[0] for names in KNOWN_AS.values())

_FIELD_OF = {name: field for field, names in KNOWN_AS.items() for name in names}


def guess(header: Sequence[str]) -> dict[str, int]:
    """Field → place of its column, for headings that are known; the first column of several wins."""
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        field = _FIELD_OF.get(search_form(heading))
        if field is not None:
            found.setdefault(field, place)
    return found
