"""By what a line of the ledger of dissatisfaction is cleared, and what comes before what."""

import pytest

from workflows.rules.clearing import ClearedBy, Dissatisfied, cleared_by
from workflows.rules.vocabulary import CloseType


@pytest.mark.parametrize(
    ("content", "excluded", "close_type", "petitioned", "way"),
    [
        (False, False, None, False, None),
        (True, False, CloseType.SOLVED, False, ClearedBy.REDONE),
        (True, True, CloseType.JUDGED, True, ClearedBy.REDONE),
        (False, False, CloseType.JUDGED, False, ClearedBy.JUDGED),
        (False, True, None, False, ClearedBy.JUDGED),
        (False, False, CloseType.PLANNED, False, ClearedBy.DEFERRED),
        (False, False, CloseType.HANDED_OVER, False, ClearedBy.HANDED_OVER),
        (False, True, None, True, ClearedBy.HANDED_OVER),
        (False, False, CloseType.EXPLAINED, False, None),
    ],
)
def test_by_what_a_matter_is_cleared(content, excluded, close_type, petitioned, way):
    assert cleared_by(Dissatisfied(content, excluded, close_type, petitioned)) is way
