"""Which days may be locked, and the digest of a published table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from workflows.rules.publishing import fingerprint, problems

TODAY = date(2026, 12, 3)


@pytest.mark.parametrize(("first", "last", "wrong"), [
    (date(2026, 11, 1), date(2026, 11, 30), None),
    (date(2026, 10, 19), date(2026, 11, 18), None),
    (date(2026, 12, 2), date(2026, 12, 2), None),
    (date(2026, 12, 1), TODAY, "period_not_over"),
    (date(2026, 11, 30), date(2026, 11, 1), "period_backwards"),
    (date(2025, 1, 1), date(2026, 1, 1), None),
    (date(2025, 1, 1), date(2026, 1, 2), "period_too_long"),
])
def test_days_that_are_over_may_be_locked(first, last, wrong):
    assert problems(first, last, TODAY) == ({"last": [wrong]} if wrong else {})


def test_a_digest_is_of_the_numbers_and_not_of_how_they_are_written_or_ordered():
    one, other = ("SOLVED", 3, Decimal("2.50"), 4), ("ON_TIME", 3, Decimal(10), 10)
    assert fingerprint([one, other]) == fingerprint([other, ("SOLVED", 3, Decimal("2.5"), 4)])
    for changed in (("SOLVED", 3, Decimal("2.5"), 5), ("SOLVED", 4, Decimal("2.5"), 4), ("SOLVED", 3, Decimal(2), 4)):
        assert fingerprint([changed, other]) != fingerprint([one, other])
