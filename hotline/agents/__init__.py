"""话务员报表: what everybody who takes requests did in a period."""
