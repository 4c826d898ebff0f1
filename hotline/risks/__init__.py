"""Reports of danger that wait for somebody to confirm that they have them."""
