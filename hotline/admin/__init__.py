"""管理: units, people, matters, places, catalogue, limits and calendars, all with their history."""
