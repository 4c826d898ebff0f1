"""The way in and out, and what belongs to a person and not to a seat: password, language, notices."""
