"""JSON for other systems, under /api/v1; and the signs of life a watchdog asks for."""
