"""核对: what the daily reconciliation found, for supervisors and administrators."""
