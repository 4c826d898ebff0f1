"""The agent's desk (受理): a call becomes a ticket, an answer, a refusal, or a word on a ticket already open."""
