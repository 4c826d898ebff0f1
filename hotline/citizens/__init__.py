"""The citizens' page: who has number and query code sees how far it is, adds, urges, takes it back and rates."""
