"""黑名单: numbers that may not write to the hotline for a while."""
