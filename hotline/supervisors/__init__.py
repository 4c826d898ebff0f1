"""督办: what is due soon, what is overdue, who must act; urging them."""
