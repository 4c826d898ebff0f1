"""Reports supervisors and leaders read: the bulletin of a period, and the wallboard."""
