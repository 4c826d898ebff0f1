"""What an import of requests says: its states, the fields a column can be, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

JOB_STATES: Mapping[str, Label] = {
    "NEW": Label("待设置", "To be set up", "warn"),
    "QUEUED": Label("排队中", "Waiting", "info"),
    "RUNNING": Label("进行中", "Running", "info"),
    "CHECKED": Label("试运行完成", "Tried", "accent"),
    "DONE": Label("已完成", "Done", "good"),
    "CANCELLED": Label("已取消", "Cancelled", "muted"),
    "FAILED": Label("失败", "Failed", "bad"),
}

IMPORT_FIELDS: Mapping[str, Label] = {
    "content": Label("主要内容", "Content"),
    "title": Label("标题", "Title"),
    "items": Label("诉求要点（每行一项）", "Points, one a line"),
    "category": Label("问题分类", "Category"),
    "kind": Label("诉求类型", "Kind"),
    "time": Label("原受理时间", "When it was first taken"),
    "name": Label("诉求人", "Caller"),
    "phone": Label("联系电话", "Telephone"),
    "address": Label("联系地址", "Caller's address"),
    "anonymity": Label("是否保密或匿名", "Withheld or anonymous"),
    "district": Label("区县", "District"),
    "street": Label("街道（乡镇）", "Street or town"),
    "community": Label("村（社区）", "Community"),
    "spot": Label("具体地点", "Spot"),
    "enterprise_name": Label("涉及企业", "Enterprise concerned"),
    "source": Label("原受理渠道", "Channel it first came by"),
    "ref": Label("原工单编号", "Number in the other system"),
    "row": Label("整行", "The whole row"),
    "category_id": Label("问题分类", "Category"),
    "area_id": Label("事发地点", "Place"),
    "alt_phone": Label("备用电话", "Second telephone"),
}
