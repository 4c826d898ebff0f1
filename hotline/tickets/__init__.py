"""The ticket page everybody shares, and the one way a page makes a move."""
