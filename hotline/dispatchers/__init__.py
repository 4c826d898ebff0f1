"""派单: what the catalogue could not decide, and what units want to return."""
