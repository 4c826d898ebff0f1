"""Why a unit asks for a suspension or a termination or contests an evaluation, a caller withdraws or comes again."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

SUSPENSION_CAUSES: Mapping[str, Label] = {
    "PROPERTY_CERTIFICATE": Label("不动产权证办理历史遗留", "Property certificates of the past"),
    "OLD_ESTATE": Label("老旧小区改造", "An old estate to be renewed"),
    "PLANNING": Label("规划尚未实施", "Planning not carried out yet"),
    "BUDGET": Label("需财政立项", "A budget is needed"),
    "LITIGATION": Label("诉讼或仲裁中", "In court or arbitration"),
    "SEASON": Label("受季节限制", "The season does not allow it"),
    "CONSTRUCTION": Label("工程建设周期长", "Works take long"),
    "OTHER_BY_LAW": Label("法律法规规定的其他情形", "Other cases by law"),
}

TERMINATION_GROUNDS: Mapping[str, Label] = {
    "REFUSES_COOPERATION": Label("诉求人拒不配合", "The caller refuses to cooperate"),
    "SETTLED": Label("诉求人已自行和解", "The caller has settled it"),
    "IN_COURT": Label("已进入诉讼、仲裁、复议", "Before a court, arbitration or review"),
    "IN_PETITION": Label("已进入信访程序", "In the petition procedure"),
    "UNFOUNDED": Label("经查不存在该事项", "There is no such matter"),
    "OTHER_BY_LAW": Label("法律法规规定的其他情形", "Other cases by law"),
}

PETITION_CRITERIA: Mapping[str, Label] = {
    "REHANDLED": Label("多次重办仍未解决", "Handled again and again in vain"),
    "MASS": Label("群体性诉求", "A demand of many"),
    "LEGAL": Label("涉法涉诉", "A matter of law or court"),
    "LEGACY": Label("历史遗留问题", "A matter of the past"),
    "IN_PETITION": Label("已在信访程序中", "In the petition procedure already"),
    "OTHER": Label("其他应通过信访办理的", "Other matters of petition"),
}

CHECK_RESULTS: Mapping[str, Label] = {
    "PROPER": Label("适当", "Proper", "good"),
    "IMPROPER": Label("不当，恢复办理", "Improper: taken up again", "bad"),
}

WITHDRAW_REASONS: Mapping[str, Label] = {
    "SETTLED": Label("问题已解决", "It has been settled"),
    "MISTAKEN": Label("登记有误", "It was put down wrongly"),
    "ELSEWHERE": Label("另走其他途径", "Another way is taken"),
    "NO_LONGER": Label("不再需要", "Not wanted any more"),
    "OTHER": Label("其他", "Other"),
}

EXCLUSION_CLASSES: Mapping[str, Label] = {
    "UNREASONABLE": Label("诉求不合理", "An unreasonable request"),
    "UNLAWFUL": Label("诉求不合法", "An unlawful request"),
    "BEYOND_DUTY": Label("超出职责范围", "Beyond the unit's duty"),
    "MALICIOUS": Label("恶意评价", "Rated in bad faith"),
    "FORCE_MAJEURE": Label("不可抗力", "Force majeure"),
}

APPEAL_GROUNDS: Mapping[str, Label] = {
    "NOT_THE_FACTS": Label("评价与事实不符", "Not what happened"),
    "WRONG_UNIT": Label("评价对象有误", "Meant for another unit"),
    "NEW_REQUEST": Label("评价针对新的诉求", "About something else"),
    "SOLVED_SINCE": Label("回访后已解决", "Solved since the call"),
    "OTHER": Label("其他", "Other"),
}

REOPEN_REASONS: Mapping[str, Label] = {
    "RECURRED": Label("问题反弹", "The problem is back"),
    "NEW_FACTS": Label("有新的事实", "Something new is known"),
}
