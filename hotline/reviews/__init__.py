"""The review desk (审核): replies that wait, read beside their requests, accepted or sent back with what is wrong."""
