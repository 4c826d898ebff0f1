"""Who takes over what: the narrowest share, else the rest; and what a rule of the old unit becomes."""

from __future__ import annotations

from workflows.rules.succession import ANYTHING, Heirs, Share

HEIRS = Heirs((Share("/1/", ANYTHING, 10), Share("/1/2/", ANYTHING, 11), Share("/1/", "/7/", 12)), 9)


def test_the_narrowest_share_goes_before_wider_ones_and_the_rest_goes_to_the_rest():
    assert HEIRS.of("/1/5/", "/8/") == 10
    assert HEIRS.of("/1/2/4/", "/7/") == 11
    assert HEIRS.of("/1/5/", "/7/3/") == 12
    assert HEIRS.of("/3/", "/7/") == 9
    assert Heirs(HEIRS.shares, None).of("/3/", "/7/") is None
    assert HEIRS.units == (9, 10, 11, 12)


def test_of_a_wide_rule_the_shares_inside_it_become_rules_of_their_own():
    assert list(HEIRS.inside("/1/", ANYTHING)) == [("/1/2/", ANYTHING, 11), ("/1/", "/7/", 12)]
    assert list(HEIRS.inside("/1/2/", "/7/3/")) == []
    assert list(Heirs((), 9).inside("/1/", "/")) == []
