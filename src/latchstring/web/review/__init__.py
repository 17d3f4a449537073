"""Pages for those who review, in the host's name, what partners submit."""
