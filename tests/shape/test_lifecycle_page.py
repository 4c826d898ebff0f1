"""docs/lifecycle.md says what the tables say."""

from pathlib import Path

from hotline.lifecycle_page import markdown


def test_the_lifecycle_document_is_as_generated():
    written = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert written == markdown(), "run bin/hotline lifecycle"
