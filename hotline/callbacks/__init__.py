"""The call-back desk (回访): callers are rung after an accepted reply, and what they say closes the ticket or not."""
