"""How urgent a matter is that several people call about."""

import pytest

from workflows.rules.merging import CROWD, priority


@pytest.mark.parametrize(("own", "joining", "supporters", "urgency"), [
    ("NORMAL", "NORMAL", 1, "NORMAL"),
    ("NORMAL", "CRITICAL", 1, "CRITICAL"),
    ("URGENT", "NORMAL", 1, "URGENT"),
    ("NORMAL", "NORMAL", CROWD - 1, "NORMAL"),
    ("NORMAL", "NORMAL", CROWD, "URGENT"),
    ("CRITICAL", "NORMAL", CROWD, "CRITICAL"),
])
def test_a_master_is_as_urgent_as_its_most_urgent_caller_and_a_crowd_never_ordinary(own, joining, supporters, urgency):
    assert priority(own, joining, supporters) == urgency
