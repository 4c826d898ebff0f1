"""Words for the files of a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.labels.label import Label

GROUPS: Mapping[str, Label] = {
    "CALLER": Label("诉求材料", "From the caller", "info"),
    "HOTLINE": Label("热线材料", "Of the hotline"),
    "PAPERS": Label("证件附件", "Papers", "accent"),
    "CONTACT": Label("联系证据", "Proof of contact"),
    "HANDLING": Label("办理附件", "Proof of handling"),
}
