"""The whole platform under faults: what was acknowledged is there, what was due has fired, once and not early."""
