"""账期: periods of figures locked as they were published."""
